"""The outbox of a connection: what goes out when faults ask for something, without a socket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from binance.sandbox.faults.edits import Edit
from binance.sandbox.net.frames import frame
from binance.sandbox.net.outbox import Outbox, Traffic
from binance.sandbox.net.pinger import Pinger
from binance.sandbox.net.timers import Timers


class Line:
    """An outbox that writes to a list."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.written: list[bytes] = []
        self.reported: list[tuple[str, dict[str, object]]] = []
        self.traffic = Traffic()
        self.timers = Timers(self.clock)
        self.outbox = Outbox(
            self.traffic, self.timers, self.written.append, lambda times: b"ping%d" % times, self.report
        )

    def report(self, fault: str, **details: object) -> None:
        self.reported.append((fault, details))

    def put(self, number: int, stream: str = "a@trade") -> None:
        self.outbox.put(stream, {"e": "trade", "t": number}, b"%d" % number)
        self.traffic.flush()


def framed(*numbers: int) -> bytes:
    return b"".join(frame(b"%d" % number) for number in numbers)


def test_a_stall_loses_messages_and_names_them():
    """Nothing goes out while it lasts; afterwards the ids lost are reported once."""
    line = Line()
    assert line.outbox.plain
    line.put(1)
    line.outbox.stall(True)
    assert not line.outbox.plain
    line.put(2)
    line.put(3)
    line.outbox.stall(False)
    assert line.outbox.plain
    line.put(4)
    assert b"".join(line.written) == framed(1, 4)
    line.outbox.report_missed()
    line.outbox.report_missed()
    assert line.reported == [("missed", {"stream": "a@trade", "count": 2, "first": 2, "last": 3})]


def test_silence_is_for_the_streams_it_names():
    """Other streams go on, and silence ends."""
    line = Line()
    line.outbox.silence(lambda stream: stream.startswith("a@"))
    line.put(1)
    line.put(2, "b@trade")
    line.outbox.silence(None)
    assert line.outbox.plain
    line.put(3)
    assert b"".join(line.written) == framed(2, 3)


def test_an_edit_that_is_over_leaves_the_plain_way():
    """Once an edit has nothing left to do, messages go out as they are."""
    line = Line()
    line.outbox.edit(Edit("duplicate", None, 1))
    assert not line.outbox.plain
    line.put(1)
    assert line.outbox.plain
    assert b"".join(line.written) == framed(1, 1)
    assert line.outbox.sent == line.traffic.messages == 2
    assert line.reported == [("duplicate", {"stream": "a@trade", "field": "t", "ids": [1]})]


@given(st.lists(st.tuples(st.sampled_from(["put", "delay", "wait"]), st.floats(0, 3)), max_size=30))
def test_delays_keep_the_order_and_lose_nothing(steps):
    """Whatever delays come and go, everything goes out in order, the last of it when its delay is over."""
    line, number = Line(), 0
    for what, seconds in steps:
        if what == "put":
            number += 1
            line.put(number)
        elif what == "delay":
            line.outbox.delay(seconds)
        else:
            line.clock.advance(seconds)
    line.clock.advance(4)
    assert b"".join(line.written) == framed(*range(1, number + 1))
    assert len(line.timers) == 0


def test_an_insert_goes_between_messages():
    """The first frame goes out at once, every other behind a message."""

    class Twice:
        left = 2

        def take(self) -> bytes:
            self.left -= 1
            return b"!"

    line = Line()
    line.outbox.insert(Twice())
    line.put(1)
    line.put(2)
    assert b"".join(line.written) == b"!" + framed(1) + b"!" + framed(2)
    assert line.outbox.plain


@pytest.mark.parametrize("times", [1, 3])
def test_answers_to_hasty_pings_are_free(times):
    """Of pings within a second only the first one's answer counts against the client."""
    pinger = Pinger()
    payload = pinger.ping(0.0, 17, times)
    assert [pinger.take_free_pong() for _ in range(times)] == [True] * (times - 1) + [False]
    pinger.ping(0.5, 18)
    assert pinger.take_free_pong()
    assert not pinger.is_overdue(5.0, 5.0)
    assert pinger.is_overdue(5.1, 5.0)
    pinger.pong(b"unasked")
    assert pinger.pongs == 0
    pinger.pong(b"18")
    assert (pinger.pings, pinger.pongs) == (times + 1, 1)
    assert not pinger.is_overdue(100.0, 5.0)
    assert payload == b"17"
