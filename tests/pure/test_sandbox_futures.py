"""The futures markets of the sandbox: every stream, its fields and ids, and what agrees with what."""

import itertools

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.futures.contracts import contract, contracts, default_symbols, quarter_ends
from binance.sandbox.market.futures.payloads import depth_snapshot

from ..futures_fields import CANDLE, COINM, CONTRACT, FUTURES_LISTS, INSIDE, ORDER, USDM, check

START_MS = 1_795_662_000_000  # 26 November 2026, 03:00


def made(streams, seconds=30, seed=1, rate=200.0):
    """Run a market for some seconds, and return the feed and what each stream said."""
    feed = Derivatives(seed, rate, lambda: START_MS).futures
    said = {stream: [] for stream in streams}
    for stream in streams:
        feed.want(stream)
    for stream, payload in feed.advance(START_MS + seconds * 1000):
        said[stream].append(payload)
    return feed, said


@pytest.mark.parametrize(("venue", "table"), [("usdm", USDM), ("coinm", COINM)])
def test_every_stream_has_its_documented_fields_and_speed(venue, table):
    """Each documented stream sends its event with its fields and types, at its speed."""
    _, said = made([f"{venue}:{name}" for name in table])
    for name, (event, expected, speed_ms) in table.items():
        messages = said[f"{venue}:{name}"]
        assert len(messages) >= 3, name
        for message in messages:
            check(message, expected)
            assert event in (None, message["e"]), name
            if speed_ms is not None:
                assert message["E"] % speed_ms == 0, name


def test_what_messages_hold_inside_has_its_documented_fields_too():
    """Candles, liquidations, components of an index and brackets of leverage have their fields."""
    names = ["btcusdt@kline_1m", "btcusdt@forceOrder", "defiusdt@compositeIndex", "!contractInfo"]
    names += ["btcusdt_perpetual@continuousKline_1m"]
    _, said = made([f"usdm:{name}" for name in names] + ["coinm:btcusd_perp@forceOrder"], seconds=200)
    check(said["usdm:btcusdt@kline_1m"][0]["k"], CANDLE + " s:s")
    check(said["usdm:btcusdt_perpetual@continuousKline_1m"][0]["k"], CANDLE)
    check(said["usdm:btcusdt@forceOrder"][0]["o"], ORDER)
    check(said["coinm:btcusd_perp@forceOrder"][0]["o"], ORDER + " ps:s")
    for part in said["usdm:defiusdt@compositeIndex"][0]["c"]:
        check(part, INSIDE["c"][0])
    plain, changed = sorted(said["usdm:!contractInfo"], key=lambda message: "bks" in message)[::2]
    check(plain, CONTRACT)
    check(changed, CONTRACT + " bks:o")
    for bracket in changed["bks"]:
        check(bracket, INSIDE["bks"][0])


@pytest.mark.parametrize("venue", ["usdm", "coinm"])
def test_all_market_streams_carry_both_markets(venue):
    """On either venue a list has the contracts of both, told apart by st; liquidations come one by one."""
    streams = [f"{venue}:{name}" for name in (*FUTURES_LISTS, "!forceOrder@arr", "!bookTicker")]
    feed, said = made(streams)
    for name, (event, of_usdm, of_coinm, speed_ms) in FUTURES_LISTS.items():
        items = [item for message in said[f"{venue}:{name}"] for item in message]
        assert {item["s"] for item in items} == set(feed.books)
        for item in items:
            spec = feed.books[item["s"]].spec
            assert (item["e"], item["st"]) == (event, 1 if spec.venue == "usdm" else 2)
            assert item["E"] % speed_ms == 0
            if item.get("r") != "":
                check(item, of_usdm if item["st"] == 1 else of_coinm)
    orders = said[f"{venue}:!forceOrder@arr"]
    assert {order["st"] for order in orders} == {1, 2}
    assert all("ps" in (order if order["st"] == 1 else order["o"]) for order in orders)
    tops = said[f"{venue}:!bookTicker"]
    assert {top["st"] for top in tops} == {1, 2}


def test_delivery_contracts_have_no_funding():
    """A COIN-M contract that is delivered has an empty rate and no time of funding; a perpetual has both."""
    _, said = made(["coinm:btcusd@markPrice@1s"], seconds=2)
    by_symbol = {item["s"]: item for item in said["coinm:btcusd@markPrice@1s"][0]}
    perpetual = by_symbol.pop("BTCUSD_PERP")
    assert perpetual["T"] > START_MS and perpetual["r"]
    assert len(by_symbol) == 2
    assert all((item["r"], item["T"]) == ("", 0) for item in by_symbol.values())


def applied(book, event):
    for side in "ba":
        for price, quantity in event[side]:
            book[side].pop(price, None)
            if float(quantity):
                book[side][price] = quantity


