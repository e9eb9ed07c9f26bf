"""What the shards of a subscription carry follows what is asked for, at the cost of what has changed."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from binance.net.interfaces import NOT_OPEN
from binance.sockets.counts import Counts
from binance.sockets.delivery import Delivery
from binance.sockets.report import Report
from binance.sockets.subscription import Hooks, Plan, Subscription
from binance.venues.catalogue import Stream
from binance.venues.venue import SPOT

NAMES = [f"s{number}usdt@trade" for number in range(6)]
MOST = 2


class Carried(dict[str, Stream]):
    """The streams of a shard, of which it is known whether somebody has walked over all of them."""

    walks = 0

    def __iter__(self) -> Any:
        self.walks += 1
        return super().__iter__()

    def keys(self) -> Any:
        self.walks += 1
        return super().keys()

    def values(self) -> Any:
        self.walks += 1
        return super().values()

    def items(self) -> Any:
        self.walks += 1
        return super().items()


class FakeShard:
    """A shard that carries at once what it is told to."""

    category = None
    connected_since = None
    line = SimpleNamespace(factory=None)
    sequence = SimpleNamespace(gaps=0, missed=0, duplicates=0, resets=0)

    def __init__(self, owner: Subscription, report: Any, streams: tuple[Stream, ...], most: int) -> None:
        self.number = report.number
        self.wanted = Carried((stream.name, stream) for stream in streams)
        self._owner = owner
        self._most = most

    def change(self, added: Any, removed: Any) -> None:
        for name in removed:
            del self.wanted[name]
        for stream in added:
            assert stream.name not in self.wanted
            self.wanted[stream.name] = stream
        assert len(self.wanted) <= self._most

    def has_confirmed(self, name: str) -> bool:
        return True

    def is_rid_of(self, name: str) -> bool:
        return name not in self.wanted

    def connect(self) -> None: ...

    def stop(self) -> None:
        self._owner.shard_ended(self, NOT_OPEN)  # type: ignore[arg-type]


class Fixture:
    """A subscription whose shards are fakes."""

    def __init__(self, names: list[str], most: int = MOST) -> None:
        self._most = most
        self.shards: list[FakeShard] = []
        clock = Clock()
        delivery = Delivery(None, interrupt=lambda: None, later=lambda act: None)
        self.subscription = Subscription(
            Report("key", delivery, clock, 60.0),
            lambda message: None,
            SimpleNamespace(clock=clock),  # type: ignore[arg-type]
            Hooks(serving=lambda *_: None, given_up=lambda _: None),
            Counts(),
            Plan(self.shard, replace(SPOT, max_streams=most), may_change=True),  # type: ignore[arg-type]
            tuple(map(Stream, names)),
        )

    def shard(self, owner: Any, report: Any, streams: tuple[Stream, ...]) -> FakeShard:
        self.shards.append(FakeShard(owner, report, streams, self._most))
        return self.shards[-1]

    def carried(self) -> list[str]:
        """The streams of all shards that are not left; one that is carried twice is there twice."""
        return sorted(name for shard in self.shards for name in dict(shard.wanted))


asked = st.tuples(st.lists(st.sampled_from(NAMES)), st.lists(st.sampled_from(NAMES)))


@given(
    st.lists(st.sampled_from(NAMES), unique=True), st.lists(st.one_of(asked, st.none())), st.integers(0, 9)
)
def test_whatever_is_asked_between_two_looks_is_carried_once_after_the_second(first, steps, opens_at):
    """Streams added, removed and added again, before the socket opens and after."""
    made = Fixture(first)
    subscription = made.subscription
    for number, step in enumerate(steps):
        if number == opens_at:
            subscription.open()
        if step is None:
            subscription.reconcile()
        else:
            subscription.ask([Stream(name) for name in step[0]], step[1])
    if opens_at >= len(steps):
        subscription.open()
    subscription.reconcile()
    assert made.carried() == sorted(subscription.streams())


def test_a_change_of_one_stream_looks_at_none_of_the_others():
    """All sockets wait for it: among 10,000 streams, one more or less costs what it costs among a hundred."""
    made = Fixture([f"s{number}usdt@trade" for number in range(10_000)], most=1024)
    subscription = made.subscription
    subscription.open()
    before = [shard.wanted.walks for shard in made.shards]
    for added, removed in ((["btcusdt@trade"], []), ([], ["btcusdt@trade", "s77usdt@trade", "nobody@trade"])):
        subscription.ask(map(Stream, added), removed)
        subscription.reconcile()
    assert [shard.wanted.walks for shard in made.shards] == before
    assert len(made.carried()) == 9_999
