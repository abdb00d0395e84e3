#!/usr/bin/env python3
"""Set up, run, test and check Sense Workstation: `python3 dev.py --help`. Needs only Python 3.11."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"dev: Python 3.11 or newer is needed, this is {platform.python_version()}")

from toolchain.display import display, has_display
from toolchain.layout import BIN, EXE, EXTRAS, PYTHON, ROOT, TEXT_SOURCES, TRANSLATIONS
from toolchain.lock_files import write_locks
from toolchain.native_build import native_tests, sanitized_native_tests
from toolchain.process import Failure, must_run, run, say
from toolchain.setup import release_translations, set_up
from toolchain.sizes import report_sizes
from toolchain.stamps import Stamps, files_of

DESCRIPTION = """\
Set up, run, test and check Sense Workstation.

  python3 dev.py run     set up if need be and open the window
  python3 dev.py test    set up if need be and run the tests

Every verb sets up first; what is done already is not done again. Tried on Debian 12. On Ubuntu 24.04 the same
packages are asked for by the same names; macOS needs Xcode's command line tools, and Windows the C++ build
tools of Visual Studio: these three were not tried."""


def verb_setup(options: argparse.Namespace) -> int:
    """Set up, and report what it takes on the disk."""
    set_up(options.extra)
    report_sizes()
    return 0


def verb_run(options: argparse.Namespace) -> int:
    """Set up and open the window."""
    set_up()
    if not has_display():
        raise Failure(
            "set up; there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window opens"
        )
    command = [str(BIN / f"sense{EXE}"), "gui", *options.files]
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)


def verb_test(options: argparse.Namespace) -> int:
    """Set up and run the C++ and the Python tests."""
    set_up(system_groups=["test"])
    if options.sanitize:
        return sanitized_native_tests()
    native = 0 if options.arguments else native_tests()
    full = ["--full"] if options.full else []
    with display() as environment:
        # Widgets are tested off screen; the tests that need a real window ask for the display themselves.
        environment.setdefault("QT_QPA_PLATFORM", os.environ.get("QT_QPA_PLATFORM", "offscreen"))
        python = run(PYTHON, "-m", "pytest", *full, *options.arguments, **environment)
    if native:
        raise Failure("the C++ tests failed, see above", native)
    return python


def verb_lint(options: argparse.Namespace) -> int:
    """Set up and check style, types and import contracts."""
    set_up(["lint"])
    python = [str(PYTHON), "-m"]
    checks = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "import contracts": [str(BIN / f"lint-imports{EXE}")],
        "types": [*python, "basedpyright", "--pythonpath", str(PYTHON)],
    }
    failed = [name for name, command in checks.items() if run(*command)]
    if failed:
        raise Failure(f"lint failed: {', '.join(failed)}")
    say("lint passed")
    return 0


def verb_bench(options: argparse.Namespace) -> int:
    """Set up and run benchmarks beside their peers."""
    set_up(["peers"])
    folder = ROOT / "benchmarks" / "runtime"
    known = [path.stem for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    unknown = set(options.names) - set(known)
    if unknown:
        raise Failure(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(known)}", 2)
    arguments = ["--runs", str(options.runs)] if options.runs else []
    failed = []
    for name in options.names or known:
        output = ["--json", f"{options.json}/{name}.json"] if options.json else []
        with display() as environment:
            if run(PYTHON, "-m", f"benchmarks.runtime.{name}", *arguments, *output, **environment):
                failed.append(name)
    if failed:
        raise Failure(f"benchmarks failed: {', '.join(failed)}")
    return 0


def verb_translations(options: argparse.Namespace) -> int:
    """Collect the texts of the sources into the .ts files, and compile these."""
    set_up()
    TRANSLATIONS.mkdir(exist_ok=True)
    targets = files_of(TRANSLATIONS, "*.ts")
    if options.add:
        targets.append(TRANSLATIONS / f"sense_{options.add}.ts")
    if not targets:
        raise Failure("there is no translation yet: begin one with --add zh_CN")
    sources = [path for package in TEXT_SOURCES for path in files_of(ROOT / package, "*.py")]
    with tempfile.NamedTemporaryFile("w", suffix=".lst", delete=False, encoding="utf-8") as listing:
        listing.write("\n".join(str(path.relative_to(ROOT).as_posix()) for path in sources))
    lupdate = [BIN / f"pyside6-lupdate{EXE}", "-no-obsolete", "-locations", "none", f"@{listing.name}"]
    must_run(*lupdate, "-ts", *targets, failure="the texts could not be collected")
    Path(listing.name).unlink()
    release_translations(Stamps())
    return 0


def verb_lock(options: argparse.Namespace) -> int:
    """Pin every package, transitive ones too."""
    write_locks()
    return 0


def parser() -> argparse.ArgumentParser:
    """Give the parser of the verbs."""
    top = argparse.ArgumentParser(
        prog="dev.py", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")

    add("run", "set up and open the window").add_argument("files", nargs="*", help="files or folders to open")
    setup = add("setup", "only set up, and report the sizes")
    setup.add_argument(
        "--extra", action="append", choices=EXTRAS, default=[], help="install a group of extras too"
    )
    test = add("test", "set up and run all tests; other arguments go to pytest")
    test.add_argument("--full", action="store_true", help="run what is slow too")
    test.add_argument(
        "--sanitize", action="store_true", help="run only the C++ tests, with the sanitizers of GCC or Clang"
    )
    test.add_argument("arguments", nargs="*", help="passed to pytest (then without the C++ tests)")
    add("lint", "check style, types and import contracts")
    bench = add("bench", "run benchmarks beside their peers")
    bench.add_argument(
        "names", nargs="*", metavar="NAME", help="modules of benchmarks/runtime; all when none is named"
    )
    bench.add_argument("--runs", type=int, help="rounds of each comparison")
    bench.add_argument("--json", metavar="DIR", help="write the figures to DIR/NAME.json")
    translations = add("translations", "collect the texts to translate, and compile the translations")
    translations.add_argument("--add", metavar="LANGUAGE", help="begin a new language, such as zh_CN")
    add("lock", "resolve requirements/*.in into the lock files")
    return top


def main() -> int:
    """Run one verb."""
    top = parser()
    options, rest = top.parse_known_args()
    if rest and options.verb != "test":
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    elif rest:
        options.arguments += rest
    try:
        return globals()[f"verb_{options.verb}"](options)
    except Failure as failure:
        say(str(failure))
        return failure.status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
