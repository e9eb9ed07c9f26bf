"""Streams that deliver nothing: who was heard, when that is told, and that it costs no timer afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.endpoints import BINANCE_COM, BINANCE_US, Endpoints
from binance.events import Event
from binance.order.sequence import Sequence
from binance.websockets import BinanceSocketManager

from ..orders import streams
from ..quiet_case import InTurns, QuietCase
from ..support import turns, until

TRADE, DEPTH, TICKER, KLINE = "bnbbtc@trade", "bnbbtc@depth", "bnbbtc@ticker", "bnbbtc@kline_1m"
TOP, ARRAY, ALL_BOOKS, UNKNOWN = "bnbbtc@depth5", "!miniTicker@arr", "!bookTicker", "bnbbtc@somethingNew"

# one message of each, made from a number that grows
MESSAGES: dict[str, Callable[[int], Any]] = {
    TRADE: lambda number: {"e": "trade", "s": "BNBBTC", "t": number},
    DEPTH: lambda number: {"e": "depthUpdate", "U": number, "u": number},
    TICKER: lambda number: {"e": "24hrTicker", "E": number},
    KLINE: lambda number: {"e": "kline", "E": number},
    TOP: lambda number: {"lastUpdateId": number, "bids": [], "asks": []},
    ARRAY: lambda number: [{"e": "24hrMiniTicker", "E": number}],
    ALL_BOOKS: lambda number: {"s": "BNBBTC", "u": number},
    UNKNOWN: lambda number: {"number": number},
}


# -- who was heard ----------------------------------------------------------------------------------------


def feed(sequence: Sequence, messages: list[Any]) -> None:
    """Feed one batch as a subscription does."""
    begin = 0
    while begin < len(messages):
        begin = sequence.in_order(messages, begin)
        if begin < len(messages):
            list(sequence.judge(messages[begin], 0.0))
        begin += 1


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("combined", [False, True])
def test_each_stream_is_heard_once_for_each_time_it_brings_something(name, combined):
    """The first message and every later one make a stream heard, until it is asked for."""
    sequence = Sequence(streams(name), combined)
    assert sequence.heard() == set()
    for number in range(1, 5):
        message = MESSAGES[name](number)
        feed(sequence, [{"stream": name, "data": message} if combined else message] * (number % 2 + 1))
        assert sequence.heard() == {name}
        assert sequence.heard() == set()


@given(st.lists(st.lists(st.sampled_from(list(MESSAGES)), max_size=8), max_size=8))
def test_what_is_heard_is_what_came_since_the_last_look(looks):
    """Whatever comes between two looks, in whatever mixture, those streams are heard and no others."""
    sequence = Sequence(streams(*MESSAGES), combined=True)
    number = 0
    for names in looks:
        batch = []
        for name in names:
            number += 1
            batch.append({"stream": name, "data": MESSAGES[name](number)})
        feed(sequence, batch)
        assert sequence.heard() == set(names)


@pytest.mark.parametrize(
    "data", [{"e": "trade", "t": 5}, {"e": "trade", "t": 3}, {"e": "trade", "t": 9}, {"e": "trade"}, {}, None]
)
def test_duplicates_and_messages_without_an_id_are_heard_too(data):
    """A message that is held, dropped or out of any order shows that its stream is alive."""
    sequence = Sequence(streams(TRADE, DEPTH), combined=True)
    feed(sequence, [{"stream": TRADE, "data": {"e": "trade", "t": 5}}])
    sequence.heard()
    feed(sequence, [{"stream": TRADE, "data": data}])
    assert sequence.heard() == {TRADE}


@pytest.mark.parametrize("message", [{"stream": "other@trade", "data": {}}, {"stream": ["a"]}, {}, {"x": 1}])
def test_nothing_is_kept_of_streams_that_were_not_asked_for(message):
    """What names no stream of the connection is not heard, so nothing piles up."""
    sequence = Sequence(streams(TRADE, ALL_BOOKS), combined=True)
    feed(sequence, [message])
    assert sequence.heard() == set()


def test_an_interruption_is_no_message():
    """That a connection was lost does not make its streams heard, once the next one has begun."""
    sequence = Sequence(streams(TRADE))
    feed(sequence, [{"e": "trade", "t": 5}])
    sequence.interrupted()
    sequence.heard()  # as a subscription does when the next connection opens
    assert sequence.heard() == set()


def test_an_interruption_after_messages_is_no_message_either():
    """What has ids is in doubt after an interruption, and still not heard: nothing came."""
    sequence = Sequence(streams(*MESSAGES), combined=True)
    feed(sequence, [{"stream": name, "data": message(1)} for name, message in MESSAGES.items()])
    assert sequence.heard() == set(MESSAGES)
    sequence.interrupted()
    assert sequence.heard() == set()


# -- over loopback ----------------------------------------------------------------------------------------


class Silences(QuietCase):
    """What is reported, and that it costs no timer afterwards."""

    async def test_a_misspelt_stream_is_told_of_once(self):
        """After a minute without a message: one event and one line that says why that may be."""
        self.manager().start_stream_socket("bnbbtc@trde", self.got)
        await self.opened()
        await self.passes(59)
        assert self.silent() == []
        with self.assertLogs("binance.sockets", "WARNING") as logs:
            await self.passes(600)
        assert len(self.silent()) == 1
        stream, seconds = self.silent()[0]
        assert stream == "bnbbtc@trde"
        assert 60 <= seconds <= 61
        assert len(logs.output) == 1
        assert "bnbbtc@trde" in logs.output[0]
        assert "misspelt" in logs.output[0]
        assert self.events.kinds("bnbbtc@trde") == ["connecting", "connected", "silent"]

    async def test_a_stream_of_a_combined_connection_is_told_of_while_the_others_go_on(self):
        """One symbol never ticks: its stream alone is told of, once, and the others lose nothing."""
        alive, dead = "bnbbtc@ticker", "neobtc@ticker"
        key = self.manager().start_multiplex_socket([alive, dead, "bnbbtc@trade"], self.got)
        connection = await self.opened()
        for number in range(1, 8):
            await self.brings(connection, {"stream": alive, "data": {"e": "24hrTicker", "E": number}})
            await self.brings(connection, {"stream": TRADE, "data": {"e": "trade", "t": number}})
            await self.passes(30)
        assert [stream for stream, _ in self.silent()] == [dead]
        assert self.events.kinds(key).count("silent") == 1
        assert len(self.got) == 14

    async def test_it_is_told_again_when_the_stream_was_heard_in_between(self):
        """A stream that comes back and is gone again is told of a second time."""
        self.manager().start_symbol_ticker_socket("BNBBTC", self.got)
        connection = await self.opened()
        await self.passes(100)
        await self.brings(connection, {"e": "24hrTicker", "E": 1})
        assert len(self.silent()) == 1
        await self.passes(200)
        assert len(self.silent()) == 2
        assert 60 <= self.silent()[1][1] <= 62

    async def test_a_stream_that_falls_silent_after_a_move_covered_the_loss_of_its_line_is_told_of(self):
        """The old connection ends in the middle of a move: the new one is watched as the old one was."""
        self.manager(handover_s=30).start_symbol_ticker_socket("BNBBTC", self.got)
        old = await self.opened()
        await self.brings(old, {"e": "24hrTicker", "E": 1})
        old.send({"e": "serverShutdown", "E": 2})
        await until(lambda: len(self.server.connections) == 2)
        await turns()
        old.reset()
        await until(lambda: "rotated" in self.events.kinds())
        await self.passes(200)
        assert len(self.silent()) == 1
        assert "disconnected" not in self.events.kinds()

    async def test_the_time_begins_when_the_connection_has_opened_and_again_when_another_has(self):
        """A line that is cut sooner than a stream's time leaves nothing to tell."""
        self.manager().start_symbol_ticker_socket("BNBBTC", self.got)
        connection = await self.opened()
        for count in range(2, 5):
            await self.passes(50)
            connection.reset()
            await until(lambda count=count: len(self.events.of("retrying")) == count - 1)
            # the outage itself is no silence of the stream
            self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
            connection = await self.opened(count)
        assert self.silent() == []
        await self.passes(62)
        assert len(self.silent()) == 1

    async def test_what_waits_to_be_read_comes_before_the_verdict(self):
        """A stream whose message lies in the socket when its time is up is not told of."""
        self.use(InTurns())
        self.manager().start_symbol_ticker_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.send({"e": "24hrTicker", "E": 1})
        connection.transport.doWrite()  # now, not when the reactor comes round
        self.clock.advance(60)  # without the reactor's having read, as behind a callback that blocks
        assert self.got == []
        await until(lambda: self.got)
        await turns()
        assert self.silent() == []
        for _ in range(6):
            self.clock.advance(12)
            await turns(3)
        assert [stream for stream, _ in self.silent()] == [TICKER]

    async def test_messages_that_come_while_a_silence_is_told_of_are_heard(self):
        """While the handler of the event runs, other streams may bring something: that is not lost."""
        bm = self.manager(on_event=lambda event: on_event(event))
        bm.start_multiplex_socket(["a@ticker", "b@ticker"], self.got)

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "silent":
                connection.send({"stream": "b@ticker", "data": {"e": "24hrTicker"}})
                connection.transport.doWrite()  # now: it lies in the socket before the handler returns

        connection = await self.opened()
        await self.brings(connection, {"stream": "b@ticker", "data": {"e": "24hrTicker"}})
        await self.passes(61)
        await until(lambda: len(self.got) == 2)
        assert [stream for stream, _ in self.silent()] == ["a@ticker"]
        await self.passes(60)  # b was heard in the handler, which is less than a minute ago at the next look
        assert [stream for stream, _ in self.silent()] == ["a@ticker"]
        assert len(self.got) == 2

    async def test_stopping_leaves_no_timer(self):
        """A stopped socket is watched no more, also if its stop comes from the handler of the event."""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == "silent":
                bm.stop_socket(event.conn_key)

        bm = self.manager(on_event=on_event)
        bm.start_multiplex_socket(["a@ticker", "b@ticker"], self.got)
        await self.opened()
        await self.passes(61)
        await until(lambda: self.events.kinds().count("disconnected") == 1)
        assert self.events.kinds().count("silent") == 1
        assert self.clock.getDelayedCalls() == []
        key = bm.start_symbol_ticker_socket("BNBBTC", self.got)
        await self.opened(2)
        bm.stop_socket(key)
        await until(lambda: self.events.kinds().count("disconnected") == 2)
        assert self.clock.getDelayedCalls() == []

    async def test_a_socket_that_is_given_up_leaves_no_timer(self):
        """When the last retry has failed there is nothing left that could be silent."""
        bm = self.manager(max_retries=0)
        bm.start_symbol_ticker_socket("BNBBTC", self.got)
        (await self.opened()).reset()
        await until(lambda: "gave_up" in self.events.kinds())
        assert self.clock.getDelayedCalls() == []

    async def test_nothing_is_watched_where_silence_means_nothing(self):
        """Block trades are rare, and what has ended has an event of its own: no timer but the watchdog."""
        bm = self.manager(lifetime_s=None)
        bm.start_block_trade_socket("BNBBTC", self.got)
        bm.start_ticker_socket(self.got)
        await self.opened(2)
        assert [call.getTime() > 1e5 for call in self.clock.getDelayedCalls()] == [True, True]
        await self.passes(3600)
        assert self.silent() == []

    async def test_many_silent_streams_are_one_line(self):
        """Hundreds of streams that bring nothing are an event each, and one line that names some."""
        names = [f"s{number}btc@ticker" for number in range(300)]
        self.manager().start_multiplex_socket(names, self.got)
        await self.opened()
        with self.assertLogs("binance.sockets", "WARNING") as logs:
            await self.passes(61)
        assert [stream for stream, _ in self.silent()] == names
        assert len(logs.output) == 1
        assert "and 295 more" in logs.output[0]


