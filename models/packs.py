"""The packs of models that can be added by name."""

from models.pack import Pack
from models.pack_brain import BRAIN
from models.pack_capture import CAPTURE
from models.pack_matching import MATCHING
from models.pack_objects import OBJECTS
from models.pack_speech import SPEECH
from models.pack_text import TEXT

PACKS: dict[str, Pack] = {pack.name: pack for pack in (CAPTURE, TEXT, SPEECH, MATCHING, OBJECTS, BRAIN)}
