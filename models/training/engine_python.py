"""Which Python has the engine (PyTorch and MONAI): this one, or another that the user names.

PyTorch is several hundred megabytes and no part of the program. It comes with the `train` extra into the
program's own environment, or stays in another one that `SENSE_TRAIN_PYTHON` names.
"""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message

VARIABLE = "SENSE_TRAIN_PYTHON"
PARTS = ("torch", "monai", "onnx")
_PROBE_S = 120.0
_PROBE = (
    "import json, torch, monai, onnx; print(json.dumps({'device': 'cuda' if torch.cuda.is_available()"
    " else 'cpu', 'torch': torch.__version__, 'monai': monai.__version__}))"
)


@dataclass(frozen=True)
class Engine:
    """Where training can run.

    Parameters
    ----------
    python : Path
        The interpreter that has PyTorch.
    device : str
        "cuda" or "cpu".
    torch, monai : str
        Their versions.
    """

    python: Path
    device: str
    torch: str
    monai: str

    @property
    def name(self) -> str:
        """For the card: what trained the model."""
        return f"PyTorch {self.torch}, MONAI {self.monai}, {self.device}"


def _candidate() -> Path | None:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    here = all(importlib.util.find_spec(name) is not None for name in PARTS)
    return Path(sys.executable) if here else None


def engine_is_there() -> bool:
    """Tell, without loading anything, whether training is likely to run."""
    candidate = _candidate()
    return candidate is not None and candidate.exists()


def find_engine() -> Engine:
    """Start the interpreter and ask what it has.

    Raises
    ------
    SenseError
        When PyTorch or MONAI is not there, with how to get it.
    """
    python = _candidate()
    if python is None:
        raise _absent()
    try:
        done = subprocess.run(
            [str(python), "-W", "ignore", "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_S
        )
        told = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        raise _absent() from error
    return Engine(python, told["device"], told["torch"], told["monai"])


def _absent() -> SenseError:
    text = QT_TRANSLATE_NOOP("Message", "Training needs PyTorch and MONAI, which are not installed.")
    hint = QT_TRANSLATE_NOOP(
        "Message",
        "Install them with dev.py setup --extra train, or name a Python that has them in {variable}.",
    )
    return SenseError(message(text), message(hint, variable=VARIABLE))
