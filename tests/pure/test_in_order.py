"""What becomes of what the sequence decides: the event and the log line of a gap."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock

from binance.events import Event
from binance.order.sequence import Sequence
from binance.sockets.counts import Counts
from binance.sockets.delivery import Delivery
from binance.sockets.in_order import InOrder
from binance.sockets.intake import Intake
from binance.sockets.report import Report
from binance.wire.codec import Codec

from ..orders import CHAIN, DEPTH, data, streams


class Receiver:
    """Keeps what is delivered."""

    stopped = False

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.gaps = 1

    def deliver(self, messages: list[Any]) -> None:
        self.got += messages


@pytest.mark.parametrize(
    ("stream", "comes", "info", "words"),
    [
        (DEPTH, [(1, 5), (8, 9)], {"first": 6, "last": 7, "count": 2}, "2 ids missing, 6 to 7 (skipped)"),
        (
            CHAIN,
            [(0, 5), (8, 9)],
            {"first": 5, "last": 8},
            "some messages missing, between ids 5 and 8 (skipped)",
        ),
    ],
)
def test_a_gap_is_an_event_and_a_line_before_the_message_behind_it(caplog, stream, comes, info, words):
    """Of a chain it is between the last id that came and the one that the next message names; how many
    messages are missing is not known, so there is no count.
    """
    clock, events, turns = Clock(), list[Event](), list[Any]()
    report = Report(stream, Delivery(events.append, interrupt=lambda: None, later=turns.append), clock, 60.0)
    receiver = Receiver()
    intake = Intake(Codec(), Counts(), report)
    in_order = InOrder(Sequence(streams(stream)), intake, receiver, report, clock)
    messages = [data(stream, *ids) for ids in comes]
    in_order.take([b""] * len(messages), messages)
    for turn in turns:
        turn()
    assert receiver.got == messages
    assert [(event.kind, event.info) for event in events] == [
        ("gap", {"stream": stream, "cause": "skipped", **info})
    ]
    assert f"{stream}: gap in {stream}: {words}" in caplog.records[0].getMessage()
