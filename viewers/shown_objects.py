"""Which derived objects belong to the open series, and how the user wants to see them. Main thread only."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from core.message import Message
from core.settings import Settings
from viewers.derived_objects import DerivedObject
from viewers.object_layer import Colour, LayerLook, ObjectLayer, Points, ShownLayer
from viewers.quantity import Quantity

_SETTING = "viewer.objects"
# How many objects' looks are remembered, the newest choices.
_MOST_REMEMBERED = 200


class ShownObjects:
    """The derived objects of the open series with their layers and looks.

    Listeners are called after every change.

    Parameters
    ----------
    settings : Settings
        Where looks are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listeners: list[Callable[[], None]] = []
        self._looks: dict[str, LayerLook] = {}
        self._layers: dict[str, ObjectLayer] = {}
        self._failures: dict[str, Message] = {}
        self._reading: set[str] = set()
        self._shown: tuple[ShownLayer, ...] = ()
        self.objects: tuple[DerivedObject, ...] = ()
        self.hidden = False

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after every change."""
        self._listeners.append(listener)

    # What there is.

    @property
    def shown(self) -> tuple[ShownLayer, ...]:
        """The layers to draw, from below to above; the same tuple until something changes."""
        return self._shown

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What the visible value maps let values be told as."""
        return tuple(one for shown in self._shown for one in getattr(shown.layer, "quantities", ()))

    @property
    def stops(self) -> tuple[Points, ...]:
        """Points (3,) of the visible key images, LPS millimetres."""
        return tuple(one for shown in self._shown for one in getattr(shown.layer, "stops", ()))

    def layer(self, sop_uid: str) -> ObjectLayer | None:
        """Give what an object draws; None while it has not been read."""
        return self._layers.get(sop_uid)

    def failure(self, sop_uid: str) -> Message | None:
        """Why an object could not be read, or None."""
        return self._failures.get(sop_uid)

    def reading(self, sop_uid: str) -> bool:
        """Whether an object is being read."""
        return sop_uid in self._reading

    def look(self, sop_uid: str) -> LayerLook:
        """How an object is to be seen."""
        return self._looks.get(sop_uid, LayerLook())

    def wanted(self) -> list[DerivedObject]:
        """Give the visible objects that have not been read."""
        return [
            one
            for one in self.objects
            if one.kind.read
            and self.look(one.sop_uid).visible
            and not any(one.sop_uid in known for known in (self._layers, self._failures, self._reading))
        ]

    # What happens.

    def set_objects(self, objects: Iterable[DerivedObject]) -> None:
        """Take over what was found for the open series; layers of objects that stay are kept."""
        self.objects = tuple(objects)
        uids = {one.sop_uid for one in self.objects}
        self._layers = {uid: layer for uid, layer in self._layers.items() if uid in uids}
        self._failures = {uid: reason for uid, reason in self._failures.items() if uid in uids}
        self._reading &= uids
        remembered = _remembered(self._settings)
        for one in self.objects:
            if one.sop_uid not in self._looks:
                self._looks[one.sop_uid] = self._first_look(one, remembered.get(one.sop_uid))
        self._changed()

    def set_reading(self, sop_uid: str) -> None:
        """Tell that an object is being read."""
        self._reading.add(sop_uid)
        self._changed()

    def set_layer(self, sop_uid: str, layer: ObjectLayer) -> None:
        """Take over what was read."""
        self._reading.discard(sop_uid)
        if any(one.sop_uid == sop_uid for one in self.objects):
            self._layers[sop_uid] = layer
        self._changed()

    def set_failure(self, sop_uid: str, reason: Message) -> None:
        """Tell that an object could not be read; showing it again tries again."""
        self._reading.discard(sop_uid)
        self._failures[sop_uid] = reason
        self._changed()

    # What the user does.

    def set_visible(self, sop_uid: str, *, visible: bool) -> None:
        """Show or hide an object."""
        self._failures.pop(sop_uid, None)
        self.hidden = self.hidden and not visible
        self._set_look(sop_uid, replace(self.look(sop_uid), visible=visible))

    def set_item_visible(self, sop_uid: str, key: str, *, visible: bool) -> None:
        """Show or hide one item of an object."""
        self._set_look(sop_uid, self.look(sop_uid).with_item(key, shown=visible))

    def show_only(self, sop_uid: str, key: str) -> None:
        """Show one item of an object and hide its others."""
        layer = self.layer(sop_uid)
        if layer is not None:
            shown = {item.key: item.key == key for item in layer.items}
            self._set_look(sop_uid, replace(self.look(sop_uid), shown=shown, visible=True))

    def set_colour(self, sop_uid: str, key: str, colour: Colour) -> None:
        """Show an item in another colour."""
        self._set_look(sop_uid, self.look(sop_uid).with_colour(key, colour))

    def set_opacity(self, sop_uid: str, opacity: float) -> None:
        """Make the areas of an object more or less opaque, 0 to 1."""
        self._set_look(sop_uid, replace(self.look(sop_uid), opacity=min(max(opacity, 0.0), 1.0)))

    def toggle_hidden(self) -> None:
        """Show the images without anything over them, or everything again."""
        self.hidden = not self.hidden
        self._changed()

    # Inside.

    def _set_look(self, sop_uid: str, look: LayerLook) -> None:
        self._looks[sop_uid] = look
        remembered = _remembered(self._settings)
        remembered.pop(sop_uid, None)
        stored = [*remembered.values(), _stored(sop_uid, look)]
        self._settings.set(_SETTING, stored[-_MOST_REMEMBERED:])
        self._changed()

    def _first_look(self, derived: DerivedObject, remembered: Any) -> LayerLook:
        look = _restored(remembered)
        if look is not None:
            return look
        alone = sum(other.kind is derived.kind for other in self.objects) == 1
        return LayerLook(visible=derived.kind.shown and alone, opacity=derived.kind.opacity)

    def _changed(self) -> None:
        visible = (
            [] if self.hidden else [one.sop_uid for one in self.objects if self.look(one.sop_uid).visible]
        )
        found = [
            ShownLayer(layer, self.look(uid))
            for uid in visible
            if (layer := self._layers.get(uid)) is not None
        ]
        if [one.key for one in found] != [one.key for one in self._shown]:
            self._shown = tuple(found)
        for listener in list(self._listeners):
            listener()

    def _shown_layer(self, sop_uid: str) -> ShownLayer | None:
        look = self.look(sop_uid)
        return ShownLayer(self._layers[sop_uid], look) if look.visible else None


def _remembered(settings: Settings) -> dict[str, Any]:
    """Give what is stored by object, the newest choice last; what an edited file holds else is left out."""
    stored: Any = settings.get(_SETTING, [])
    entries = [entry for entry in stored if isinstance(entry, dict) and isinstance(entry.get("object"), str)]
    return {entry["object"]: entry for entry in entries}


def _stored(sop_uid: str, look: LayerLook) -> dict[str, Any]:
    return {
        "object": sop_uid,
        "visible": look.visible,
        "opacity": look.opacity,
        "shown": dict(look.shown),
        "colours": {key: list(colour) for key, colour in look.colours.items()},
    }


def _restored(data: Any) -> LayerLook | None:
    """Read what `_stored` gave; None for anything else, which an edited settings file may hold."""
    try:
        colours = {str(key): tuple(map(int, colour)) for key, colour in data["colours"].items()}
        if any(len(colour) != 3 for colour in colours.values()):
            return None
        shown = {str(key): bool(value) for key, value in data["shown"].items()}
        return LayerLook(bool(data["visible"]), float(data["opacity"]), shown, colours)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
