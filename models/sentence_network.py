"""The network of sentence embeddings, built from its published weights.

BERT's encoder (Devlin et al. 2018) in the size of MiniLM (Wang et al. 2020), the mean over the words, and
unit length, as sentence-transformers has it.
"""

from typing import TYPE_CHECKING, Any

from models.onnx_builder import OnnxBuilder
from models.pack import Network, PackageFiles, PackModel
from models.safetensors_file import read_safetensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYERS, WIDTH, HEADS = 6, 384, 12
_EPSILON = 1e-12
_MASKED = -1e9
VOCABULARY = "vocab.txt"


def make_sentence_network(files: PackageFiles, model: PackModel) -> Network:
    """Build the network; its vocabulary comes beside it."""
    weights = read_safetensors(files.read(model.archive), model.id)
    folder = model.archive.rpartition("/")[0]
    return Network(sentence_network(weights), {VOCABULARY: files.read(f"{folder}/{VOCABULARY}")})


def sentence_network(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file of the weights, named as in BERT's own code.

    Takes `input_ids` and `attention_mask` (batch, words) of int64; gives `embedding` (batch, 384).
    """
    from onnx import TensorProto

    net = OnnxBuilder()
    shown = net.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    hidden = _words(net, weights)
    hidden_words = net.node("Mul", [net.node("Sub", [shown, net.number(1.0)]), net.number(-_MASKED)])
    mask = net.node("Unsqueeze", [hidden_words, net.integers([1, 2])])
    for layer in range(LAYERS):
        hidden = _layer(net, weights, f"encoder.layer.{layer}.", hidden, mask)
    _pool(net, hidden, shown)
    sizes = ("batch", "words")
    kinds = {"input_ids": TensorProto.INT64, "attention_mask": TensorProto.INT64}
    return net.finish({"input_ids": sizes, "attention_mask": sizes}, {"embedding": ("batch", WIDTH)}, kinds)


def _words(net: OnnxBuilder, weights: "dict[str, NDArray[Any]]") -> str:
    """Add up what a word, its place and its being in the first sentence stand for."""
    words = net.node("Gather", [net.initializer(weights["embeddings.word_embeddings.weight"]), "input_ids"])
    length = net.node("Gather", [net.node("Shape", ["input_ids"]), net.integers([1])])
    table = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    places = net.node("Slice", [net.initializer(table), net.integers([0]), length, net.integers([0])])
    return _norm(net, weights, "embeddings.LayerNorm", net.node("Add", [words, places]))


def _layer(net: OnnxBuilder, weights: "dict[str, NDArray[Any]]", at: str, given: str, mask: str) -> str:
    size = WIDTH // HEADS
    query, key, value = (
        net.heads(_dense(net, weights, f"{at}attention.self.{part}", given), HEADS, size)
        for part in ("query", "key", "value")
    )
    seen = _dense(net, weights, f"{at}attention.output.dense", net.attention(query, key, value, size, mask))
    given = _norm(net, weights, f"{at}attention.output.LayerNorm", net.node("Add", [seen, given]))
    wide = net.gelu(_dense(net, weights, f"{at}intermediate.dense", given))
    narrow = _dense(net, weights, f"{at}output.dense", wide)
    return _norm(net, weights, f"{at}output.LayerNorm", net.node("Add", [narrow, given]))


def _pool(net: OnnxBuilder, hidden: str, shown: str) -> None:
    """Take the mean over the words that are there, and bring it to unit length."""
    weight = net.node("Unsqueeze", [shown, net.integers([2])])
    total = net.node("ReduceSum", [net.node("Mul", [hidden, weight]), net.integers([1])], keepdims=0)
    count = net.node("ReduceSum", [shown, net.integers([1])], keepdims=1)
    mean = net.node("Div", [total, net.node("Max", [count, net.number(1e-9)])])
    length = net.node("ReduceL2", [mean], axes=[1], keepdims=1)
    net.name_output(net.node("Div", [mean, net.node("Max", [length, net.number(1e-12)])]), "embedding")


def _dense(net: OnnxBuilder, weights: "dict[str, NDArray[Any]]", at: str, given: str) -> str:
    return net.linear(given, weights[f"{at}.weight"], weights[f"{at}.bias"])


def _norm(net: OnnxBuilder, weights: "dict[str, NDArray[Any]]", at: str, given: str) -> str:
    return net.layer_norm(given, weights[f"{at}.weight"], weights[f"{at}.bias"], _EPSILON)
