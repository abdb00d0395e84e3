"""Consistent replacements: the same value always becomes the same value under one key, and no other."""

import base64
import hashlib
import hmac

_WELL_KNOWN = "1.2.840.10008."
_KEY_BYTES = 32
_HASH_BYTES, _CHECK_BYTES = 10, 5
_MOST_DAYS = 3650
_PREFIX = "SW-"


class Pseudonyms:
    """UIDs, patient pseudonyms and date shifts, made with HMAC-SHA-256.

    Replacements carry a check value made with the same key, so that they are known again and stay as they are
    when de-identified once more.

    Parameters
    ----------
    key : bytes
        Whoever has it can repeat the replacement for a value that he guesses; nobody can undo it.
    """

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"sense deidentify" + key).digest()

    def uid(self, uid: str) -> str:
        """Replace a UID by one under 2.25 (PS3.5 B.2); DICOM's own UIDs stay."""
        if not uid or uid.startswith(_WELL_KNOWN) or self._is_own_uid(uid):
            return uid
        digest = self._digest("uid", uid)[:_HASH_BYTES]
        return _uid_of(digest + self._digest("own", digest.hex())[:_CHECK_BYTES])

    def patient(self, identity: str) -> str:
        """Give the pseudonym of a patient, fit for Patient ID and Patient's Name."""
        if self.is_own_patient(identity):
            return identity
        name = _letters(self._digest("patient", identity)[:_HASH_BYTES])
        return f"{_PREFIX}{name}-{self._check(name)}"

    def is_own_patient(self, identity: str) -> bool:
        """Tell whether `identity` is a pseudonym made with this key."""
        name, _, check = identity.removeprefix(_PREFIX).partition("-")
        return identity.startswith(_PREFIX) and hmac.compare_digest(
            self._check(name).encode(), check.encode()
        )

    def days(self, identity: str) -> int:
        """Give the number of days, 1 to 3650, by which all dates of a patient move into the past."""
        if self.is_own_patient(identity):
            return 0
        return 1 + int.from_bytes(self._digest("days", identity)[:8], "big") % _MOST_DAYS

    def _check(self, name: str) -> str:
        return _letters(self._digest("own", name)[:_CHECK_BYTES])

    def _digest(self, purpose: str, value: str) -> bytes:
        return hmac.new(self._key, f"{purpose}\0{value}".encode("utf-8", "surrogatepass"), "sha256").digest()

    def _is_own_uid(self, uid: str) -> bool:
        content = _content_of(uid)
        if content is None:
            return False
        digest, check = content[:_HASH_BYTES], content[_HASH_BYTES:]
        return hmac.compare_digest(self._digest("own", digest.hex())[:_CHECK_BYTES], check)


def _letters(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=")


# A version 8 UUID (RFC 9562 5.8): 48 bits, 4 of version, 12, 2 of variant, 62, of which the last two are 0.
def _uid_of(content: bytes) -> str:
    bits = int.from_bytes(content, "big") << 2
    high, middle, low = bits >> 74, (bits >> 62) & 0xFFF, bits & (1 << 62) - 1
    return f"2.25.{high << 80 | 8 << 76 | middle << 64 | 2 << 62 | low}"


def _content_of(uid: str) -> bytes | None:
    number = uid.removeprefix("2.25.")
    if number == uid or not (number.isascii() and number.isdecimal()) or len(number) > 39:
        return None
    value = int(number)
    if (value >> 76) & 0xF != 8 or (value >> 62) & 3 != 2 or value & 3 or value >> 128:
        return None
    bits = (value >> 80) << 74 | ((value >> 64) & 0xFFF) << 62 | value & (1 << 62) - 1
    return (bits >> 2).to_bytes(_HASH_BYTES + _CHECK_BYTES, "big")
