"""What the training loop needs to know about segmentation: network, patches, loss and prediction."""

from typing import TYPE_CHECKING, Any

from models.training.augmentation import PatchShape, change_intensities, cut_patch
from models.training.plan import TrainingPlan
from models.training.run_folder import RunFolder, save_atomically

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

_MOST_PLACES = 20_000
_ON_STRUCTURES = 0.67
_OVERLAP = 0.25
_NARROWEST = 4


class SegmentationTask:
    """Segmentation of pictures or volumes by MONAI's `DynUNet` (nnU-Net's network).

    Parameters
    ----------
    plan : TrainingPlan
    folder : RunFolder
        Where the cases are.
    """

    def __init__(self, plan: TrainingPlan, folder: RunFolder) -> None:
        self.plan = plan
        self._folder = folder
        self._shape = PatchShape(plan.patch, plan.spacing_mm, plan.mirror_axes)
        self._cases: list[_Case] = []

    def network(self) -> "torch.nn.Module":
        """Make the network with fresh weights; it gives logits."""
        from monai.networks.nets import DynUNet

        plan = self.plan
        return DynUNet(
            plan.dimensions,
            plan.channels,
            len(plan.labels),
            kernel_size=plan.kernels,
            strides=plan.strides,
            upsample_kernel_size=plan.strides[1:],
            filters=[max(_NARROWEST, round(plan.width * count)) for count in plan.features],
            norm_name=("INSTANCE", {"affine": True}),
        )

    def use(self, cases: list[str]) -> None:
        """Load what is trained on."""
        self._cases = [_Case(self._folder, name) for name in cases]

    def batch(self, random: "np.random.Generator") -> "tuple[torch.Tensor, torch.Tensor]":
        """Give images (batch, channels, *patch) and labels (batch, 1, *patch)."""
        import torch

        images: list[torch.Tensor] = []
        labels: list[torch.Tensor] = []
        for _ in range(self.plan.batch):
            case = self._cases[int(random.integers(len(self._cases)))]
            centre = case.place(random, self.plan.patch)
            image, drawn = cut_patch(case.image, case.labels, centre, self._shape, random)
            images.append(change_intensities(image, drawn, random))
            labels.append(drawn[None])
        return torch.stack(images), torch.stack(labels)

    def loss(self, output: "torch.Tensor", target: "torch.Tensor") -> "torch.Tensor":
        """Cross-entropy, and one minus the Dice of the structures that are there (absent ones have none)."""
        import torch
        from torch.nn import functional

        truth = target[:, 0].long()
        probabilities = torch.softmax(output, 1)
        wanted = functional.one_hot(truth, output.shape[1]).movedim(-1, 1).float()
        axes = (0, *range(2, output.ndim))
        sizes = wanted.sum(axes)
        dice = 2.0 * (probabilities * wanted).sum(axes) / (probabilities.sum(axes) + sizes + 1.0)
        present = (sizes > 0.0)[1:]
        overlap = dice[1:][present].mean() if bool(present.any()) else output.new_ones(())
        return functional.cross_entropy(output, truth) + 1.0 - overlap

    def score(self, output: "torch.Tensor", target: "torch.Tensor") -> float:
        """Mean Dice of the structures in one batch, from 0 to 1; NaN where there are none."""
        found, truth = output.argmax(1), target[:, 0]
        scores: list[float] = []
        for label in range(1, len(self.plan.labels)):
            both = float(((found == label) & (truth == label)).sum())
            size = float((found == label).sum() + (truth == label).sum())
            if size > 0.0:
                scores.append(2.0 * both / size)
        return sum(scores) / len(scores) if scores else float("nan")

    def keep_prediction(self, network: "torch.nn.Module", case: str, device: str) -> None:
        """Write what the network says about a whole case.

        A label map uint8 on the grid of the original image; for instances the probabilities float16.
        """
        import numpy as np

        probabilities = self._predict(network, self._folder.array(case, "image"), device)
        if self.plan.task == "instances":
            save_atomically(self._folder.held(case), probabilities.numpy().astype(np.float16))
            return
        truth = np.load(self._folder.path / "cases" / case / "truth.npy", mmap_mode="r")
        found = label_map(probabilities, truth.shape)
        save_atomically(self._folder.held(case), found)

    def sample(self, network: "torch.nn.Module", device: str) -> "dict[str, NDArray[np.uint8]]":
        """Predict the most interesting slice of the first case: image, truth and prediction, (h, w) uint8."""
        import numpy as np

        case = self._cases[0]
        middle = case.busiest_slice()
        image, truth = case.image, case.labels
        if image.ndim == 4:  # a slab about the slice, as thick as a patch
            half = self.plan.patch[0] // 2
            low = max(0, min(middle - half, image.shape[1] - self.plan.patch[0]))
            image = image[:, low : low + self.plan.patch[0]]
            found = self._predict(network, image.numpy(), device).argmax(0)[middle - low]
            image, truth = image[:, middle - low], truth[middle]
        else:
            found = self._predict(network, image.numpy(), device).argmax(0)
        grey = image.mean(0)
        grey = (grey - grey.amin()) / (grey.amax() - grey.amin()).clamp_min(1e-6) * 255.0
        pictures = {"image": grey, "truth": truth, "prediction": found}
        return {name: values.numpy().astype(np.uint8) for name, values in pictures.items()}

    def _predict(self, network: "torch.nn.Module", image: "NDArray[Any]", device: str) -> "torch.Tensor":
        """Give probabilities (labels, *size), tile by tile."""
        import torch
        from monai.inferers.utils import sliding_window_inference

        with torch.no_grad():
            logits = sliding_window_inference(
                torch.from_numpy(image)[None].float(),
                self.plan.patch,
                2,  # PyTorch has a slow convolution for batches of one
                network,
                overlap=_OVERLAP,
                mode="gaussian",
                sw_device=device,
                device="cpu",
            )
        return torch.softmax(logits[0], 0)

    def exported(self, network: "torch.nn.Module") -> "tuple[torch.nn.Module, torch.Tensor]":
        """Give the network as it is written (it gives probabilities), and an input to trace it with."""
        import torch

        return torch.nn.Sequential(network, torch.nn.Softmax(1)), torch.zeros(
            1, self.plan.channels, *self.plan.patch
        )


