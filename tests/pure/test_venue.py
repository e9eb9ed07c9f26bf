"""What each exchange offers: which rules hold where, its streams, its URLs and its ports."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.endpoints import (
    BINANCE_COM,
    BINANCE_US,
    MARKET_DATA_ONLY,
    SPOT_DEMO,
    SPOT_TESTNET,
    Endpoints,
)
from binance.exceptions import InvalidArgument, InvalidStream
from binance.venues.catalogue import CATALOGUE, US_CATALOGUE, Stream, kind_of
from binance.venues.venue import SPOT, US, ports, spot_venue

VENUES = {"binance.com": SPOT, "binance.us": US}


# -- how long a URL may be ----------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    count=st.integers(0, 1024),
    letter=st.sampled_from("aé"),
    length=st.integers(1, 30),
    unit=st.sampled_from([None, "MICROSECOND"]),
)
def test_a_url_holds_as_many_names_as_the_exchange_takes(count, letter, length, unit):
    """The whole of it, escaped, has 8,000 characters at most; one name more would be too many."""
    several = [f"{letter * length}{number}@trade" for number in range(count)]
    url, held = SPOT.combined_url(several, unit)
    path = url.removeprefix(SPOT.endpoints.stream)
    assert len(url) <= 8000
    query = path.removeprefix("/stream").removeprefix("?")
    escaped = query.removesuffix("timeUnit=MICROSECOND").removesuffix("&").removeprefix("streams=")
    assert [unquote(name) for name in escaped.split("/") if name] == several[:held]
    assert query.endswith("timeUnit=MICROSECOND") is (unit is not None)
    if held < count:
        assert len(url) + 1 + len(quote(several[held], safe="@")) > 8000


def test_one_name_that_is_too_long_for_a_url_is_refused():
    """No stream's name is, but a venue may take less."""
    with pytest.raises(InvalidStream, match=r"48 characters; the exchange takes 47"):
        replace(SPOT, max_url=47).raw_url(SPOT.stream("bnbbtc@aggTrade"), None)


# -- which rules hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "name", "silence_s"),
    [
        (BINANCE_COM.stream, "binance.com", 75),
        (SPOT_TESTNET.stream, "binance.com", 75),
        (SPOT_DEMO.stream, "binance.com", 75),
        (MARKET_DATA_ONLY.stream, "binance.com", 75),
        ("ws://127.0.0.1:8080", "binance.com", 75),
        ("ws://[::1]:8080", "binance.com", 75),
        ("wss://binance.us.example", "binance.com", 75),
        ("wss://notbinance.us", "binance.com", 75),
        (BINANCE_US.stream, "binance.us", 400),
        ("wss://stream.binance.us", "binance.us", 400),
        ("wss://binance.us", "binance.us", 400),
        ("wss://Stream.Binance.US:9443", "binance.us", 400),
        ("ws://stream.binance.us:443", "binance.us", 400),
    ],
)
def test_silence_is_longer_where_pings_are_rarer(host, name, silence_s):
    """A line is dead after 75 s where pings come every 20 s, after 400 s where they come every 3 minutes."""
    venue = spot_venue(Endpoints(stream=host))
    assert (venue.name, venue.silence_s) == (name, silence_s)


def test_a_venue_goes_to_the_hosts_that_it_was_made_for():
    """The rules come from the domain of the stream host, the hosts from the endpoints, whichever they are."""
    mixed = replace(BINANCE_US, rest="https://127.0.0.1:8080", user_stream="signature")
    venue = spot_venue(mixed)
    assert venue == replace(US, endpoints=mixed)
    assert spot_venue(BINANCE_COM) == SPOT
    assert spot_venue(BINANCE_US) == US


def test_a_venue_is_a_value():
    """Equal rules at equal hosts are equal, and nothing can be changed."""
    assert len({spot_venue(BINANCE_US), US, SPOT}) == 2
    with pytest.raises(AttributeError):
        SPOT.silence_s = 1.0


# -- streams ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("venue", VENUES.values(), ids=VENUES)
def test_a_stream_is_a_name_and_its_row_in_the_venues_catalogue(venue):
    """The name is spelt as the exchange does; streams of one name are equal."""
    stream = venue.stream("BNBBTC@trade")
    assert stream == venue.stream("bnbbtc@trade") == Stream("bnbbtc@trade", stream.kind)
    assert stream.kind is kind_of("bnbbtc@trade", venue.catalogue)
    assert stream.kind in venue.catalogue
    assert venue.stream("bnbbtc@trde") == Stream("bnbbtc@trde", None)


