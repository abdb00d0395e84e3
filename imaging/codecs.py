"""Which transfer syntaxes this installation can decode."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Codec:
    """One transfer syntax with pixel data (PS3.5 annex A) and what decodes it here.

    Parameters
    ----------
    uid, name : str
        Transfer syntax.
    available : bool
        Whether images in it can be read.
    decoders : tuple of str
        Names of the installed decoder plugins; empty where none is needed or none is there.
    """

    uid: str
    name: str
    available: bool
    decoders: tuple[str, ...]


def installed_codecs() -> list[Codec]:
    """Ask pydicom for the decoder of every transfer syntax that holds images."""
    from pydicom.pixels import get_decoder
    from pydicom.uid import AllTransferSyntaxes

    found: list[Codec] = []
    for uid in AllTransferSyntaxes:
        try:
            decoder = get_decoder(uid)
        except NotImplementedError:  # video and referenced pixel data: no still images in them
            continue
        plugins = () if decoder.is_native else decoder.available_plugins
        found.append(Codec(str(uid), uid.name, decoder.is_available, tuple(plugins)))
    return found
