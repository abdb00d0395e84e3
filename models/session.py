"""Sessions of ONNX Runtime, and where they run."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.graph_pruning import without_unused
from models.volume_network import adapted_network

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# From the fastest to the one that is always there.
_PREFERENCE = (
    "TensorrtExecutionProvider",
    "CUDAExecutionProvider",
    "DmlExecutionProvider",
    "CoreMLExecutionProvider",
    "OpenVINOExecutionProvider",
    "CPUExecutionProvider",
)
_LONGEST_REASON = 160


def available_providers() -> tuple[str, ...]:
    """Give the execution providers of this machine that are known here, the fastest first."""
    import onnxruntime

    there = onnxruntime.get_available_providers()
    return tuple(name for name in _PREFERENCE if name in there)


def open_session(
    path: Path,
    providers: Sequence[str] | None = None,
    *,
    threads: int = 0,
    outputs: Collection[str] | None = None,
    precise: bool = False,
    spinning: bool = False,
) -> "InferenceSession":
    """Load a network.

    Parameters
    ----------
    path : Path
        ONNX file.
    providers : sequence of str, optional
        Where it may run, in this order; by default all that there are.
    threads : int
        How many cores one run may use; 0 for all.
    outputs : collection of str, optional
        What is computed; by default everything. Only for files without data files.
    precise : bool
        It is a network of volumes, whose normalisation ONNX Runtime would compute too coarsely, and its
        convolutions too slowly.
    spinning : bool
        Threads wait for one another without sleeping while the network runs: faster where its layers are
        small and nothing else needs the cores.

    Raises
    ------
    BadInput
        When ONNX Runtime refuses it.
    """
    import onnxruntime

    chosen = list(providers or available_providers())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what matters comes as an exception
    options.intra_op_num_threads = threads
    # Waiting threads must not burn a core that reading or drawing needs; between two runs they never do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spinning else "0")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        network: str | bytes = str(path) if outputs is None else without_unused(path, outputs)
        if precise:
            # A plan for all values at once keeps the memory of the run before it beside its own.
            options.enable_mem_pattern = False
            network = adapted_network(path, on_processor=chosen[0] == _PREFERENCE[-1]) or network
        return onnxruntime.InferenceSession(network, options, providers=chosen)
    except MemoryError:
        raise
    except Exception as error:  # ONNX Runtime's errors have no base class of their own
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be run by ONNX Runtime: {reason}.")
        raise BadInput(message(text, path=str(path), reason=reason_of(error))) from error


def reason_of(error: Exception) -> str:
    """Give the first line of what ONNX Runtime says, without its code."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line.rpartition(" : ")[2].strip()[:_LONGEST_REASON].rstrip(".")
