"""The tools that measure and annotate, as data: what they are called and how they are drawn."""

from dataclasses import dataclass

from core.annotation import AnnotationKind
from core.message import QT_TRANSLATE_NOOP, Message, message
from viewers.mouse_tools import MouseTool


@dataclass(frozen=True)
class KindTraits:
    """How a kind of annotation is drawn.

    Parameters
    ----------
    title : Message
        What it is called.
    clicks : int
        Points that the user gives; 0 for any number.
    icon : str
        Name in `assets/icons`.
    closed : bool
        Its outline encloses an area whose values are told.
    in_space : bool
        Its points may lie on different slices.
    by_drag : bool
        The points come from the way of the pointer, not from clicks.
    """

    title: Message
    clicks: int
    icon: str
    closed: bool = False
    in_space: bool = False
    by_drag: bool = False


_K = AnnotationKind

TRAITS: dict[AnnotationKind, KindTraits] = {
    _K.LENGTH: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Length")), 2, "measure"),
    _K.BIDIRECTIONAL: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Long and short axis")), 2, "axes"),
    _K.LENGTH_3D: KindTraits(
        message(QT_TRANSLATE_NOOP("Message", "Length across slices")), 2, "length-3d", in_space=True
    ),
    _K.ANGLE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Angle")), 3, "angle"),
    _K.COBB: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Cobb angle")), 4, "cobb"),
    _K.CARDIOTHORACIC: KindTraits(
        message(QT_TRANSLATE_NOOP("Message", "Cardiothoracic ratio")), 4, "cardiothoracic"
    ),
    _K.LIMB: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Limb alignment")), 3, "limb"),
    _K.ELLIPSE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Ellipse")), 2, "ellipse", closed=True),
    _K.RECTANGLE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Rectangle")), 2, "rectangle", closed=True),
    _K.POLYGON: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Polygon")), 0, "polygon", closed=True),
    _K.FREEHAND: KindTraits(
        message(QT_TRANSLATE_NOOP("Message", "Freehand")), 0, "freehand", closed=True, by_drag=True
    ),
    _K.SPLINE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Smooth curve")), 0, "spline", closed=True),
    _K.SPHERE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Sphere")), 2, "sphere", in_space=True),
    _K.PROBE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Value at a point")), 1, "probe"),
    _K.PROFILE: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Values along a line")), 2, "profile"),
    _K.ARROW: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Arrow")), 2, "arrow"),
    _K.TEXT: KindTraits(message(QT_TRANSLATE_NOOP("Message", "Text")), 1, "text"),
}

TOOL_OF: dict[AnnotationKind, MouseTool] = {kind: MouseTool(kind.value) for kind in TRAITS}
KIND_OF: dict[MouseTool, AnnotationKind] = {tool: kind for kind, tool in TOOL_OF.items()}
