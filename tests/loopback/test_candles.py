"""Closed candles that fall into outages, against the sandbox: what is named is what did not come."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from twisted.internet import reactor

from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS

from ..support import ManagerCase, until

SYMBOLS = ["BNBBTC", "NEOBTC", "LTCBTC"]
MINUTE_MS = 60_000


class Outages(ManagerCase):
    """The sandbox pushes candles without trades, so all can be known; a minute of it takes 0.25 s."""

    timeout = 60

    async def test_the_candles_that_are_named_are_those_that_never_came(self):
        """Three symbols, one of them hardly traded: outages of some minutes, and planned moves between
        them. Of all candles between the first and the last that came, each came closed, or is named.
        """
        exchange = Exchange(
            reactor, seed=3, rate=50, symbols=SYMBOLS, quiet_symbols=["LTCBTC"], speed=240, limits=NO_LIMITS
        )
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        self.quick(retries_s=(0.15,) * 5)
        closed: dict[str, set[int]] = defaultdict(set)

        def callback(message: dict[str, Any]) -> None:
            if "stream" in message:  # else it is the page's error message
                candle = message["data"]["k"]
                if candle["x"]:
                    closed[message["stream"]].add(candle["t"])
                message.clear()

        bm = self.manager(max_retries=None, lifetime_s=1.0, handover_s=0.3)
        streams = [f"{symbol.lower()}@kline_1m" for symbol in SYMBOLS]
        key = str(bm.start_multiplex_socket(streams, callback))

        async def closes(count: int) -> None:
            before = {stream: len(closed[stream]) for stream in streams}
            await until(lambda: all(len(closed[stream]) >= before[stream] + count for stream in streams))

        for times in range(1, 3):
            await until(lambda times=times: len(self.events.of("rotated")) >= times)
            await closes(3)
            retries = len(self.events.of("retrying"))
            exchange.refuse(503)
            exchange.cut()
            await until(lambda retries=retries: len(self.events.of("retrying")) >= retries + 5)
            exchange.clear()
            await closes(3)
        gaps = self.events.of("gap")
        assert len(gaps) >= 2 * len(streams)
        assert {gap["cause"] for gap in gaps} == {"reconnect"}
        for stream in streams:
            came, of_one = closed[stream], [gap for gap in gaps if gap["stream"] == stream]
            named = [set(range(gap["first"], gap["last"] + 1, MINUTE_MS)) for gap in of_one]
            assert set().union(*named) == set(range(min(came), max(came), MINUTE_MS)) - came
            assert [gap["count"] for gap in of_one] == list(map(len, named))
        assert bm.stats(key)["missed"] == sum(gap["count"] for gap in gaps)
