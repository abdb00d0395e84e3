"""One model's training: steps until its time is over, with checkpoints that a later process goes on from."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from models.training.distillation import distillation_loss
from models.training.half_precision import half_precision_helps
from models.training.work_clock import work_clock

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

_LEARNING_RATE = 2e-3
_WARM_UP = 0.03
_LARGEST_GRADIENT = 12.0
_AVERAGE = 0.99
_CHECKPOINT_S = 20.0
_TELL_S = 1.0
_SAMPLE_S = 20.0


class LearningTask(Protocol):
    """What is learnt; see `models.training.segmentation_task`."""

    def network(self) -> "torch.nn.Module":
        """Make a network with fresh weights."""
        ...

    def use(self, cases: list[str]) -> None:
        """Load what is trained on."""
        ...

    def batch(self, random: "np.random.Generator") -> "tuple[torch.Tensor, torch.Tensor]":
        """Draw input and target."""
        ...

    def loss(self, output: "torch.Tensor", target: "torch.Tensor") -> "torch.Tensor":
        """Give what is made small."""
        ...

    def score(self, output: "torch.Tensor", target: "torch.Tensor") -> float:
        """Give a figure for people, 0 to 1."""
        ...

    def sample(self, network: "torch.nn.Module", device: str) -> "dict[str, NDArray[np.uint8]]":
        """Predict one picture to look at."""
        ...

    def keep_prediction(self, network: "torch.nn.Module", case: str, device: str) -> None:
        """Write what the network says about a case."""
        ...

    def exported(self, network: "torch.nn.Module") -> "tuple[torch.nn.Module, torch.Tensor]":
        """Give the network as it is written, and an input."""
        ...


@dataclass(frozen=True)
class Length:
    """When a model's training ends: after `seconds` of work, or after `steps` where they are given."""

    seconds: float
    steps: int | None = None

    def fraction(self, seconds: float, steps: int) -> float:
        """Give how much is done, from 0 to 1."""
        by_steps = steps / self.steps if self.steps else 0.0
        return min(1.0, max(by_steps, 0.0 if self.steps else seconds / max(self.seconds, 1e-3)))


@dataclass
class Learner:
    """The state of one model's training.

    Parameters
    ----------
    task : LearningTask
    length : Length
    checkpoint : Path
        Read when it is there, and written every twenty seconds.
    tell : callable
        Called as `tell(kind, **values)` with what happens.
    device : str
    seed : int
    start_from : dict, optional
        Weights by name that a fresh network begins with, where names and shapes agree.
    teacher : Module, optional
        What it says is learnt, too.
    """

    task: LearningTask
    length: Length
    checkpoint: Path
    tell: Callable[..., None]
    device: str = "cpu"
    seed: int = 0
    start_from: dict[str, Any] | None = None
    teacher: "torch.nn.Module | None" = None
    seconds: float = field(default=0.0, init=False)
    steps: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Make the network, or take up where the checkpoint stands."""
        import torch

        torch.manual_seed(self.seed)
        self._network = self.task.network()
        if self.start_from:
            known = self._network.state_dict()
            fitting = {
                name: torch.from_numpy(values)
                for name, values in self.start_from.items()
                if name in known and tuple(known[name].shape) == tuple(values.shape)
            }
            self._network.load_state_dict({**known, **fitting})
        self._network.to(self.device)
        self.average = copy.deepcopy(self._network).eval()
        self._optimiser = torch.optim.AdamW(self._network.parameters(), _LEARNING_RATE, weight_decay=1e-4)
        if self.checkpoint.is_file():
            self._load()

    def learn(self) -> "torch.nn.Module":
        """Train to the end and give the network with averaged weights."""
        import numpy as np

        random = np.random.default_rng((self.seed, self.steps))
        clock = work_clock()
        now = told = saved = clock()
        sampled = told - 0.5 * _SAMPLE_S
        losses: list[float] = []
        scores: list[float] = []
        while (done := self.length.fraction(self.seconds, self.steps)) < 1.0:
            started = now
            loss, score = self._step(random, done)
            losses.append(loss)
            scores += [] if math.isnan(score) else [score]
            now = clock()
            self.seconds += now - started  # and what the last sample and checkpoint took
            self.steps += 1
            if now - told > _TELL_S:
                mean_score = sum(scores) / len(scores) if scores else None
                self.tell(
                    "step",
                    step=self.steps,
                    fraction=done,
                    seconds=round(self.seconds, 2),
                    loss=sum(losses) / len(losses),
                    score=mean_score,
                )
                told, losses, scores = now, [], []
            if now - sampled > _SAMPLE_S:
                self.tell("sample", pictures=self.task.sample(self.average, self.device))
                sampled = clock()
            if now - saved > _CHECKPOINT_S:
                self.save()
                saved = clock()
        self.save()
        return self.average

    def _step(self, random: "np.random.Generator", done: float) -> tuple[float, float]:
        import torch

        for group in self._optimiser.param_groups:
            group["lr"] = _LEARNING_RATE * min(
                1.0, (done + 1e-3) / _WARM_UP, 0.5 + 0.5 * math.cos(math.pi * done) + 1e-3
            )
        images, target = (item.to(self.device) for item in self.task.batch(random))
        self._network.train()
        with self._arithmetic():
            output = self._network(images)
        output = output.float()
        loss = self.task.loss(output, target)
        if self.teacher is not None:
            loss = distillation_loss(loss, output, self._taught(images))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _LARGEST_GRADIENT)
        self._optimiser.step()
        self._follow()
        return float(loss.detach()), self.task.score(output.detach(), target)

    def _arithmetic(self) -> "torch.autocast":
        """Compute in half precision where that is faster; weights and loss stay in single precision."""
        import torch

        return torch.autocast(self.device, torch.bfloat16, enabled=half_precision_helps(self.device))

    def _taught(self, images: "torch.Tensor") -> "torch.Tensor":
        """Give what the teacher says."""
        import torch

        assert self.teacher is not None
        with torch.no_grad(), self._arithmetic():
            return self.teacher(images).float()

    def _follow(self) -> None:
        """Move the averaged weights towards the current ones, faster at first."""
        import torch

        share = 1.0 - min(_AVERAGE, (1.0 + self.steps) / (10.0 + self.steps))
        with torch.no_grad():
            for ours, theirs in zip(self.average.parameters(), self._network.parameters(), strict=True):
                ours.lerp_(theirs, share)
            for ours, theirs in zip(self.average.buffers(), self._network.buffers(), strict=True):
                ours.copy_(theirs)

    def save(self) -> None:
        """Write the checkpoint, all of it or none."""
        import torch

        partial = self.checkpoint.with_suffix(".partial")
        state = {
            "network": self._network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "seconds": self.seconds,
            "steps": self.steps,
        }
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def _load(self) -> None:
        import torch

        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self._network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.seconds, self.steps = float(state["seconds"]), int(state["steps"])
