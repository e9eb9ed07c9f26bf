"""Messages handed to a callback that parts with streams meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from binance.events import Event
from binance.sockets.delivery import Delivery

A, B, C = "a@trade", "b@trade", "c@trade"


class Receiver:
    """Who gets messages, and what it does at each.

    :ivar got: stream and number of each.
    :ivar at: what to do when one of them came.
    """

    def __init__(self, on_event: Callable[[Event], object] | None = None) -> None:
        self.delivery = Delivery(on_event, interrupt=lambda: None, later=lambda act: None)
        self.stopped = False
        self.removed: set[str] = set()
        self.got: list[Any] = []
        self.errors: list[BaseException] = []
        self.at: dict[Any, Callable[[], object]] = {}

    def callback(self, message: Any) -> None:
        one = (message["stream"], message["data"]) if isinstance(message, dict) else message
        self.got.append(one)
        self.at.get(one, lambda: None)()

    def callback_raised(self, error: BaseException) -> None:
        self.errors.append(error)

    def parts(self, *names: str) -> None:
        """It wants no more of these streams."""
        self.removed |= {*names}
        self.delivery.soon(lambda: None)

    def take(self, messages: Iterable[Any]) -> int:
        """Hand it messages; how many it was called with, as is counted."""
        called, seconds, last_s = self.delivery.call(self, list(messages))
        assert 0 <= last_s <= seconds
        return called


def batch(*streams: str, rounds: int = 20) -> list[Any]:
    """Messages of these streams by turns, numbered."""
    return [{"stream": name, "data": number} for number in range(rounds) for name in streams]


def shown(messages: Iterable[Any]) -> list[Any]:
    return [(one["stream"], one["data"]) for one in messages]


@pytest.fixture(params=["quick", "slow"])
def receiver(request):
    """One whose callback is called with many messages in a row, or with one at a time."""
    receiver = Receiver()
    if request.param == "quick":
        receiver.take(batch(A, rounds=1_000))
        receiver.got.clear()
    return receiver


@pytest.mark.parametrize("number", [0, 1, 9, 19])
@pytest.mark.parametrize("at", [A, B, C])
def test_nothing_follows_of_a_stream_that_was_removed_inside_the_callback(receiver, at, number):
    """All others do, in order; and only what the callback got is counted."""
    receiver.at[at, number] = lambda: receiver.parts(B)
    messages = batch(A, B, C)
    place = shown(messages).index((at, number))
    expected = [one for n, one in enumerate(shown(messages)) if n <= place or one[0] != B]
    assert receiver.take(messages) == len(expected)
    assert receiver.got == expected


def test_streams_may_be_removed_again_and_again(receiver):
    """One after another, until nothing is left."""
    receiver.at[B, 3] = lambda: receiver.parts(A)
    receiver.at[C, 5] = lambda: receiver.parts(B)
    receiver.at[C, 7] = lambda: receiver.parts(C)
    assert receiver.take(batch(A, B, C)) == len(receiver.got)
    assert [sum(name == one for name, _ in receiver.got) for one in (A, B, C)] == [4, 6, 8]
    assert receiver.got[-1] == (C, 7)


def test_a_callback_that_removes_a_stream_and_raises(receiver):
    """Both count."""

    def fails() -> None:
        receiver.parts(B)
        raise RuntimeError("of the test")

    receiver.at[A, 2] = fails
    assert receiver.take(batch(A, B)) == 22
    assert [one for one in receiver.got if one[0] == B] == [(B, 0), (B, 1)]
    assert len(receiver.errors) == 1


def test_a_callback_that_removes_a_stream_and_stops_its_socket(receiver):
    """It gets nothing more, and that message counts."""

    def stops() -> None:
        receiver.parts(B)
        receiver.stopped = True

    receiver.at[A, 2] = stops
    assert receiver.take(batch(A, B)) == 5
    assert receiver.got[-1] == (A, 2)


def test_a_stream_that_an_event_before_the_messages_removes(receiver):
    """What stands in the queue is handed on first: so its first message does not come either."""
    receiver.delivery.soon(lambda: receiver.parts(A))
    assert receiver.take(batch(A, B)) == 20
    assert {name for name, _ in receiver.got} == {B}


def test_if_nothing_is_left_the_callback_is_not_called(receiver):
    """And nothing is counted."""
    receiver.delivery.soon(lambda: receiver.parts(A, B))
    assert receiver.take(batch(A, B)) == 0
    assert receiver.got == []


def test_messages_that_are_of_no_stream_follow(receiver):
    """Whatever they are; only combined messages say their stream."""
    receiver.at[B, 0] = lambda: receiver.parts(B)
    others: list[Any] = [[1, 2], "text", 7]
    assert receiver.take([*batch(B, rounds=2), *others]) == 4
    assert receiver.got == [(B, 0), *others]