@pytest.mark.parametrize("name", ["bnbbtc", "a1B2c3D4" * 8, "bnbbtc@tra de", "", None, ["bnbbtc@trade"]])
def test_what_is_no_streams_name_makes_no_stream(name):
    """Neither by itself nor among others."""
    with pytest.raises(InvalidStream):
        SPOT.stream(name)
    with pytest.raises(InvalidStream):
        SPOT.streams(["bnbbtc@trade", name])


def test_streams_for_one_connection_are_checked_together():
    """Order is kept, a name given twice counts once, and one connection carries 1,024."""
    given_names = ["BNBBTC@ticker", "bnbbtc@trade", "bnbbtc@ticker"]
    assert SPOT.streams(given_names) == (SPOT.stream("bnbbtc@ticker"), SPOT.stream("bnbbtc@trade"))
    assert len(SPOT.streams(f"s{number}@trade" for number in range(5000))) == 5000


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("!miniTicker@arr", True),
        ("!ticker@arr", True),
        ("!miniTicker@arr@3000ms", True),
        ("!ticker_1h@arr", True),
        ("!bookTicker", False),
        ("bnbbtc@ticker", False),
        ("arr@arr", False),
    ],
)
def test_all_market_arrays_are_known_by_name(name, array):
    """Only ``!...@arr`` streams send lists, on any venue."""
    for venue in VENUES.values():
        assert venue.stream(name).is_array is array


@pytest.mark.parametrize(
    ("name", "since", "use"),
    [
        ("!ticker@arr", "2026-03-26", "!miniTicker@arr"),
        ("!ticker@arr@1000ms", "2026-03-26", "!miniTicker@arr"),
        ("!bookTicker", "2022-12-07", "<symbol>@bookTicker"),
    ],
)
def test_a_retired_stream_says_since_when_and_what_to_use(name, since, use):
    """A stream that binance.com has ended names the day and what does its work now; binance.us has it yet."""
    kind = SPOT.stream(name).kind
    assert kind is not None
    assert kind.retirement is not None
    assert kind.retirement.since == since
    assert use in kind.retirement.use
    assert US.stream(name).kind == replace(kind, retirement=None)
    assert not SPOT.lacks(SPOT.stream(name))
    assert not US.lacks(US.stream(name))


@pytest.mark.parametrize(
    "name",
    ["!miniTicker@arr", "!ticker_1h@arr", "bnbbtc@ticker", "bnbbtc@bookTicker", "bnbbtc@depth@100ms"],
)
def test_living_streams_are_not_retired(name):
    """What binance.com serves has no retirement."""
    kind = SPOT.stream(name).kind
    assert kind is not None
    assert kind.retirement is None


ONLY_COM = [
    "bnbbtc@kline_1s",
    "bnbbtc@kline_1d@+08:00",
    "bnbbtc@blockTrade",
    "bnbbtc@avgPrice",
    "bnbbtc@referencePrice",
]


@pytest.mark.parametrize("name", ONLY_COM)
def test_binance_us_lacks_what_came_after_2024(name):
    """It is no kind of stream there, and known to be one of binance.com's."""
    assert US.stream(name).kind is None
    assert US.lacks(US.stream(name))
    assert not SPOT.lacks(SPOT.stream(name))


@pytest.mark.parametrize("name", ["bnbbtc@trde", "bnbbtc@kline_7m", "!tickers@arr", "bnbbtc@trade"])
def test_what_nobody_has_and_what_all_have_is_not_lacking(name):
    """A misspelt name is no stream of binance.com's."""
    assert not any(venue.lacks(venue.stream(name)) for venue in VENUES.values())


def test_the_catalogue_of_binance_us_is_that_of_binance_com_without_what_it_lacks():
    """Row by row, in the same order, and with nothing retired."""
    assert US.catalogue == US_CATALOGUE
    assert SPOT.catalogue == CATALOGUE
    assert [kind.name for kind in US_CATALOGUE] == [kind.name for kind in CATALOGUE if kind.us]
    assert not any(kind.retirement for kind in US_CATALOGUE)


