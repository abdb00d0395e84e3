from pytestqt.qtbot import QtBot

from app.contributions import registry
from core.library import Library
from imaging.index import StudyIndex
from tests.gui.shell import open_session


def test_one_click_opens_the_phantom_and_a_second_doubles_nothing(library: Library, qtbot: QtBot) -> None:
    with open_session(library, qtbot, registry()) as session:
        window = session.window
        for _ in range(2):
            window.stack.show_workspace("start")
            window.stack.front.buttons["app.open-phantom"].click()
            qtbot.waitUntil(
                lambda: window.stack.front_id == "care" and "care" in window.stack.widgets, timeout=30_000
            )
            qtbot.waitUntil(
                lambda: window.stack.front.document.volume is not None and not window.runner.active(),
                timeout=30_000,
            )
        assert window.stack.front.document.volume.shape_ijk == (256, 256, 192)
        with StudyIndex.open(library) as index:
            assert len(index.studies()) == 1
