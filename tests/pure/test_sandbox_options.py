"""The market of options of the sandbox: every stream, its fields and ids, and what its prices follow."""

import itertools

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.options.contracts import default_symbols, option, priced
from binance.sandbox.market.options.payloads import depth_snapshot

from ..futures_fields import CALL, OPTIONS, OPTIONS_LISTS, check

START_MS = 1_795_662_000_000  # 26 November 2026, 03:00


def made(names, seconds=130, rate=200.0):
    """Run a market for some seconds, and return its feed and what each stream said."""
    feed = Derivatives(1, rate, lambda: START_MS).options
    said = {name: [] for name in names}
    for name in names:
        feed.want(f"options:{name}")
    for stream, payload in feed.advance(START_MS + seconds * 1000):
        said[stream.removeprefix("options:")].append(payload)
    return feed, said


def test_every_stream_has_its_documented_fields_and_speed():
    """Each documented stream of options sends its event with its fields and types, at its speed."""
    _, said = made([*OPTIONS, *OPTIONS_LISTS])
    items = {name: said[name] for name in OPTIONS}
    items |= {name: [item for message in said[name] for item in message] for name in OPTIONS_LISTS}
    for name, (event, expected, speed_ms) in (OPTIONS | OPTIONS_LISTS).items():
        assert len(items[name]) >= 2, name
        for item in items[name]:
            check(item, expected)
            assert item["e"] == event
            assert speed_ms is None or item["E"] % speed_ms == 0, name
    candle = "t:i T:i i:s f:i L:i o:D c:D h:D l:D v:D n:i x:b q:D V:D Q:D s:s"
    check(said[f"{CALL}@kline_1m"][0]["k"], candle)


def test_what_is_not_documented_is_silent():
    """Depth without a speed, intervals that options have not, and unknown symbols have no messages."""
    names = [f"{CALL}@{kind}" for kind in ("depth", "kline_1s", "kline_8h", "aggTrade")]
    names.append("btc-261225-1-c@bookTicker")
    _, said = made(names, seconds=5)
    assert not any(said.values())


def test_trades_of_an_underlying_are_those_of_its_symbols():
    """One stream has the trades of all symbols of BTC, ids growing for each; block trades are among them."""
    feed, said = made(["btcusdt@optionTrade", f"{CALL}@optionTrade"], seconds=30)
    everything = said["btcusdt@optionTrade"]
    assert [trade for trade in everything if trade["s"] == CALL.upper()] == said[f"{CALL}@optionTrade"]
    assert {trade["s"] for trade in everything} == {name for name in feed.books if name.startswith("BTC")}
    assert {trade["X"] for trade in everything} == {"MARKET", "BLOCK"}
    for symbol in feed.books:
        ids = [trade["t"] for trade in everything if trade["s"] == symbol]
        assert ids == sorted(set(ids))


def test_the_book_of_snapshot_and_changes_is_the_book():
    """By the exchange's procedure a snapshot and the events make the book, chained by pu."""
    feed = Derivatives(3, 400, lambda: START_MS).options
    book = feed.books[CALL.upper()]
    feed.want(f"options:{CALL}@depth@100ms")
    events = [payload for _, payload in feed.advance(START_MS + 3_070)]
    snapshot = depth_snapshot(book, 1000, START_MS + 3_070)
    assert snapshot.keys() == {"lastUpdateId", "T", "bids", "asks"}
    events += [payload for _, payload in feed.advance(START_MS + 20_000)]
    assert all(later["pu"] == earlier["u"] for earlier, later in itertools.pairwise(events))
    kept = [event for event in events if event["u"] >= snapshot["lastUpdateId"]]
    assert kept[0]["U"] <= snapshot["lastUpdateId"] <= kept[0]["u"]
    mine = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}
    for event in kept:
        for side in "ba":
            mine[side] |= dict(event[side])
    end = depth_snapshot(book, 1000, 0)
    assert {price: amount for price, amount in mine["b"].items() if float(amount)} == dict(end["bids"])
    assert {price: amount for price, amount in mine["a"].items() if float(amount)} == dict(end["asks"])


def test_mark_prices_follow_the_index_of_the_underlying():
    """A call and a put of one strike differ by the forward; deltas lie between 0 and 1, and -1 and 0."""
    derivatives = Derivatives(1, 50, lambda: START_MS)
    index = derivatives.options.index("BTCUSDT")
    assert index == derivatives.futures.prices.index("BTCUSDT")
    symbols = default_symbols(START_MS)
    for call, put in zip(symbols[::2], symbols[1::2], strict=True):
        price = 67_000.0 if call.startswith("BTC") else 2_600.0
        bought, sold = (priced(option(symbol, START_MS), price, START_MS) for symbol in (call, put))
        assert 0 < bought.delta < 1 and -1 < sold.delta < 0
        assert bought.delta - sold.delta == pytest.approx(1)
        worth = price - float(option(call, START_MS).strike)
        assert bought.price - sold.price == pytest.approx(worth, abs=price * 0.03)
        assert bought.gamma == pytest.approx(sold.gamma) and bought.vega == pytest.approx(sold.vega)


@pytest.mark.parametrize(
    "symbol",
    ["", "BTCUSDT", "BTC-261225-100000", "BTC-269999-1-C", "BTC-261225-0-C", "BTC-261225-1.1.1-C"],
)
def test_wrong_options_are_refused(symbol):
    """A symbol that cannot be an option's is refused by name."""
    with pytest.raises(InvalidArgument, match="use one like BTC-261225-100000-C"):
        option(symbol, START_MS)


@pytest.mark.parametrize("symbol", ["BTC-261225-1000000-C", "XYZ-261225-5-P", "SOL-270326-150-C"])
def test_a_book_of_any_option_has_prices_above_zero(symbol):
    """Options that are worth next to nothing have a book, too, and it goes on trading."""
    derivatives = Derivatives(1, 2000, lambda: START_MS, options=[symbol])
    feed = derivatives.options
    assert feed.market.books[symbol].bid.levels(1000)[-1][0] > 0
    feed.market.advance(START_MS + 5_000)
    top = feed.market.books[symbol].top()
    assert 0 < top.bid < top.ask
