"""Candles and trades by the page, from the sandbox and from a server that refuses."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException, BinanceRequestException, RateLimited
from binance.rest.again import WAITS_S
from binance.sandbox import Sandbox
from binance.wire.timings import Timings

from ..http_server import Answer, Server, running

SYMBOL, CONTRACT = "BNBBTC", "BTCUSDT"
MINUTE_MS = 60_000


class Waits(list[float]):
    """Waits that take no time: they move the clock of their client, and do what is to happen meanwhile."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.now_s = 1_000.0
        self.meanwhile: Any = lambda: None
        self.client = Client(endpoints=endpoints)
        self.client.timings = replace(Timings(), clock=SimpleNamespace(seconds=lambda: self.now_s))
        self.client._sleep = self

    def __call__(self, pause_s: float) -> None:
        self.append(pause_s)
        self.now_s += pause_s
        self.meanwhile()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """An exchange on which 33 minutes pass in a second."""
    with Sandbox(rate=20, speed=2_000, symbols=[SYMBOL], usdm_symbols=[CONTRACT]) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    yield Client(endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
    sandbox.rest()


def market_ms(client: Client, venue: str = "") -> int:
    """The market's present."""
    return int(getattr(client, f"{venue}time" if venue else "get_server_time")()["serverTime"])


@pytest.fixture
def span(client: Client) -> tuple[int, int]:
    """The first and the last of 40 minutes that are over, on spot and on USD-M."""
    # the contracts begin with their first use
    first_ms = int(client.futures_klines(symbol=CONTRACT, interval="1m", startTime=0, limit=1)[0][0])
    first_ms = max(first_ms, int(client.get_klines(symbol=SYMBOL, interval="1m", startTime=0, limit=1)[0][0]))
    last_ms = first_ms + 39 * MINUTE_MS
    while (
        market_ms(client) < last_ms + 2 * MINUTE_MS or market_ms(client, "futures_") < last_ms + 2 * MINUTE_MS
    ):
        time.sleep(0.01)
    return first_ms, last_ms


@pytest.mark.parametrize("limit", [1_000, 40, 39, 13])
@pytest.mark.parametrize(
    ("pages", "page", "symbol"),
    [
        ("get_historical_klines", "get_klines", SYMBOL),
        ("futures_historical_klines", "futures_klines", CONTRACT),
    ],
)
def test_candles_by_the_page_are_those_of_one_big_page(client, span, pages, page, symbol, limit):
    """Whatever the size of a page; a generator has the same."""
    first_ms, last_ms = span
    whole = getattr(client, page)(
        symbol=symbol, interval="1m", startTime=first_ms, endTime=last_ms, limit=1_000
    )
    assert [candle[0] for candle in whole] == list(range(first_ms, last_ms + 1, MINUTE_MS))
    assert getattr(client, pages)(symbol, "1m", first_ms, last_ms, limit=limit) == whole
    assert list(getattr(client, f"{pages}_generator")(symbol, "1m", first_ms, last_ms)) == whole


def test_without_an_end_candles_go_on_to_the_present(client, span):
    """From the first one there is, also if the start is before it, to the one that runs."""
    before_ms = market_ms(client)
    found = client.get_historical_klines(SYMBOL, "1m", "1 Jan, 2017", limit=20)
    after_ms = market_ms(client)
    opens = [candle[0] for candle in found]
    assert opens == list(range(opens[0], opens[-1] + 1, MINUTE_MS))
    assert opens[0] <= span[0]
    assert before_ms - MINUTE_MS < opens[-1] <= after_ms


def test_trades_from_a_moment_on_are_all_there_are_until_the_present(client, span):
    """Without holes, from the first trade of that moment, and with those that came before the call."""
    client._clock = lambda: market_ms(client) / 1000  # the market is ahead of this machine
    newest = client.get_aggregate_trades(symbol=SYMBOL, limit=1)[0]["a"]
    first = client.get_aggregate_trades(symbol=SYMBOL, startTime=span[0], limit=1)[0]
    found = list(client.aggregate_trade_iter(SYMBOL, span[0]))
    assert found[0] == first
    assert [trade["a"] for trade in found] == list(range(first["a"], found[-1]["a"] + 1))
    assert found[-1]["a"] >= newest
    after = client.aggregate_trade_iter(SYMBOL, last_id=first["a"])
    assert list(islice(after, len(found) - 1)) == found[1:]


def test_a_ban_in_the_middle_is_waited_for(client, span, sandbox, caplog):
    """A ban that names no time is two minutes; then the page is asked for again, and nothing is missing."""
    caplog.set_level(logging.INFO, "binance")
    waits = Waits(client.endpoints)
    whole = client.get_historical_klines(SYMBOL, "1m", *span)
    waits.meanwhile = lambda: sandbox.rest() if len(waits) == 2 else None

    def klines(**params: Any) -> Any:
        if params["startTime"] == span[0] + 10 * MINUTE_MS and not waits:
            sandbox.rest(down=418, match="klines")
        return Client.get_klines(waits.client, **params)

    waits.client.get_klines = klines
    assert waits.client.get_historical_klines(SYMBOL, "1m", *span, limit=10) == whole
    assert waits == [WAITS_S[0], pytest.approx(120 - WAITS_S[0])]
    lines = [record.getMessage() for record in caplog.records if "failed, retry in" in record.getMessage()]
    assert [line.partition(" of ")[2][:6] for line in lines] == [SYMBOL] * 2
    assert "in 119.0 s" in lines[1]


@pytest.mark.parametrize("fault", [{"down": 503}, {"how": "reset"}])
def test_an_exchange_that_is_down_for_a_moment_is_asked_again(client, span, sandbox, fault):
    """After a 5xx, and after no answer at all."""
    waits = Waits(client.endpoints)
    whole = client.get_historical_klines(SYMBOL, "1m", *span)
    sandbox.rest(**fault)
    waits.meanwhile = lambda: sandbox.rest() if len(waits) == 3 else None
    assert waits.client.get_historical_klines(SYMBOL, "1m", *span) == whole
    assert waits == list(WAITS_S)


@pytest.mark.parametrize("fault", [{"down": 503}, {"how": "reset"}])
def test_an_exchange_that_stays_down_is_an_error(client, span, sandbox, fault):
    """After three more attempts."""
    waits = Waits(client.endpoints)
    sandbox.rest(**fault)
    with pytest.raises(BinanceRequestException):
        waits.client.get_historical_klines(SYMBOL, "1m", *span)
    assert waits == list(WAITS_S)


def test_a_symbol_that_is_not_listed_is_an_error_at_once(client):
    """What the exchange refuses is asked once."""
    waits = Waits(client.endpoints)
    with pytest.raises(BinanceAPIException) as raised:
        waits.client.get_historical_klines("NOSUCH", "1m", 0)
    assert (raised.value.code, waits) == (-1121, [])


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def test_a_limit_is_waited_for_as_long_as_it_says(server):
    """As often as the exchange asks for it, and nothing is sent meanwhile."""
    refusals = [Answer({"code": -1003, "msg": "slow down"}, 429, {"Retry-After": str(s)}) for s in (7, 30)]
    candle = [0, *"12345", 10**14]  # it still runs
    server.answer = lambda seen: refusals.pop(0) if refusals else Answer([candle])
    waits = Waits(server.endpoints)
    client = waits.client
    assert client.get_historical_klines(SYMBOL, "1m", 0) == [candle]
    assert waits == [7.0, 30.0]
    assert [seen.query["startTime"] for seen in server.seen] == [["0"]] * 3


def test_what_is_left_of_a_wait_is_waited_for(server):
    """Also if it was another call, or another client, that was refused."""
    refused = Answer({"code": -1003, "msg": "banned"}, 418, {"Retry-After": "60"})
    server.answer = lambda seen: refused if seen.path == "/api/v3/ping" else Answer([])
    waits = Waits(server.endpoints)
    client = waits.client
    with pytest.raises(BinanceAPIException):
        client.ping()
    waits.now_s += 20
    with pytest.raises(RateLimited):
        client.get_klines(symbol=SYMBOL, interval="1m")
    assert client.get_historical_klines(SYMBOL, "1m", 0) == []
    assert waits == [40.0]
