"""Paired measurements: ours and the peers take turns, every run is printed, and the result is a ratio.

Times of different runs on a shared machine cannot be compared, so nothing here gives a lone figure: in each
round every contender runs once, in alternating order, and the ratio is taken within the round.

    benchmark = Benchmark("Oblique reslice 512 x 512")
    benchmark.compare("linear", Contender("sense", ours), [Contender("vtkImageReslice", peer)], goal=3.0)
    benchmark.finish()
"""

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Sample:
    """What one run cost.

    Parameters
    ----------
    seconds : float
        Wall time.
    cpu_seconds : float
        Time of all threads together, user and system.
    peak_bytes : int, optional
        Largest resident memory, where it was measured.
    """

    seconds: float
    cpu_seconds: float = 0.0
    peak_bytes: int | None = None


@dataclass(frozen=True)
class Contender:
    """One side of a comparison.

    Parameters
    ----------
    name : str
        As printed.
    run : callable
        The work. It may return a `Sample` that it measured itself (a subprocess, a time to the first image);
        otherwise the call is timed.
    prepare : callable, optional
        Called before every run and not timed.
    """

    name: str
    run: Callable[[], Any]
    prepare: Callable[[], Any] | None = None


@dataclass
class Result:
    """All runs of one comparison.

    Parameters
    ----------
    label : str
        What was compared.
    samples : dict of str to list of Sample
        By contender, in the order of the rounds.
    ratios : dict of str to float
        By peer: median over the rounds of peer seconds / our seconds; above 1 means that we are faster.
    """

    label: str
    samples: dict[str, list[Sample]]
    ratios: dict[str, float]
    goal: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def required_peer(module: str) -> Any:
    """Import a peer, or end the program with status 1 and one line: a benchmark without its peer is none."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SystemExit(
            f"benchmark: the peer {module} is missing ({error}); run: python3 dev.py setup --extra peers"
        ) from error


def machine() -> dict[str, Any]:
    """Describe where this runs, for the line above the figures."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def timed(run: Callable[[], Any]) -> Sample:
    """Run once; a `Sample` that `run` returns is taken as it is."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = run()
    if isinstance(outcome, Sample):
        return outcome
    return Sample(time.perf_counter() - wall, time.process_time() - cpu)


def subprocess_sample(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> Sample:
    """Run a program to its end and measure it; a status other than 0 raises `CalledProcessError`.

    The peak memory is None where it cannot be told: on Windows, and for a program smaller than this, since
    Linux starts a child's peak at its parent's size.
    """
    own = psutil.Process().memory_info().rss
    wall = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=None if environment is None else {**os.environ, **environment},
    )
    if not hasattr(os, "wait4"):
        status = process.wait()
        sample = Sample(time.perf_counter() - wall)
    else:
        _, encoded, usage = os.wait4(process.pid, 0)
        status = process.returncode = os.waitstatus_to_exitcode(encoded)
        unit = 1 if sys.platform == "darwin" else 1024
        peak = usage.ru_maxrss * unit
        sample = Sample(
            time.perf_counter() - wall,
            usage.ru_utime + usage.ru_stime,
            peak_bytes=peak if peak > 1.1 * own else None,
        )
    if status:
        raise subprocess.CalledProcessError(status, [str(part) for part in command])
    return sample


class Benchmark:
    """A set of comparisons that share a machine and a report.

    Parameters
    ----------
    title : str
        What is measured, printed first.
    arguments : sequence of str, optional
        `--runs N` and `--json FILE`; those of the command line when not given.
    """

    def __init__(self, title: str, arguments: Sequence[str] | None = None) -> None:
        parser = argparse.ArgumentParser(description=title)
        parser.add_argument("--runs", type=int, default=7, help="rounds (7)")
        parser.add_argument("--json", type=Path, help="write every figure to this file")
        options = parser.parse_args(arguments)
        self._title = title
        self._runs: int = max(1, options.runs)
        self._json: Path | None = options.json
        self._machine = machine()
        self._results: list[Result] = []
        print(f"# {title}\n# {', '.join(f'{key} {value}' for key, value in self._machine.items())}")

    def compare(
        self,
        label: str,
        ours: Contender,
        peers: Sequence[Contender],
        *,
        goal: float | None = None,
        warm_up: bool = True,
        facts: dict[str, Any] | None = None,
    ) -> Result:
        """Let `ours` and `peers` take turns and print every run.

        Parameters
        ----------
        goal : float, optional
            The ratio against the fastest peer that is aimed at.
        warm_up : bool
            Run each once before, unmeasured.
        facts : dict, optional
            Anything else to keep with the figures, such as the largest difference between the results.
        """
        sides = [ours, *peers]
        if warm_up:
            for side in sides:
                _once(side)
        print(f"\n## {label}\n{'round':>5}" + "".join(f"{side.name:>40}" for side in sides))
        samples: dict[str, list[Sample]] = {side.name: [] for side in sides}
        for number in range(self._runs):
            for side in sides if number % 2 == 0 else sides[::-1]:
                samples[side.name].append(_once(side))
            print(f"{number + 1:>5}" + "".join(f"{_text(samples[side.name][-1]):>40}" for side in sides))
        result = Result(label, samples, _ratios(samples, ours.name), goal, facts or {})
        self._results.append(result)
        _print_summary(result, ours.name)
        return result

    def finish(self) -> None:
        """Write the JSON file, if one was asked for."""
        if self._json is not None:
            report = {
                "title": self._title,
                "machine": self._machine,
                "results": [asdict(result) for result in self._results],
            }
            self._json.write_text(json.dumps(report, indent=1), encoding="utf-8")


def _once(side: Contender) -> Sample:
    if side.prepare is not None:
        side.prepare()
    return timed(side.run)


def _ratios(samples: dict[str, list[Sample]], ours: str) -> dict[str, float]:
    return {
        name: statistics.median(
            theirs.seconds / mine.seconds for theirs, mine in zip(runs, samples[ours], strict=True)
        )
        for name, runs in samples.items()
        if name != ours
    }


def _print_summary(result: Result, ours: str) -> None:
    for name, runs in result.samples.items():
        middle = statistics.median(run.seconds for run in runs)
        ratio = "" if name == ours else f"   {ours} is {result.ratios[name]:.2f} times as fast"
        print(f"median {name}: {_seconds(middle)}{ratio}")
    for key, value in result.facts.items():
        print(f"{key}: {value}")
    if result.goal is not None and result.ratios:
        worst = min(result.ratios.values())
        print(f"goal {result.goal:g}: {'reached' if worst >= result.goal else 'NOT reached'} ({worst:.2f})")


def _text(sample: Sample) -> str:
    memory = "" if sample.peak_bytes is None else f" {sample.peak_bytes / 2**20:.0f} MiB"
    cpu = f" (cpu {_seconds(sample.cpu_seconds)})" if sample.cpu_seconds else ""
    return f"{_seconds(sample.seconds)}{cpu}{memory}"


def _seconds(value: float) -> str:
    return f"{value * 1000:.2f} ms" if value < 1.0 else f"{value:.2f} s"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
