"""The engine's process: `python -m models.training.worker FOLDER` trains what the folder's plan says.

What happens is told on standard output, one JSON object a line. The process ends when its standard input
closes: a training whose parent is gone must not go on for hours.
"""

import base64
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from models.training.export import read_weights, write_network
from models.training.loop import Learner, LearningTask, Length
from models.training.plan import TrainingPlan, TrainingTask
from models.training.run_folder import RunFolder, whole_cases

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
    started, fresh = time.monotonic(), not any(folder.path.glob("*.pt"))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tell("started", device=device, folds=len(plan.folds), torch=torch.__version__)
    start_from = read_weights(folder.base) if folder.base.is_file() else None
    everything = sorted(item.name for item in (folder.path / "cases").iterdir())
    in_folds = [name for fold in plan.folds for name in fold]
    for number, held in enumerate(plan.folds):
        if all(folder.held(name).is_file() for name in held):
            continue
        seen = [name for name in in_folds if name not in held]
        length = Length(plan.fold_minutes * 60.0, plan.steps)
        network = _learn(plan, folder, f"fold-{number}", seen, length, device, start_from)
        task = make_task(plan, folder)
        for name in held:
            task.keep_prediction(network, name, device)
        tell("fold", fold=number)
    length = Length(_rest_s(plan, time.monotonic() - started if fresh else None), plan.steps)
    network = _learn(plan, folder, FINAL, whole_cases(everything), length, device, start_from)
    whole, example = make_task(plan, folder).exported(network)
    partial = folder.network.with_suffix(".partial")
    write_network(partial, whole, example, plan)
    partial.replace(folder.network)
    tell("done")


def _rest_s(plan: TrainingPlan, elapsed_s: float | None) -> float:
    """Give the time of the final model, less what predicting the held-out images took, by half at most.

    `elapsed_s` is None for a training that was gone on with.
    """
    planned = plan.final_minutes * 60.0
    return planned if elapsed_s is None else max(0.5 * planned, min(planned, plan.minutes * 60.0 - elapsed_s))


def _learn(
    plan: TrainingPlan,
    folder: RunFolder,
    part: str,
    cases: list[str],
    length: Length,
    device: str,
    start_from: dict[str, Any] | None,
) -> Any:
    def tell_of_part(kind: str, **values: Any) -> None:
        tell(kind, part=part, **values)

    task = make_task(plan, folder)
    task.use(cases)
    learner = Learner(task, length, folder.checkpoint(part), tell_of_part, device, plan.seed, start_from)
    return learner.learn()


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
