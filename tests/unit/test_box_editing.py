"""Boxes that are drawn, moved, sized and removed by hand."""

from hypothesis import given
from hypothesis import strategies as st

from imaging.deidentification.burned_text import Box
from viewers.box_editing import BoxEditing, Grip

Place = tuple[float, float]
places = st.tuples(st.floats(-50, 150), st.floats(-50, 150))


def test_a_drag_on_empty_ground_draws_a_box() -> None:
    editing = BoxEditing(100, 120)
    editing.press(10, 20, 3)
    editing.drag(40, 60)
    editing.release()
    assert editing.boxes == [Box(10, 20, 30, 40)]
    assert editing.selected == 0


def test_a_click_on_empty_ground_leaves_nothing() -> None:
    editing = BoxEditing(100, 120)
    editing.press(10, 20, 3)
    editing.release()
    assert editing.boxes == []
    assert editing.selected is None


def test_a_box_moves_as_a_whole_and_stops_at_the_edge() -> None:
    editing = BoxEditing(100, 120, [Box(10, 20, 30, 40)])
    editing.press(25, 40, 3)
    editing.drag(35, 45)
    assert editing.boxes == [Box(20, 25, 30, 40)]
    editing.drag(500, -500)
    editing.release()
    assert editing.boxes == [Box(90, 0, 30, 40)]


def test_a_corner_sizes_the_box() -> None:
    editing = BoxEditing(100, 120, [Box(10, 20, 30, 40)])
    assert editing.grip_at(40, 60, 3) == (0, Grip.BOTTOM_RIGHT)
    editing.press(10, 20, 3)
    editing.drag(5, 30)
    editing.release()
    assert editing.boxes == [Box(5, 30, 35, 30)]


def test_the_selected_box_goes() -> None:
    editing = BoxEditing(100, 120, [Box(10, 20, 30, 40), Box(60, 20, 30, 40)])
    editing.press(70, 30, 3)
    editing.release()
    editing.remove_selected()
    assert editing.boxes == [Box(10, 20, 30, 40)]
    editing.remove_selected()
    assert len(editing.boxes) == 1


@given(st.lists(st.tuples(places, st.lists(places, max_size=4)), max_size=6))
def test_boxes_never_leave_the_picture(strokes: list[tuple[Place, list[Place]]]) -> None:
    editing = BoxEditing(100, 120)
    for start, path in strokes:
        editing.press(*start, 3)
        for place in path:
            editing.drag(*place)
        editing.release()
        assert all(box.within(100, 120) == box for box in editing.boxes)
        assert all(box.width >= 3 and box.height >= 3 for box in editing.boxes)
