"""What the Models page shows of the packs is marked for translation."""

from collections.abc import Iterator

from models.card_texts import CARD_TEXTS
from models.pack import Pack
from models.packs import PACKS


def texts_of(pack: Pack) -> Iterator[str]:
    yield from (pack.title, pack.source, *pack.limits)
    for model in pack.models:
        yield from (model.title, model.intended_use, model.source, model.data, *model.limits)
        yield from (output.meaning for output in model.outputs)
        if model.reference:
            yield f"largest difference from {model.reference}"
        for item in model.measured:
            yield from (item.quantity, item.unit, item.data)


def test_every_text_of_a_pack_is_marked_for_translation() -> None:
    shown = {text for pack in PACKS.values() for text in texts_of(pack) if text}
    assert shown - set(CARD_TEXTS) == set()
    assert set(CARD_TEXTS) - shown == {"of the output's range"}
