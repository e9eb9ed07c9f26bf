"""The catalogue of streams, against the exchange's documentation, written out here a second time."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from twisted.internet import reactor

from binance import streams
from binance.endpoints import BINANCE_US
from binance.exceptions import InvalidArgument
from binance.sandbox.exchange import Exchange
from binance.venues import catalogue, names
from binance.venues.catalogue import CATALOGUE, CATALOGUES, Kind, Stream, kind_of
from binance.venues.venue import SPOT, US
from binance.websockets import BinanceSocketManager

from ..calls import CALLS
from ..support import ManagerCase, until

# Spot *Web Socket Streams* and *CHANGELOG*. Stream: event type, members with the first and the last id,
# whether ids have no holes, milliseconds between messages, since when, and whether binance.us has it.
DOCUMENTED: dict[str, tuple[str | None, str | None, str | None, bool, tuple[int, ...], str | None, bool]] = {
    "bnbbtc@trade": ("trade", "t", "t", True, (), None, True),
    "bnbbtc@aggTrade": ("aggTrade", "a", "a", True, (), None, True),
    "bnbbtc@blockTrade": ("blockTrade", "t", "t", False, (), "2026-05-12", False),
    "bnbbtc@kline_1s": ("kline", None, None, False, (1000,), "2022-08", False),
    "bnbbtc@kline_1m": ("kline", None, None, False, (2000,), None, True),
    "bnbbtc@kline_1M": ("kline", None, None, False, (2000,), None, True),
    "bnbbtc@kline_1d@+08:00": ("kline", None, None, False, (2000,), "2024-05-30", False),
    "bnbbtc@miniTicker": ("24hrMiniTicker", None, None, False, (1000,), None, True),
    "!miniTicker@arr": ("24hrMiniTicker", None, None, False, (1000,), None, True),
    "bnbbtc@ticker": ("24hrTicker", None, None, False, (1000,), None, True),
    "bnbbtc@ticker_1h": ("1hTicker", None, None, False, (1000,), None, True),
    "bnbbtc@ticker_4h": ("4hTicker", None, None, False, (1000,), None, True),
    "bnbbtc@ticker_1d": ("1dTicker", None, None, False, (1000,), None, True),
    "!ticker_1h@arr": ("1hTicker", None, None, False, (1000,), None, True),
    "!ticker_4h@arr": ("4hTicker", None, None, False, (1000,), None, True),
    "!ticker_1d@arr": ("1dTicker", None, None, False, (1000,), None, True),
    "bnbbtc@bookTicker": (None, "u", "u", False, (), "2019-09", True),
    "bnbbtc@avgPrice": ("avgPrice", None, None, False, (1000,), "2023-12", False),
    "bnbbtc@depth5": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth10": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth20": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth5@100ms": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth10@100ms": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth20@100ms": (None, None, None, False, (1000, 100), None, True),
    "bnbbtc@depth": ("depthUpdate", "U", "u", True, (1000, 100), None, True),
    "bnbbtc@depth@100ms": ("depthUpdate", "U", "u", True, (1000, 100), None, True),
    "bnbbtc@referencePrice": ("referencePrice", None, None, False, (1000,), "2026-03", False),
}
# Not documented, but served: the default speed spelt out.
DOCUMENTED |= {
    f"{name}@1000ms": DOCUMENTED[name]
    for name in ("bnbbtc@depth", "bnbbtc@depth5", "bnbbtc@depth10", "bnbbtc@depth20", "!miniTicker@arr")
}
RETIRED = {"!ticker@arr": "2026-03-26", "!ticker@arr@1000ms": "2026-03-26", "!bookTicker": "2022-12-07"}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_stream_is_in_the_catalogue_as_it_is_documented(name):
    """Event type, ids, speeds, date and venue of each stream are those of the documentation."""
    kind = kind_of(name)
    assert kind is not None
    ids = (kind.first_id, kind.last_id, kind.contiguous)
    assert (kind.event, *ids, kind.speeds_ms, kind.since, kind.us) == DOCUMENTED[name]
    assert kind.retirement is None
    assert (US.stream(name).kind is not None) is kind.us
    assert SPOT.stream(name) == Stream(name, kind)


@pytest.mark.parametrize("name", RETIRED)
def test_every_stream_that_has_ended_says_when(name):
    """What binance.com has ended is in the catalogue with the day."""
    kind = kind_of(name)
    assert kind is not None
    assert kind.retirement is not None
    assert kind.retirement.since == RETIRED[name]


def test_the_catalogue_has_nothing_else():
    """Each row is that of a documented or a retired stream, and has a name and a title of its own."""
    assert {kind_of(name) for name in [*DOCUMENTED, *RETIRED]} == set(CATALOGUE)
    assert len({kind.name for kind in CATALOGUE}) == len(CATALOGUE)
    assert all(kind.title for kind in CATALOGUE)


def test_the_catalogue_is_found_where_users_look_for_it():
    """``binance.streams`` has the table and its classes."""
    assert (streams.CATALOGUE, streams.Kind, streams.Retirement) == (CATALOGUE, Kind, catalogue.Retirement)


EXAMPLES = {"<symbol>": "bnbbtc", "<interval>": "1m", "<levels>": "5"}


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_the_name_that_is_shown_is_one_that_the_pattern_matches(kind):
    """A name made of the documented form is of that kind, and of no other."""
    name = kind.name
    for part, example in EXAMPLES.items():
        name = name.replace(part, example)
    assert [other for other in CATALOGUE if re.fullmatch(other.pattern, name)] == [kind]
    assert names.spelt(name) == name


@pytest.mark.parametrize(("method", "arguments", "name"), CALLS)
def test_every_call_builds_a_documented_name(method, arguments, name):
    """What a start_* method asks for is in the documentation, and the row of its stream names the method."""
    assert getattr(BinanceSocketManager(None), method)(*arguments) == name
    assert name in DOCUMENTED or name in RETIRED or name == "bnbbtc@kline_30m"
    kind = kind_of(name)
    assert kind is not None
    assert method in (kind.call, "start_stream_socket")


def test_every_row_names_a_call_that_exists():
    """The call of each row is a method of the manager, and every call of a market stream is in a row."""
    calls = {kind.call for rows in CATALOGUES.values() for kind in rows if kind.call is not None}
    several = {f"start_{venue}multiplex_socket" for venue in ("", "futures_", "options_")}
    others = {"start_stream_socket", "start_order_book_socket", *several}
    for name, method in inspect.getmembers(BinanceSocketManager, inspect.isfunction):
        if name.startswith("start_") and name not in others and not re.search("user|margin", name):
            assert name in calls, name
            assert method.__doc__
            calls.discard(name)
    assert not calls


# -- against the sandbox ----------------------------------------------------------------------------------

# members of each kind of message that are times
TIMES = {
    "bnbbtc@trade": "ET",
    "bnbbtc@blockTrade": "ET",
    "bnbbtc@kline_1m": "E",
    "bnbbtc@ticker": "EOC",
    "bnbbtc@avgPrice": "ET",
    "bnbbtc@referencePrice": "t",
    "bnbbtc@depth": "E",
    "!miniTicker@arr": "E",
}


def first(message: Any) -> dict[str, Any]:
    """The message, or the first item of a list."""
    item = message[0] if isinstance(message, list) else message
    assert isinstance(item, dict)
    return item


class Served(ManagerCase):
    """The exchange that ships with the package serves what the catalogue lists."""

    timeout = 60

    def setUp(self) -> None:
        super().setUp()
        exchange = Exchange(reactor, seed=5, rate=400, speed=10, symbols=("BNBBTC",))
        self.addCleanup(exchange.close)
        self.exchange = exchange
        self.port = exchange.listen()

    async def one_each(self, several: Iterable[str], **options: Any) -> dict[str, Any]:
        """The first message of each stream, each on a socket of its own."""
        bm, got = self.manager(**options), dict[str, Any]()
        wanted = set(several)
        for name in wanted:
            assert bm.start_stream_socket(name, partial(got.setdefault, name)) == name
        await until(lambda: set(got) == wanted)
        return got

    async def test_every_current_stream_brings_what_the_catalogue_says(self):
        """Each documented name brings messages of its event type with its ids, lists where it is an array."""
        got = await self.one_each(DOCUMENTED)
        for name, message in got.items():
            event, first_id, last_id, *_ = DOCUMENTED[name]
            assert isinstance(message, list) is SPOT.stream(name).is_array, name
            assert first(message).get("e") == event, name
            assert all(type(first(message)[member]) is int for member in (first_id, last_id) if member), name
        assert not {event.kind for event in self.events} & {"silent", "malformed", "gap", "gave_up"}

    async def test_all_of_them_come_on_one_connection(self):
        """A multiplex socket of all documented streams brings every one under its name."""
        came = set()
        self.manager().start_multiplex_socket(DOCUMENTED, lambda message: came.add(message["stream"]))
        await until(lambda: came == set(DOCUMENTED))

    async def test_ids_are_checked_where_the_default_speed_is_spelt_out(self):
        """A message of ``@depth@1000ms`` that is missing is a gap with the name of the stream and its ids."""
        name = "bnbbtc@depth@1000ms"
        self.manager().start_stream_socket(name, self.got)
        await until(lambda: self.got)
        self.exchange.skip(name)
        await until(lambda: self.events.of("gap"))
        (gap,) = self.events.of("gap")
        await until(lambda: self.got[-1]["U"] > gap["last"])
        at = next(n for n, message in enumerate(self.got) if message["U"] == gap["last"] + 1)
        assert (gap["stream"], gap["first"]) == (name, self.got[at - 1]["u"] + 1)

    async def test_times_are_microseconds_where_they_are_asked_for(self):
        """With time_unit all times have 16 digits, keys are the same, and the lag is still a lag."""
        got = await self.one_each(TIMES, time_unit="MICROSECOND")
        for name, members in TIMES.items():
            assert all(len(str(first(got[name])[member])) == 16 for member in members), name
        assert {path.partition("?")[2] for _, path in self.exchange.dials} == {"timeUnit=MICROSECOND"}

    async def test_a_combined_connection_has_the_unit_behind_its_streams(self):
        """timeUnit is one more parameter of the query, and no part of the key."""
        bm = self.manager(time_unit="MICROSECOND")
        key = bm.start_multiplex_socket(["bnbbtc@ticker", "bnbbtc@kline_1d@+08:00"], self.got)
        assert key == "streams=bnbbtc@ticker/bnbbtc@kline_1d@+08:00"
        await until(lambda: {message["stream"][7:13] for message in self.got} == {"ticker", "kline_"})
        assert all(len(str(message["data"]["E"])) == 16 for message in self.got)
        assert abs(bm.stats(key)["lag_p50_s"]) < 60  # not 0, for the sandbox's clock is ten times as fast

    async def test_milliseconds_are_the_default(self):
        """Without time_unit, and with the default by its name, nothing is asked for: 13 digits."""
        for unit in (None, "MILLISECOND"):
            got = await self.one_each(["bnbbtc@ticker"], time_unit=unit)
            assert len(str(first(got["bnbbtc@ticker"])["E"])) == 13
        assert {path for _, path in self.exchange.dials} == {"/ws/bnbbtc@ticker"}


@pytest.mark.parametrize(
    "start",
    [
        lambda bm: bm.start_trade_socket("BNBBTC", print),
        lambda bm: bm.start_stream_socket("bnbbtc@trade", print),
        lambda bm: bm.start_multiplex_socket(["bnbbtc@trade"], print),
    ],
)
def test_binance_us_has_no_microseconds(start: Callable[[BinanceSocketManager], object]):
    """A start with microseconds raises there, and claims no key; milliseconds are all right."""
    bm = BinanceSocketManager(None, endpoints=BINANCE_US, time_unit="MICROSECOND")
    with pytest.raises(InvalidArgument, match=r"binance\.us"):
        start(bm)
    assert bm.stats() == {}
    assert start(BinanceSocketManager(None, endpoints=BINANCE_US, time_unit="MILLISECOND"))


def test_a_listen_key_is_no_streams_name():
    """It is refused, and the error does not repeat it."""
    key = "a1B2c3D4" * 8
    with pytest.raises(InvalidArgument, match="start_user_socket") as caught:
        BinanceSocketManager(None).start_stream_socket(key, print)
    assert key not in str(caught.value)
