"""Which objects in which encodings are proposed to a server (PS3.7 D.3, PS3.4 annexes B and C)."""

from collections.abc import Collection, Iterable
from typing import Any

from imaging.pacs.association import MOST_CONTEXTS, TRANSFER_SYNTAXES, quiet_network

_UNCOMPRESSED = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")


def query_contexts(*models: str) -> list[Any]:
    """Propose query, retrieve or verification by their SOP class UIDs."""
    return [quiet_network().build_context(model, list(_UNCOMPRESSED)) for model in models]


def sending_contexts(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Propose each pair of SOP class and transfer syntax on its own."""
    build = quiet_network().build_context
    return [build(sop_class, [syntax]) for sop_class, syntax in dict.fromkeys(pairs)]


def receiving_contexts(sop_classes: Collection[str], room: int = MOST_CONTEXTS - 1) -> list[Any]:
    """Propose to receive objects of some classes; every syntax gets a context of its own where there is room.

    An empty collection stands for all the classes of images, documents and radiotherapy that fit in.
    """
    build = quiet_network().build_context
    if not sop_classes:
        return [build(sop_class, list(TRANSFER_SYNTAXES)) for sop_class in storage_classes()[:room]]
    classes = sorted(sop_classes)[:room]
    apart = max(0, room // len(classes) - 1)
    contexts = []
    for sop_class in classes:
        contexts += [build(sop_class, [syntax]) for syntax in TRANSFER_SYNTAXES[:apart]]
        if rest := TRANSFER_SYNTAXES[apart:]:
            contexts.append(build(sop_class, list(rest)))
    return contexts


def storage_classes() -> list[str]:
    """Give every SOP class that the standard has for storage, the usual ones first."""
    pynetdicom = quiet_network()
    usual = [str(context.abstract_syntax) for context in pynetdicom.StoragePresentationContexts]
    every = [str(context.abstract_syntax) for context in pynetdicom.AllStoragePresentationContexts]
    return list(dict.fromkeys([*usual, *every]))
