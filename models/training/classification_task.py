"""What the training loop needs to know about the classification of pictures."""

import math
from typing import TYPE_CHECKING

from models.training.augmentation import change_intensities
from models.training.plan import TrainingPlan
from models.training.run_folder import RunFolder, save_atomically

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

_LARGEST_TURN = math.radians(12.0)
_LARGEST_SHIFT = 0.08
_SMOOTHING = 0.05
_WIDTH = 0.5


class ClassificationTask:
    """Classification of whole pictures or volumes by MONAI's smallest residual network.

    Parameters
    ----------
    plan : TrainingPlan
    folder : RunFolder
        Where the cases are.
    """

    def __init__(self, plan: TrainingPlan, folder: RunFolder) -> None:
        self.plan = plan
        self._folder = folder
        self._images: list[torch.Tensor] = []
        self._of_class: list[list[int]] = []

    def network(self) -> "torch.nn.Module":
        """Make the network with fresh weights; it gives logits."""
        from monai.networks.nets import resnet10

        return resnet10(
            spatial_dims=self.plan.dimensions,
            n_input_channels=self.plan.channels,
            num_classes=len(self.plan.labels),
            conv1_t_stride=2,
            widen_factor=_WIDTH * self.plan.width,
        )

    def use(self, cases: list[str]) -> None:
        """Load what is trained on."""
        import torch

        self._images = [torch.from_numpy(self._folder.array(name, "image")) for name in cases]
        classes = [int(self._folder.array(name, "truth")) for name in cases]
        numbered = list(enumerate(classes))
        self._of_class = [[i for i, own in numbered if own == wanted] for wanted in sorted(set(classes))]
        self._classes = classes

    def batch(self, random: "np.random.Generator") -> "tuple[torch.Tensor, torch.Tensor]":
        """Give pictures (batch, channels, *patch) and classes (batch,), every class as often."""
        import torch

        chosen: list[int] = []
        for _ in range(self.plan.batch):
            members = self._of_class[int(random.integers(len(self._of_class)))]
            chosen.append(members[int(random.integers(len(members)))])
        images = [change_intensities(self._moved(self._images[i], random), None, random) for i in chosen]
        return torch.stack(images), torch.tensor([self._classes[i] for i in chosen])

    def _moved(self, image: "torch.Tensor", random: "np.random.Generator") -> "torch.Tensor":
        """Turn, scale and shift a little; nothing is mirrored, for the heart lies on the left."""
        import torch
        from torch.nn.functional import affine_grid, grid_sample

        dimensions = self.plan.dimensions
        angle, scale = random.uniform(-_LARGEST_TURN, _LARGEST_TURN), random.uniform(0.85, 1.15)
        matrix = torch.eye(dimensions, dimensions + 1) * scale
        cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
        matrix[:2, :2] = torch.tensor([[cosine, -sine], [sine, cosine]])  # x and y: within the slices
        matrix[:, -1] = torch.from_numpy(random.uniform(-_LARGEST_SHIFT, _LARGEST_SHIFT, dimensions))
        grid = affine_grid(matrix[None], [1, *image.shape], align_corners=False)
        return grid_sample(image[None], grid, "bilinear", "border", align_corners=False)[0]

    def loss(self, output: "torch.Tensor", target: "torch.Tensor") -> "torch.Tensor":
        """Cross-entropy with smoothed labels."""
        from torch.nn.functional import cross_entropy

        return cross_entropy(output, target, label_smoothing=_SMOOTHING)

    def score(self, output: "torch.Tensor", target: "torch.Tensor") -> float:
        """Share of the batch that is right."""
        return float((output.argmax(1) == target).float().mean())

    def sample(self, network: "torch.nn.Module", device: str) -> "dict[str, NDArray[np.uint8]]":
        """Give the first picture, or the middle slice of the first volume."""
        import numpy as np

        grey = self._images[0].mean(0)
        grey = grey[len(grey) // 2] if grey.ndim == 3 else grey
        low, high = (-1.0, 1.0) if self.plan.channels == 3 else (float(grey.min()), float(grey.max()))
        grey = (grey - low) * (255.0 / max(high - low, 1e-6))
        return {"image": grey.clamp(0.0, 255.0).numpy().astype(np.uint8)}

    def keep_prediction(self, network: "torch.nn.Module", case: str, device: str) -> None:
        """Write the probability of every class, float32."""
        import torch

        image = torch.from_numpy(self._folder.array(case, "image"))[None].to(device)
        with torch.no_grad():
            probabilities = torch.softmax(network(image)[0].float().cpu(), 0)
        save_atomically(self._folder.held(case), probabilities.numpy())

    def exported(self, network: "torch.nn.Module") -> "tuple[torch.nn.Module, torch.Tensor]":
        """Give the network as it is written (it gives probabilities), and an input to trace it with."""
        import torch

        example = torch.zeros(1, self.plan.channels, *self.plan.patch)
        return torch.nn.Sequential(network, torch.nn.Softmax(1)), example
