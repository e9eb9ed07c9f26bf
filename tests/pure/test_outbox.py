"""What a client sends on one connection: never too much, pongs first, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock

from binance.net.interfaces import Options
from binance.net.outbox import Outbox
from binance.wire.codec import Codec
from binance.wire.timings import Timings


class Turning:
    """A reactor that goes round when the test says, and whose connections then send what was written."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.left: list[tuple[float, str, bytes]] = []  # when, what
        self._calls: list[Callable[[], None]] = []
        self._written: list[tuple[str, bytes]] = []
        options = Options(self, self.clock, Timings(), 5, 75, None, Codec(None, False))
        self.outbox = Outbox(
            options,
            lambda payload: self._written.append(("message", payload)),
            lambda payload: self._written.append(("pong", payload)),
        )

    def callFromThread(self, call: Callable[..., None], *args: Any) -> None:
        self._calls.append(lambda: call(*args))

    def turn(self, seconds: float) -> None:
        """One turn, in which callbacks take so long before what was written leaves."""
        calls, self._calls = self._calls, []
        for call in calls:
            call()
        self.clock.advance(0)
        self.clock.rightNow += seconds
        self.left += [(self.clock.seconds(), what, payload) for what, payload in self._written]
        self._written.clear()

    def rest(self) -> None:
        """Until nothing is waiting."""
        for _ in range(1000):
            self.turn(0.1)


happened = st.lists(
    st.one_of(
        st.just("message"),
        st.just("ping"),
        st.one_of(st.just(0.0), st.floats(0, 3, allow_nan=False)),
    ),
    max_size=80,
)


@settings(deadline=None)
@given(happened)
def test_no_second_holds_more_than_five_messages_when_they_leave(what):
    """However long callbacks take between writing and sending; and what is to be sent is sent, in order."""
    reactor, asked, pinged = Turning(), [], []
    for number, one in enumerate(what):
        if one == "message":
            asked.append(b"%d" % number)
            reactor.outbox.message(asked[-1])
        elif one == "ping":
            pinged.append(b"%d" % number)
            reactor.outbox.pong(pinged[-1])
        else:
            reactor.turn(one)
    reactor.rest()
    moments = [at for at, _, _ in reactor.left]
    for first, sixth in zip(moments, moments[5:], strict=False):
        assert sixth - first > 1.0
    assert [payload for _, kind, payload in reactor.left if kind == "message"] == asked
    pongs = [payload for _, kind, payload in reactor.left if kind == "pong"]
    assert pongs[-1:] == pinged[-1:]
    assert [payload for payload in pinged if payload in pongs] == pongs
    assert not reactor.clock.getDelayedCalls()


def test_a_pong_goes_before_the_messages_that_wait():
    """Twenty requests wait for the limit: the pong is the next to leave."""
    reactor = Turning()
    waits = [reactor.outbox.message(b"%d" % number) for number in range(20)]
    assert waits[:4] == [0.0] * 4
    assert 1.0 < waits[4] <= waits[-1] < 6.0
    for _ in range(10):
        reactor.turn(0.01)
    assert len(reactor.left) == 4
    reactor.outbox.pong(b"ping")
    for _ in range(12):
        reactor.turn(0.1)
    assert reactor.left[4][1:] == ("pong", b"ping")


def test_nothing_is_sent_behind_the_end():
    """A connection that has ended leaves no timer, and takes nothing more."""
    reactor = Turning()
    for number in range(8):
        reactor.outbox.message(b"%d" % number)
    reactor.turn(0.0)
    reactor.outbox.end()
    reactor.outbox.pong(b"late")
    reactor.rest()
    assert len(reactor.left) == 1
    assert not reactor.clock.getDelayedCalls()
