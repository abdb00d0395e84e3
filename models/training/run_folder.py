"""The folder of one training: what the engine reads and what it leaves, so that it can be resumed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training.plan import TrainingPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class RunFolder:
    """`plan.json`, `cases/NAME/*.npy`, checkpoints, `events.jsonl`, `held/NAME.npy` and `model.onnx`.

    Parameters
    ----------
    path : Path
    small : bool
        Network and predictions are those of the student: `small.onnx` and `held-small/NAME.npy`.
    """

    path: Path
    small: bool = False

    @property
    def network(self) -> Path:
        """The finished network."""
        return self.path / ("small.onnx" if self.small else "model.onnx")

    @property
    def base(self) -> Path:
        """The network that is tuned further, where there is one."""
        return self.path / "base.onnx"

    @property
    def events(self) -> Path:
        """What the engine told, one JSON object a line."""
        return self.path / "events.jsonl"

    def write_plan(self, plan: TrainingPlan) -> None:
        """Keep the plan."""
        (self.path / "plan.json").write_text(json.dumps(plan.to_json(), indent=1), "utf-8")

    def read_plan(self) -> TrainingPlan:
        """Give the plan; `OSError`, `ValueError`, `KeyError` or `TypeError` where there is none."""
        return TrainingPlan.from_json(json.loads((self.path / "plan.json").read_text("utf-8")))

    def add_case(self, name: str, **arrays: "NDArray[Any]") -> None:
        """Keep the arrays of a case."""
        import numpy as np

        folder = self.path / "cases" / name
        folder.mkdir(parents=True, exist_ok=True)
        for array_name, values in arrays.items():
            np.save(folder / f"{array_name}.npy", values)

    def array(self, case: str, name: str) -> "NDArray[Any]":
        """Read one array of a case."""
        import numpy as np

        return np.load(self.path / "cases" / case / f"{name}.npy")

    def checkpoint(self, part: str) -> Path:
        """Give where one model of the training is kept between its steps."""
        return self.path / f"{part}.pt"

    def held(self, case: str) -> Path:
        """Give where the prediction is kept of the model that had not seen the case."""
        return self.path / ("held-small" if self.small else "held") / f"{case}.npy"


def whole_cases(plan_cases: "list[str]") -> list[str]:
    """Leave out the blocks that cases were cut into for the cross-validation (`NAME.block-1`)."""
    return [name for name in plan_cases if ".block-" not in name]


def block_name(case: str, number: int) -> str:
    """Name one block of a case."""
    return f"{case}.block-{number}"


def save_atomically(path: Path, values: "NDArray[np.generic]") -> None:
    """Write an array such that a reader sees all of it or none."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{path.name}")
    np.save(partial, values)
    partial.replace(path)
