"""A network of half the width that learns from a trained one: faster, and measured as its teacher is.

G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015: the student learns the
labels and, softened by a temperature, what the teacher says of all classes.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.plan import TrainingPlan

if TYPE_CHECKING:
    import torch

SHARE = 0.4  # of the time of every model goes to its student, where there is one
SUFFIX = "small"
_WIDTH = 0.5
_TEMPERATURE = 2.0
_FROM_TEACHER = 0.5


def student_plan(plan: TrainingPlan) -> TrainingPlan:
    """Give the plan of the student: half as many features in every stage."""
    return replace(plan, width=plan.width * _WIDTH, distil=False)


def share_of_time(plan: TrainingPlan, *, small: bool) -> float:
    """Give the share of a model's time that it has itself, or its student."""
    if small:
        return SHARE
    return 1.0 - SHARE if plan.distil else 1.0


def student_path(output: Path) -> Path:
    """Give where the student of `output` is written."""
    return output.with_name(f"{output.stem}-{SUFFIX}.onnx")


def distillation_loss(own: "torch.Tensor", output: "torch.Tensor", taught: "torch.Tensor") -> "torch.Tensor":
    """Mix the loss against the labels with the divergence from what the teacher says.

    Parameters
    ----------
    own : scalar
        The loss against the labels.
    output, taught : (batch, classes, ...)
        Logits of student and teacher.
    """
    from torch.nn.functional import kl_div, log_softmax

    mine, wanted = (log_softmax(logits / _TEMPERATURE, 1) for logits in (output, taught))
    places = output.numel() / output.shape[1]
    apart = kl_div(mine, wanted, reduction="sum", log_target=True) / places * _TEMPERATURE**2
    return (1.0 - _FROM_TEACHER) * own + _FROM_TEACHER * apart
