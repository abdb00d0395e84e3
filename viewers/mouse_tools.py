"""What the left mouse button may do in the slice views."""

from enum import StrEnum


class MouseTool(StrEnum):
    """What the left mouse button does: first the tools that show, then those that draw."""

    WINDOW = "window"
    CROSSHAIR = "crosshair"
    SCROLL = "scroll"
    ZOOM = "zoom"
    PAN = "pan"
    LENGTH = "length"
    BIDIRECTIONAL = "bidirectional"
    LENGTH_3D = "length-3d"
    ANGLE = "angle"
    COBB = "cobb"
    CARDIOTHORACIC = "cardiothoracic"
    LIMB = "limb"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    FREEHAND = "freehand"
    SPLINE = "spline"
    SPHERE = "sphere"
    PROBE = "probe"
    PROFILE = "profile"
    ARROW = "arrow"
    TEXT = "text"

    @property
    def draws(self) -> bool:
        """Whether it belongs to one of the editors of the document, not to `begin_stroke`."""
        return self not in SHOWING_TOOLS


SHOWING_TOOLS = (MouseTool.WINDOW, MouseTool.CROSSHAIR, MouseTool.SCROLL, MouseTool.ZOOM, MouseTool.PAN)
