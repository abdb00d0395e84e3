"""What the commands of the Care workspace are enabled and checked by."""

from viewers.object_kinds import SURFACE_KINDS
from viewers.viewer_document import ViewerDocument


def document_states(document: ViewerDocument) -> set[str]:
    """Name what is true of what is open and how it is shown."""
    state, volume = document.state, document.volume
    states = {
        f"layout-{state.layout_id}": True,
        f"plane-{state.active_orientation.value}": True,
        f"slab-{state.projection.value}": state.slab_mm > 0,
        f"interpolation-{state.interpolation.value}": True,
        f"quantity-{document.quantity.id}": volume is not None,
        "pet-open": volume is not None and bool(document.facts.quantities),
        "suv-open": any(preset.id.startswith("suv-") for preset in document.presets),
        "inverted": state.inverted,
        "linked": state.linked,
        "crosshair": state.crosshair,
        "texts": state.texts,
        "patient-hidden": state.patient_hidden,
        "objects-shown": not document.objects.hidden,
        "surfaces-listed": any(one.kind.id in SURFACE_KINDS for one in document.objects.objects),
        "key-images": bool(document.objects.stops),
        "key-images-only": document.key_images_only,
        "annotations": bool(document.annotations.items),
        "annotations-listed": bool(document.annotations.items) and document.listed_series is not None,
        "maximised": state.maximised,
        "not-single": not document.is_single_image,
        "series-open": volume is not None,
        "depth-open": volume is not None and not document.is_single_image,
        "grey-open": volume is not None and not volume.is_colour,
        "ct-open": volume is not None and not volume.is_colour and document.modality == "CT",
    }
    return {name for name, holds in states.items() if holds}