# stream: seconds on binance.com, on binance.us; there, what it lacks is what nobody has
TIMES = {
    "bnbbtc@trade": (600, 600),
    "bnbbtc@aggTrade": (600, 600),
    "bnbbtc@blockTrade": (None, 60),
    "bnbbtc@kline_1m": (300, 300),
    "bnbbtc@kline_1s": (300, 60),
    "bnbbtc@kline_1d@+08:00": (300, 60),
    "bnbbtc@depth": (120, 120),
    "bnbbtc@depth@100ms": (120, 120),
    "bnbbtc@depth20@100ms": (60, 60),
    "bnbbtc@bookTicker": (120, 120),
    "bnbbtc@ticker": (60, 60),
    "bnbbtc@miniTicker": (60, 60),
    "bnbbtc@ticker_1h": (60, 60),
    "!ticker_1d@arr": (60, 60),
    "!miniTicker@arr": (60, 60),
    "bnbbtc@avgPrice": (60, 60),
    "bnbbtc@referencePrice": (60, 60),
    "!ticker@arr": (None, 60),
    "!bookTicker": (None, 60),
    "bnbbtc@trde": (60, 60),
}


@pytest.mark.parametrize("name", TIMES)
def test_each_kind_of_stream_has_a_time_that_fits_it(name):
    """What trades rarely may be quiet for long; what the venue has ended is told of in another way."""
    assert tuple(venue.silent_after_s(venue.stream(name)) for venue in (SPOT, US)) == TIMES[name]


# -- where ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [None, "MILLISECOND", "MICROSECOND"])
def test_a_url_is_the_venues_host_with_the_streams_path(unit):
    """Raw and combined streams, and the WebSocket API; the time unit is the end of each."""
    tail = "timeUnit=MICROSECOND" if unit == "MICROSECOND" else ""
    here = spot_venue(replace(BINANCE_COM, stream="ws://127.0.0.1:1", ws_api="ws://127.0.0.1:2/ws-api/v3"))
    one, other = here.streams(["BNBBTC@trade", "!miniTicker@arr"])
    assert here.raw_url(one, unit) == "ws://127.0.0.1:1/ws/bnbbtc@trade" + (tail and f"?{tail}")
    combined = "ws://127.0.0.1:1/stream?streams=bnbbtc@trade/!miniTicker@arr" + (tail and f"&{tail}")
    assert here.combined_url((one.name, other.name), unit) == (combined, 2)
    assert here.api_url(unit) == "ws://127.0.0.1:2/ws-api/v3" + (tail and f"?{tail}")


def test_binance_us_has_no_microseconds():
    """Whatever is asked for there in microseconds is refused with the venue's name; milliseconds it has."""
    stream = US.stream("bnbbtc@trade")
    for url in (
        lambda unit: US.raw_url(stream, unit),
        lambda unit: US.combined_url((stream.name,), unit)[0],
        lambda unit: US.api_url(unit),
    ):
        with pytest.raises(InvalidArgument, match=r"^binance\.us has no time_unit"):
            url("MICROSECOND")
        assert url("MILLISECOND") == url(None)
        assert "timeUnit" not in url(None)


@pytest.mark.parametrize(
    ("endpoints", "spot", "margin"),
    [
        (BINANCE_COM, "signature", "token"),
        (SPOT_TESTNET, "signature", "token"),
        (BINANCE_US, "listen_key", None),
        (replace(BINANCE_COM, user_stream="listen_key"), "listen_key", None),
    ],
)
def test_the_endpoints_say_how_accounts_are_authorised(endpoints, spot, margin):
    """With a signature, and margin by token; or by listen key, and no margin."""
    venue = spot_venue(endpoints)
    assert (venue.spot_method, venue.margin_method) == (spot, margin)


@pytest.mark.parametrize(
    ("host", "port", "known"),
    [
        ("stream.binance.com", 9443, (9443, 443)),
        ("stream.binance.com", 443, (443, 9443)),
        ("stream.binance.com", 8080, (8080,)),
        ("demo-stream.binance.com", 9443, (9443, 443)),
        ("stream.testnet.binance.vision", 443, (443, 9443)),
        ("ws-api.binance.com", 443, (443, 9443)),
        ("ws-api.testnet.binance.vision", 443, (443, 9443)),
        ("ws-api.binance.us", 443, (443, 9443)),
        ("stream.binance.us", 9443, (9443,)),
        ("127.0.0.1", 443, (443,)),
    ],
)
def test_hosts_that_are_reached_on_two_ports(host, port, known):
    """The port that is asked for is the first; another port than the two is one of somebody's own."""
    assert ports(host, port) == known


@given(st.text(), st.integers(0, 65_535))
def test_the_port_that_is_asked_for_is_always_the_first(host, port):
    """Whatever the host."""
    assert ports(host, port)[0] == port
