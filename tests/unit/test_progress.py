import pytest

from core.errors import Cancelled
from core.message import Message, message
from core.progress import SILENT, CallbackProgress, CancelToken, PartProgress, SilentProgress


def test_parts_fill_their_share_of_the_whole() -> None:
    heard: list[tuple[float, Message | None]] = []
    whole = CallbackProgress(lambda fraction, text: heard.append((fraction, text)), CancelToken())
    half = PartProgress(whole, 0.5, 1.0)
    half.report(0.5, message("half of a half"))
    PartProgress(half, 0.0, 0.5).report(1.0)
    assert heard == [(0.75, message("half of a half")), (0.75, None)]


@pytest.mark.parametrize(("given", "heard"), [(-1.0, 0.0), (0.3, 0.3), (7.0, 1.0)])
def test_fractions_stay_between_0_and_1(given: float, heard: float) -> None:
    fractions: list[float] = []
    CallbackProgress(lambda fraction, _: fractions.append(fraction), CancelToken()).report(given)
    assert fractions == [heard]


def test_a_cancel_reaches_every_part_and_is_not_reported() -> None:
    token = CancelToken()
    heard: list[float] = []
    part = PartProgress(CallbackProgress(lambda fraction, _: heard.append(fraction), token), 0.0, 0.5)
    part.check()
    token.cancel()
    with pytest.raises(Cancelled):
        part.check()
    with pytest.raises(Cancelled):
        part.report(1.0)
    assert heard == []


def test_silent_progress_can_be_cancelled_too() -> None:
    token = CancelToken()
    silent = SilentProgress(token)
    silent.report(0.5)
    token.cancel()
    with pytest.raises(Cancelled):
        silent.report(0.6)
    SILENT.report(1.0)
