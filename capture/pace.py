"""Whether pictures are looked at faster on one core or on several, by how long they take."""

_AGAIN_EVERY = 30  # pictures; then the slower way gets another chance
_NEWEST = 0.25  # share of the newest time in an average


class Pace:
    """Chooses between one core a network and several, picture by picture.

    Several are faster on an idle computer. Where other programs need the cores, the parts of a layer wait for
    the slowest of them, and one core is up to twice as fast.
    """

    def __init__(self) -> None:
        self._seconds: dict[bool, float] = {}
        self._looked: dict[bool, int] = {False: 0, True: 0}
        self._count = 0

    def choose(self) -> bool:
        """Tell whether the next picture gets several cores."""
        untried = [way for way, looked in self._looked.items() if looked < 2]
        self._count += 1
        if untried:
            return untried[-1]
        faster = self._seconds[True] <= self._seconds[False]
        return not faster if self._count % _AGAIN_EVERY == 0 else faster

    def note(self, several: bool, seconds: float) -> None:
        """Take down how long a picture took that way; the first one is spent on opening the network."""
        self._looked[several] += 1
        if self._looked[several] == 1:
            return
        before = self._seconds.get(several, seconds)
        self._seconds[several] = before + _NEWEST * (seconds - before)