# -- what is said when a socket is started ----------------------------------------------------------------


def warnings_of(caplog: Any, venue: Endpoints, names: list[str]) -> list[str]:
    """The log lines of starting those streams, each by itself, and all of them together."""
    bm = BinanceSocketManager(None, endpoints=venue)
    caplog.clear()
    with caplog.at_level("WARNING", "binance"):
        for name in names:
            assert bm.start_stream_socket(name, print) == name
            assert bm.start_stream_socket(name, print) is False
        bm.start_multiplex_socket(names, print)
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("name", ["bnbbtc@trde", "bnbbtc@kline_7m", "!tickers@arr", "bnbbtc@depth@0ms"])
def test_a_name_of_no_known_kind_starts_with_a_warning(caplog, name):
    """It may be new or misspelt: the socket is started, once, and the log says that it may stay silent."""
    lines = warnings_of(caplog, BINANCE_COM, [name])
    assert len(lines) == 2
    assert all(name in line and "misspelt" in line for line in lines)


ONLY_COM = [
    "bnbbtc@kline_1s",
    "bnbbtc@kline_1d@+08:00",
    "bnbbtc@blockTrade",
    "bnbbtc@avgPrice",
    "bnbbtc@referencePrice",
]


def test_what_binance_us_does_not_have_starts_with_a_warning_there(caplog):
    """The venue is named; several of them in a multiplex socket are one line."""
    lines = warnings_of(caplog, BINANCE_US, ONLY_COM)
    assert [line for line in lines if "binance.us has no such stream" in line] == lines
    assert len(lines) == len(ONLY_COM) + 1
    assert warnings_of(caplog, BINANCE_COM, ONLY_COM) == []


def test_known_streams_start_without_a_word(caplog):
    """What both venues serve is started in silence on both."""
    names = [TRADE, DEPTH, TICKER, KLINE, TOP, ARRAY, "!ticker_1h@arr"]
    assert warnings_of(caplog, BINANCE_COM, names) == []
    assert warnings_of(caplog, BINANCE_US, [*names, "!ticker@arr"]) == []