@pytest.mark.parametrize(
    "stream", ["usdm:ethusdt@depth@100ms", "usdm:ethusdt@rpiDepth@500ms", "coinm:btcusd_perp@depth"]
)
def test_a_book_of_snapshot_and_changes_is_the_book(stream):
    """By the exchange's procedure a snapshot and the events make the book, chained by pu while U jumps."""
    feed = Derivatives(3, 300, lambda: START_MS).futures
    rpi = "rpi" in stream
    book = feed.books["ETHUSDT" if "usdm" in stream else "BTCUSD_PERP"]
    feed.want(stream)
    early = [payload for _, payload in feed.advance(START_MS + 3_170)]
    snapshot = depth_snapshot(book, 1000, START_MS + 3_170, rpi)
    late = [payload for _, payload in feed.advance(START_MS + 20_000)]
    events = [event for event in early + late if event["u"] >= snapshot["lastUpdateId"]]
    assert events[0]["U"] <= snapshot["lastUpdateId"] <= events[0]["u"]
    mine = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}
    for event in events:
        applied(mine, event)
    assert len(events) > 30
    assert all(later["pu"] == earlier["u"] for earlier, later in itertools.pairwise(early + late))
    assert all(event["pu"] < event["U"] <= event["u"] for event in events)
    assert any(later["U"] > earlier["u"] + 1 for earlier, later in itertools.pairwise(events))
    end = depth_snapshot(book, 1000, 0, rpi)
    assert mine["b"] == dict(end["bids"]) and mine["a"] == dict(end["asks"])


def test_partial_depth_is_the_top_of_the_book_in_the_form_of_a_change():
    """A message of depth5 is a depthUpdate whose five levels of each side are the book's own."""
    _, said = made(["usdm:btcusdt@depth5@100ms", "usdm:btcusdt@depth@100ms"], seconds=10)
    partial = said["usdm:btcusdt@depth5@100ms"]
    assert [event["u"] for event in partial] == [event["u"] for event in said["usdm:btcusdt@depth@100ms"]]
    assert all(len(event["b"]) == len(event["a"]) == 5 for event in partial)
    assert all(later["pu"] == earlier["u"] for earlier, later in itertools.pairwise(partial))


def test_ids_of_aggregate_trades_have_no_holes_while_those_of_trades_have():
    """Ids a follow each other; between l and the next f an id is missing now and then; nq leaves RPI out."""
    _, said = made(["usdm:btcusdt@aggTrade", "usdm:btcusdt@trade"], seconds=60)
    trades = said["usdm:btcusdt@aggTrade"]
    assert all(later["a"] == earlier["a"] + 1 for earlier, later in itertools.pairwise(trades))
    jumps = {later["f"] - earlier["l"] for earlier, later in itertools.pairwise(trades)}
    assert jumps == {1, 2, 3}
    ids = [trade["t"] for trade in said["usdm:btcusdt@trade"]]
    assert len(ids) == sum(trade["l"] - trade["f"] + 1 for trade in trades)
    assert ids == sorted(set(ids)) and ids[-1] - ids[0] >= len(ids)
    parts = [(float(trade["nq"]), float(trade["q"])) for trade in trades]
    assert all(part <= whole for part, whole in parts) and any(part < whole for part, whole in parts)


def test_candles_and_tickers_add_up_to_the_trades():
    """The volume of a contract's candles and tickers is that of its trades, in contracts and in BTC."""
    streams = ["coinm:btcusd_perp@aggTrade", "coinm:btcusd_perp@ticker", "coinm:btcusd_perp@kline_1m"]
    _, said = made(streams, seconds=120)
    trades, tickers, candles = (said[stream] for stream in streams)
    closed = [message["k"] for message in candles if message["k"]["x"]]
    assert len(closed) == 2
    contracts_traded = sum(int(trade["q"]) for trade in trades)
    assert sum(int(candle["v"]) for candle in closed) == contracts_traded == int(tickers[-1]["v"])
    coins = sum(int(trade["q"]) * 100 / float(trade["p"]) for trade in trades)
    assert float(tickers[-1]["q"]) == pytest.approx(coins, abs=1e-7)
    assert float(tickers[-1]["w"]) == pytest.approx(contracts_traded * 100 / coins, abs=0.1)


def test_funding_follows_the_premium_by_the_formula_of_the_exchange():
    """The rate is the premium of mark over index, moved towards the interest by 0.05 % at the most."""
    _, said = made(["usdm:!markPrice@arr@1s"], seconds=2)
    for item in said["usdm:!markPrice@arr@1s"][0]:
        if item["T"]:
            premium = float(item["p"]) / float(item["i"]) - 1
            expected = premium + max(-0.0005, min(0.0005, 0.0001 - premium))
            assert float(item["r"]) == pytest.approx(expected, abs=2e-8)
            assert item["T"] % (8 * 3_600_000) == 0 and 0 < item["T"] - START_MS <= 8 * 3_600_000


