import time

import pytest

from core.library import Library
from core.message import Message
from imaging.pacs import send_queue
from imaging.pacs.peers import PeerAddress
from imaging.pacs.send_queue import SendQueue

PEER = PeerAddress("dimse://A@127.0.0.1:104", name="ward")
OTHER = PeerAddress("dimse://B@127.0.0.1:104")
REASON = Message("away")


def test_the_queue_survives_and_holds_an_object_once(library: Library) -> None:
    with SendQueue(library) as queue:
        queue.add(PEER, "1", ["1.1", "1.2"])
        queue.add(PEER, "1", ["1.2", "1.3"])
        queue.add(OTHER, "1", ["1.1"])
    with SendQueue(library) as queue:
        assert [(entry.peer.name, entry.sop_uid) for entry in queue.entries()] == [
            ("ward", "1.1"),
            ("ward", "1.2"),
            ("ward", "1.3"),
            (OTHER.url, "1.1"),
        ]
        assert set(queue.peers_due()) == {PEER, OTHER}


def test_two_programs_never_take_the_same(library: Library) -> None:
    with SendQueue(library) as one, SendQueue(library) as other:
        one.add(PEER, "1", ["1.1", "1.2", "1.3"])
        first = one.take(PEER, 2)
        assert [entry.sop_uid for entry in first] == ["1.1", "1.2"]
        assert [entry.sop_uid for entry in other.take(PEER, 2)] == ["1.3"]
        assert other.take(PEER, 2, now=True) == []
        one.give_back(first[0])
        assert [entry.sop_uid for entry in other.take(PEER, 2)] == ["1.1"]


def test_what_a_killed_program_took_is_taken_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with SendQueue(library) as queue:
        queue.add(PEER, "1", ["1.1"])
        assert queue.take(PEER, 1)
        later = time.time() + 301
        monkeypatch.setattr(send_queue.time, "time", lambda: later)
        assert queue.peers_due() == [PEER]
        assert [entry.sop_uid for entry in queue.take(PEER, 1)] == ["1.1"]


def test_pauses_double_and_end(library: Library) -> None:
    pauses = []
    with SendQueue(library) as queue:
        queue.add(PEER, "1", ["1.1"])
        for _ in range(send_queue.MOST_ATTEMPTS):
            (entry,) = queue.take(PEER, 1, now=True)
            before = time.time()
            queue.later(entry, REASON)
            pauses.append(round(queue.entries()[0].next_at - before))
        assert pauses[:4] == [30, 60, 120, 240]
        assert max(pauses) == 3600
        assert queue.take(PEER, 1, now=True) == []
        (entry,) = queue.entries()
        assert entry.failed
        assert entry.reason == REASON
        queue.revive()
        assert [entry.sop_uid for entry in queue.take(PEER, 1)] == ["1.1"]


def test_a_pause_is_waited_for(library: Library) -> None:
    with SendQueue(library) as queue:
        queue.add(PEER, "1", ["1.1"])
        queue.later(queue.take(PEER, 1)[0], REASON)
        assert queue.peers_due() == []
        assert queue.take(PEER, 1) == []
        assert queue.peers_due(now=True) == [PEER]
        queue.add(PEER, "1", ["1.1"])  # asked for again: no waiting
        assert queue.peers_due() == [PEER]


def test_what_failed_for_good_stays_until_it_is_cleared(library: Library) -> None:
    with SendQueue(library) as queue:
        queue.add(PEER, "1", ["1.1", "1.2"])
        first, second = queue.take(PEER, 2)
        queue.fail(first, REASON)
        queue.done(second)
        assert queue.take(PEER, 2, now=True) == []
        (entry,) = queue.entries()
        assert (entry.failed, entry.reason) == (True, REASON)
        assert queue.clear() == 1
        assert queue.entries() == []
