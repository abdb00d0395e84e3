"""A session of random actions, taken back step by step, leaves everything as it was."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.annotation import AnnotationKind
from core.series import Series
from core.settings import Settings
from core.volume import Volume
from imaging.reslice import Projection
from viewers.annotation_editor import AnnotationEditor
from viewers.annotation_kinds import TOOL_OF
from viewers.layouts import LAYOUTS
from viewers.mouse_tools import MouseTool
from viewers.mpr_state import Pane, pane_plane
from viewers.orientation import STANDARD
from viewers.strokes import StrokeStart
from viewers.view_editor import EditKey
from viewers.viewer_document import ViewerDocument
from viewers.window_level import Window

SERIES = Series("1.2", "1.1", "", "CT", "Head", "3", 12, None, window=(40.0, 400.0), unit="HU")
PIXELS = st.tuples(st.integers(0, 99), st.integers(0, 99))


class Session(RuleBasedStateMachine):
    """What a reader does with one series."""

    def __init__(self) -> None:
        super().__init__()
        voxels = np.random.default_rng(5).integers(-1000, 1000, (12, 30, 28)).astype(np.int16)
        self.bytes = voxels.tobytes()
        self.volume = Volume(voxels, np.diag([1.0, 1.0, 2.5, 1.0]), "HU")
        self.folder = tempfile.TemporaryDirectory()
        self.document = ViewerDocument(Settings(Path(self.folder.name) / "settings.json"))
        self.document.open(self.volume, SERIES, None)
        self.editor = AnnotationEditor(self.document)
        self.start = self.kept()

    def kept(self):
        """Give what edits decide; where the reader stands and looks is no edit."""
        state = self.document.state
        return (
            (state.window, state.inverted, state.slab_mm, state.projection, state.layout_id),
            self.document.annotations.items,
        )

    def place(self, orientation, pixel):
        plane = pane_plane(self.document.state, self.volume, Pane(orientation.value), (100, 100))
        return StrokeStart(self.document, orientation, plane, *pixel)

    @rule(
        kind=st.sampled_from(list(AnnotationKind)),
        view=st.sampled_from(STANDARD),
        ends=st.tuples(PIXELS, PIXELS),
    )
    def drag(self, kind, view, ends):
        stroke = self.editor.pressed(self.place(view, ends[0]), TOOL_OF[kind])
        stroke.moved(50.0, 50.0)
        stroke.moved(*ends[1])
        stroke.released(*ends[1])

    @rule(
        tool=st.sampled_from([MouseTool.WINDOW, *TOOL_OF.values()]),
        view=st.sampled_from(STANDARD),
        pixel=PIXELS,
    )
    def click(self, tool, view, pixel):
        place = self.place(view, pixel)
        self.editor.hovered(place, tool)
        stroke = self.editor.pressed(place, tool)
        if stroke is not None:
            stroke.released(*pixel)

    @rule(key=st.sampled_from(list(EditKey)))
    def press(self, key):
        self.editor.key_pressed(key)

    @rule(text=st.text(max_size=5), chance=st.integers(0, 99))
    def write(self, text, chance):
        items = self.document.annotations.items
        if items:
            self.document.annotations.set_text(items[chance % len(items)].uid, text)

    @rule(centre=st.integers(-500, 500), width=st.integers(1, 2000))
    def window(self, centre, width):
        self.document.set_window(Window(centre, width))

    @rule(slab=st.floats(0, 20), projection=st.sampled_from(list(Projection)))
    def slab(self, slab, projection):
        self.document.set_slab(slab)
        self.document.set_projection(projection)

    @rule(layout=st.sampled_from(list(LAYOUTS)))
    def layout(self, layout):
        self.document.choose_layout(layout)

    @rule(view=st.sampled_from(STANDARD), steps=st.integers(-5, 5))
    def scroll(self, view, steps):
        self.document.scroll(view, steps)

    @rule()
    def undo(self):
        self.document.history.undo()

    @rule()
    def redo(self):
        self.document.history.redo()

    @invariant()
    def every_annotation_can_be_seen_and_measured(self):
        for one in self.document.annotations.items:
            assert self.document.readings(one).source is not None
        plane = pane_plane(self.document.state, self.volume, Pane(STANDARD[0].value), (100, 100))
        self.editor.marks(plane, str, 1.0)
        self.editor.handles(plane)

    def teardown(self):
        while self.document.history.undo_title is not None:
            self.document.history.undo()
        assert self.kept() == self.start
        assert self.volume.voxels.tobytes() == self.bytes
        self.folder.cleanup()


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=4, stateful_step_count=100, deadline=None)
