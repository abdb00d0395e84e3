"""The kinds of derived objects that the Care workspace lists and shows; data only.

To show another kind, set its `read` to a function of a module of its own (see `viewers.object_layer` for what
it has to give) and, where it has a page to read, its `page`.
"""

from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP

# Series of these hold derived objects only, though some of them have pixels.
OBJECT_MODALITIES = frozenset({"SEG", "RTSTRUCT", "RTDOSE", "RTPLAN", "SR", "KO", "PR", "ANN", "DOC", "RWV"})
# What can be seen as surfaces, by the ids of the kinds.
SURFACE_KINDS = ("segmentation", "structure-set")

_SR = "1.2.840.10008.5.1.4.1.1.88."


@dataclass(frozen=True)
class ObjectKind:
    """One kind of derived object.

    Parameters
    ----------
    id : str
        As settings and tests name it.
    title : str
        In English, marked for translation in the context "Message".
    sop_classes : tuple of str
        SOP class UIDs.
    modalities : tuple of str
        Under which an object that refers to nothing is listed with its study; () where such an object means
        nothing.
    read : str
        Import string of `read(derived, target, *, progress=SILENT) -> ObjectLayer`, called in a worker thread
        with a `DerivedObject` and a `LayerTarget`; "" where nothing is shown over slices.
    page : str
        Import string of `open_page(services, derived, parent) -> None`, called on the main thread when the
        user opens the object to read it; "" where there is nothing to read.
    chosen : str
        Import string of `chosen(document, layer) -> None`, called on the main thread with the
        `ViewerDocument` when the user makes the object visible and it has been read: where showing it means
        more than drawing (the window of a presentation state); "" where it does not.
    shown : bool
        Whether the only object of this kind is visible without being asked for.
    opacity : float
        Of its areas until the user chooses another, 0 to 1.
    """

    id: str
    title: str
    sop_classes: tuple[str, ...]
    modalities: tuple[str, ...] = ()
    read: str = ""
    page: str = ""
    chosen: str = ""
    shown: bool = False
    opacity: float = 0.4


OBJECT_KINDS = (
    ObjectKind(
        "segmentation",
        QT_TRANSLATE_NOOP("Message", "Segmentation"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"),
        read="viewers.segmentation_layer:read_segmentation_layer",
        shown=True,
    ),
    ObjectKind(
        "structure-set",
        QT_TRANSLATE_NOOP("Message", "Structure set"),
        ("1.2.840.10008.5.1.4.1.1.481.3",),
        read="viewers.structure_layer:read_structure_layer",
        shown=True,
        opacity=0.12,
    ),
    ObjectKind(
        "dose",
        QT_TRANSLATE_NOOP("Message", "Dose"),
        ("1.2.840.10008.5.1.4.1.1.481.2",),
        ("RTDOSE",),
        read="viewers.dose_layer:read_dose_layer",
        opacity=0.3,
    ),
    ObjectKind(
        "plan",
        QT_TRANSLATE_NOOP("Message", "Treatment plan"),
        ("1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8"),
        ("RTPLAN",),
        page="viewers.ui.object_pages:open_plan",
    ),
    ObjectKind(
        "parametric-map",
        QT_TRANSLATE_NOOP("Message", "Parametric map"),
        ("1.2.840.10008.5.1.4.1.1.30",),
        read="viewers.map_layer:read_map_layer",
        opacity=0.5,
    ),
    ObjectKind(
        "value-map",
        QT_TRANSLATE_NOOP("Message", "Real-world values"),
        ("1.2.840.10008.5.1.4.1.1.67",),
        read="viewers.value_map_layer:read_value_map_layer",
        chosen="viewers.value_map_layer:offer_values",
    ),
    ObjectKind(
        "report",
        QT_TRANSLATE_NOOP("Message", "Report"),
        (f"{_SR}11", f"{_SR}22", f"{_SR}33", f"{_SR}34"),
        ("SR",),
        read="viewers.report_layer:read_report_layer",
        page="viewers.ui.object_pages:open_report",
        shown=True,
    ),
    ObjectKind(
        "key-objects",
        QT_TRANSLATE_NOOP("Message", "Key images"),
        (f"{_SR}59",),
        ("KO",),
        read="viewers.key_image_layer:read_key_image_layer",
        shown=True,
    ),
    ObjectKind(
        "presentation-state",
        QT_TRANSLATE_NOOP("Message", "Presentation state"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.11.2"),
        read="viewers.state_layer:read_state_layer",
        chosen="viewers.state_choice:show_state",
    ),
    ObjectKind(
        "annotations",
        QT_TRANSLATE_NOOP("Message", "Annotations"),
        ("1.2.840.10008.5.1.4.1.1.91.1",),
        read="viewers.annotation_layer:read_annotation_layer",
        shown=True,
    ),
    ObjectKind(
        "document",
        QT_TRANSLATE_NOOP("Message", "Document"),
        ("1.2.840.10008.5.1.4.1.1.104.1",),
        ("DOC", "OT"),
        page="viewers.ui.object_pages:open_document",
    ),
)

_BY_CLASS = {sop_class: kind for kind in OBJECT_KINDS for sop_class in kind.sop_classes}


def kind_of(sop_class_uid: str) -> ObjectKind | None:
    """Give the kind of an object by its SOP class; None for images and what is not listed."""
    return _BY_CLASS.get(sop_class_uid)