def test_the_composite_index_is_the_sum_of_its_parts():
    """Quantities times index prices make the index, and their weights make one."""
    _, said = made(["usdm:defiusdt@compositeIndex"], seconds=2)
    message = said["usdm:defiusdt@compositeIndex"][-1]
    parts = message["c"]
    assert float(message["p"]) == pytest.approx(sum(float(p["w"]) * float(p["i"]) for p in parts))
    assert sum(float(part["W"]) for part in parts) == pytest.approx(1)


def test_no_more_than_one_liquidation_a_second_and_symbol():
    """Of the liquidations of a second a contract's stream has the last one alone."""
    _, said = made(["usdm:btcusdt@forceOrder"], seconds=60, rate=3000)
    times = [message["E"] for message in said["usdm:btcusdt@forceOrder"]]
    assert len(times) > 20
    assert all(later - earlier >= 1000 for earlier, later in itertools.pairwise(times))


def test_both_hosts_accept_mark_prices_and_candles_of_either_market():
    """btcusd_perp@markPrice has messages on USD-M, btcusdt@kline_1m on COIN-M; other streams have none."""
    alive = ["usdm:btcusd_perp@markPrice@1s", "usdm:btcusd_perp@kline_1m", "coinm:btcusdt@kline_1m"]
    silent = ["usdm:btcusd_perp@aggTrade", "coinm:btcusdt@bookTicker", "usdm:btcusd@indexPrice"]
    silent += ["coinm:btcusd_perp@rpiDepth@500ms", "usdm:btcusdt@depth@1000ms", "usdm:nosuch@aggTrade"]
    _, said = made(alive + silent, seconds=5)
    assert all(said[stream] for stream in alive)
    assert not any(said[stream] for stream in silent)


def test_nothing_is_left_of_streams_that_nobody_wants():
    """Unwanted streams send nothing more, and leave no window behind in a book."""
    streams = [f"usdm:{name}" for name in USDM] + [f"coinm:{name}" for name in COINM]
    feed, _ = made(streams, seconds=2)
    for stream in streams:
        feed.unwant(stream)
    assert not any(book.windows for book in feed.books.values())
    assert list(feed.advance(START_MS + 10_000)) == []


def test_the_same_seed_makes_the_same_market():
    """Two markets of one seed say the same, those of two seeds do not."""
    streams = ["usdm:!ticker@arr", "usdm:btcusdt@depth", "coinm:btcusd_perp@aggTrade"]
    first, again, other = (made(streams, seconds=5, seed=seed)[1] for seed in (5, 5, 6))
    assert first == again != other


def test_there_is_no_market_before_somebody_asks():
    """Until a stream or a call needs it nothing is made and nothing moves."""
    derivatives = Derivatives(1, 50, lambda: START_MS)
    assert derivatives.begun == []
    assert derivatives.futures.market.now_ms == START_MS
    assert derivatives.begun == [derivatives.futures]


def test_default_contracts_are_perpetuals_and_quarters():
    """Quarters end on the last Friday of their last month, at 08:00 UTC; symbols name these days."""
    ends = quarter_ends(START_MS)
    assert (next(ends), next(ends)) == (1_798_185_600_000, 1_806_048_000_000)
    assert default_symbols("usdm", START_MS)[-1] == "BTCUSDT_261225"
    assert default_symbols("coinm", START_MS)[-2:] == ["BTCUSD_261225", "BTCUSD_270326"]
    known = contracts(None, None, START_MS)
    kinds = {symbol: spec.kind for symbol, spec in known.items() if spec.base == "BTC"}
    assert kinds == {
        "BTCUSDT": "PERPETUAL", "BTCUSDT_261225": "CURRENT_QUARTER", "BTCUSD_PERP": "PERPETUAL",
        "BTCUSD_261225": "CURRENT_QUARTER", "BTCUSD_270326": "NEXT_QUARTER",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("venue", "symbol"),
    [
        ("usdm", "BTCUSD_PERP"), ("usdm", "BTCUSDT_PERP"), ("usdm", ""), ("usdm", "BTCUSDT_269999"),
        ("coinm", "BTCUSDT"), ("coinm", "BTCUSD"), ("coinm", "BTC/USD_PERP"),
    ],
)  # fmt: skip
def test_wrong_contracts_are_refused(venue, symbol):
    """A symbol that the venue cannot have is refused by name."""
    with pytest.raises(InvalidArgument, match="use one like"):
        contract(venue, symbol, START_MS)
