"""Where arithmetic with bfloat16 is faster than with single precision."""

_INSTRUCTIONS = ("avx512_bf16", "amx_bf16")


def half_precision_helps(device: str) -> bool:
    """Tell whether the device multiplies bfloat16 in hardware; others would convert back and forth.

    Parameters
    ----------
    device : str
        "cuda" or "cpu".
    """
    if device == "cuda":
        return True
    import torch

    known = torch.cpu.get_capabilities()
    return any(known.get(name, False) for name in _INSTRUCTIONS)
