"""The engine's process: `python -m models.training.worker FOLDER` trains what the folder's plan says.

What happens is told on standard output, one JSON object a line. The process ends when its standard input
closes: a training whose parent is gone must not go on for hours.
"""

import base64
import json
import os
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training.distillation import SUFFIX, share_of_time, student_plan
from models.training.export import read_weights, write_network
from models.training.loop import Learner, LearningTask, Length
from models.training.plan import TrainingPlan, TrainingTask
from models.training.run_folder import RunFolder, whole_cases
from models.training.work_clock import work_clock

if TYPE_CHECKING:
    import torch

FINAL = "final"


def tell(kind: str, **values: Any) -> None:
    """Write one event."""
    pictures = values.get("pictures")
    if pictures is not None:
        values["pictures"] = {
            name: {"size": list(item.shape), "data": base64.b64encode(item.tobytes()).decode()}
            for name, item in pictures.items()
        }
    sys.stdout.write(json.dumps({"kind": kind, **values}) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def train(folder: RunFolder) -> None:
    """Train every model of the plan that is not finished, and write the network."""
    import torch

    plan = folder.read_plan()
    clock = work_clock()
    started, fresh = clock(), not any(folder.path.glob("*.pt"))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tell("started", device=device, folds=len(plan.folds), torch=torch.__version__)
    start_from = read_weights(folder.base) if folder.base.is_file() else None
    school = _School(folder, plan, device, start_from)
    everything = sorted(item.name for item in (folder.path / "cases").iterdir())
    in_folds = [name for fold in plan.folds for name in fold]
    for number, held in enumerate(plan.folds):
        if all(own.held(name).is_file() for own in school.folders for name in held):
            continue
        seen = [name for name in in_folds if name not in held]
        networks = school.learn(f"fold-{number}", seen, plan.fold_minutes * 60.0)
        for own, network in zip(school.folders, networks, strict=True):
            task = school.task(own)
            for name in held:
                task.keep_prediction(network, name, device)
        tell("fold", fold=number)
    seconds = _rest_s(plan, clock() - started if fresh else None)
    networks = school.learn(FINAL, whole_cases(everything), seconds)
    for own, network in reversed(list(zip(school.folders, networks, strict=True))):
        whole, example = school.task(own).exported(network)
        partial = own.network.with_suffix(".partial")
        write_network(partial, whole, example, school.plan_of(own))
        partial.replace(own.network)
    tell("done")


def _rest_s(plan: TrainingPlan, elapsed_s: float | None) -> float:
    """Give the time of the final model, less what predicting the held-out images took, by half at most.

    `elapsed_s` is None for a training that was gone on with.
    """
    planned = plan.final_minutes * 60.0
    return planned if elapsed_s is None else max(0.5 * planned, min(planned, plan.minutes * 60.0 - elapsed_s))


@dataclass(frozen=True)
class _School:
    """Trains a network, and a smaller one that learns from it where the plan asks for it."""

    folder: RunFolder
    plan: TrainingPlan
    device: str
    start_from: dict[str, Any] | None

    @property
    def folders(self) -> tuple[RunFolder, ...]:
        """Where the networks leave what they predict."""
        return (self.folder, replace(self.folder, small=True)) if self.plan.distil else (self.folder,)

    def plan_of(self, folder: RunFolder) -> TrainingPlan:
        """Give the plan of the network that belongs to one of the folders."""
        return student_plan(self.plan) if folder.small else self.plan

    def task(self, folder: RunFolder) -> LearningTask:
        """Give what the network that belongs to one of the folders learns."""
        return make_task(self.plan_of(folder), folder)

    def learn(self, part: str, cases: list[str], seconds: float) -> "list[torch.nn.Module]":
        """Train on some cases, and give a network for each of the folders."""
        networks: list[torch.nn.Module] = []
        for folder in self.folders:
            own = f"{part}-{SUFFIX}" if folder.small else part

            def tell_of_part(kind: str, part: str = own, **values: Any) -> None:
                tell(kind, part=part, **values)

            share = share_of_time(self.plan, small=folder.small)
            task = self.task(folder)
            task.use(cases)
            learner = Learner(
                task,
                Length(share * seconds, self.plan.steps),
                folder.checkpoint(own),
                tell_of_part,
                self.device,
                self.plan.seed,
                None if folder.small else self.start_from,
                networks[0] if folder.small else None,
            )
            networks.append(learner.learn())
        return networks


def make_task(plan: TrainingPlan, folder: RunFolder) -> LearningTask:
    """Give what is learnt."""
    if plan.task is TrainingTask.CLASSIFICATION:
        from models.training.classification_task import ClassificationTask

        return ClassificationTask(plan, folder)
    from models.training.segmentation_task import SegmentationTask

    return SegmentationTask(plan, folder)


def main() -> int:
    """Run as a program."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    train(RunFolder(Path(sys.argv[1])))
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the thread that waits for the parent must not keep the interpreter