def label_map(probabilities: "torch.Tensor", shape: tuple[int, ...]) -> "NDArray[np.uint8]":
    """Resample probabilities (labels, *size) to `shape` and give the most probable label, uint8.

    One label after the other, for the image may be much larger than the grid of the network.
    """
    import numpy as np
    import torch
    from torch.nn.functional import interpolate

    mode = "bilinear" if len(shape) == 2 else "trilinear"
    best = torch.full(tuple(shape), -1.0)
    found = torch.zeros(tuple(shape), dtype=torch.uint8)
    for label, own in enumerate(probabilities):
        if tuple(own.shape) != tuple(shape):
            own = interpolate(own[None, None], tuple(shape), mode=mode, align_corners=False)[0, 0]
        better = own > best
        best[better] = own[better]
        found[better] = label
    return found.numpy().astype(np.uint8)


class _Case:
    """One labelled image and where its structures are."""

    def __init__(self, folder: RunFolder, name: str) -> None:
        import numpy as np
        import torch

        labels = folder.array(name, "labels")
        self.image = torch.from_numpy(folder.array(name, "image"))
        self.labels = torch.from_numpy(labels)
        flat = labels.ravel()
        self._places = {
            int(label): _some(np.flatnonzero(flat == label)) for label in np.unique(flat) if label > 0
        }

    def place(self, random: "np.random.Generator", patch: tuple[int, ...]) -> list[float]:
        """Choose the centre of a patch: on a structure mostly, each as often, else anywhere."""
        import numpy as np

        size = tuple(self.labels.shape)
        if self._places and random.random() < _ON_STRUCTURES:
            choices = list(self._places.values())
            places = choices[int(random.integers(len(choices)))]
            centre = np.array(np.unravel_index(int(random.choice(places)), size), float)
            centre += random.uniform(-0.25, 0.25, len(size)) * np.array(patch)
        else:
            centre = random.uniform(0.0, 1.0, len(size)) * (np.array(size) - 1)
        low = np.minimum(np.array(patch) / 2.0, np.array(size) / 2.0) - 0.5
        return [float(item) for item in np.clip(centre, low, np.array(size) - 1 - low)]

    def busiest_slice(self) -> int:
        """Give the slice with most structures."""
        import numpy as np

        if self.labels.ndim == 2:
            return 0
        slices = self.labels.numpy()
        kinds = [len(np.unique(item)) * 1_000_000 + int((item > 0).sum()) for item in slices]
        return int(np.argmax(kinds))


def _some(places: "NDArray[np.int64]") -> "NDArray[np.int64]":
    return places[:: max(1, len(places) // _MOST_PLACES)]
