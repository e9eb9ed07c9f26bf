"""A stream that falls silent while the others go on: its socket moves, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.order.quiet_streams import Watched
from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS
from binance.sockets.quiet import QuietWatch

from ..quiet_case import QuietCase
from ..support import ServedConnection, turns, until

ALIVE, DEAD = "bnbbtc@ticker", "neobtc@ticker"


def ticker(number: int) -> dict[str, Any]:
    return {"e": "24hrTicker", "E": number}


class SilentMoves(QuietCase):
    """Against a scripted server, whose connections send what the test says."""

    def whys(self, kind: str = "rotating") -> list[str]:
        """Why the sockets have moved so far."""
        return [info["why"] for info in self.events.of(kind)]

    async def hear(self, connection: ServedConnection, streams: Iterable[str], number: int) -> None:
        """Bring one message of each stream."""
        for stream in streams:
            await self.brings(connection, {"stream": stream, "data": ticker(number)})

    async def start(self, *streams: str, **options: Any) -> ServedConnection:
        """A multiplex socket whose streams have all been heard."""
        self.bm = self.manager(lifetime_s=None, **options)
        self.key = self.bm.start_multiplex_socket(streams, self.got)
        connection = await self.opened()
        await self.hear(connection, streams, 1)
        return connection

    async def second(self, count: int = 2) -> ServedConnection:
        """The connection that is moved to."""
        await until(lambda: len(self.server.connections) >= count)
        await turns()
        return self.server.connections[count - 1]

    async def test_it_moves_while_the_other_streams_go_on(self):
        """One event and one move for the stream that stopped; the other's messages come once, in order."""
        old = await self.start(ALIVE, DEAD)
        for number in range(2, 8):
            await self.hear(old, [ALIVE], number)
            await self.passes(12)
        assert self.silent() == [(DEAD, 60)]
        assert self.whys() == ["silent"]
        new = await self.second()
        assert not old.closed  # make before break
        for number in (8, 9):
            for connection in (old, new):
                connection.send({"stream": ALIVE, "data": ticker(number)})
            await until(lambda number=number: len(self.got) == number + 1)
        new.send({"stream": DEAD, "data": ticker(9)})
        await turns()
        assert self.got[-1]["stream"] == ALIVE  # held
        await self.passes(6)
        await until(lambda: self.whys("rotated") == ["silent"])
        await until(lambda: old.closed)
        assert [m["data"]["E"] for m in self.got if m["stream"] == ALIVE] == list(range(1, 10))
        assert [m["data"]["E"] for m in self.got if m["stream"] == DEAD] == [1, 9]
        assert self.events.kinds() == ["connecting", "connected", "silent", "rotating", "rotated"]

    async def test_the_log_tells_what_fell_silent_from_what_never_came(self):
        """A name that sent nothing may be misspelt; one that did is moved for."""
        self.bm = self.manager(lifetime_s=None)
        self.bm.start_multiplex_socket([ALIVE, "bnbbtc@tickr"], self.got)
        old = await self.opened()
        with self.assertLogs("binance.sockets", "WARNING") as logs:
            await self.hear(old, [ALIVE], 1)
            await self.passes(90)
        never, fell = logs.output
        assert "from bnbbtc@tickr (did you mean bnbbtc@ticker" in never
        assert "not a known kind of stream" in never
        assert ALIVE in fell and "moving to a new connection" in fell and "misspelt" not in fell

    async def test_a_stream_of_another_venue_is_named_as_such_again(self):
        """When it is silent the log says whose it is, as it did at the start; other names may be misspelt."""
        self.bm = self.manager(lifetime_s=None)
        self.bm.start_multiplex_socket(["btcusdt@markPrice", DEAD], self.got)
        await self.opened()
        with self.assertLogs("binance.sockets", "WARNING") as logs:
            await self.passes(65)
        others, own = logs.output
        assert "no message yet, after 60 s, from btcusdt@markPrice: a stream of USD-M futures" in others
        assert "(venue='usdm')" in others and f"from {DEAD}" not in others
        assert f"from {DEAD}: misspelt or retired?" in own

    async def test_a_stream_that_never_sent_anything_causes_no_move(self):
        """Another connection would not know the name either."""
        self.bm = self.manager(lifetime_s=None, stream_silence_s=3)
        self.bm.start_multiplex_socket([ALIVE, DEAD], self.got)
        await self.opened()
        await self.passes(200)
        assert sorted(self.silent()) == [(ALIVE, 3), (DEAD, 3)]
        assert self.whys() == []
        assert len(self.server.connections) == 1

    async def test_it_moves_once_until_the_stream_is_heard_again(self):
        """Silent on the new connection, too, it stays there; heard and silent again, it moves again."""
        await self.start(DEAD)
        await self.passes(72)
        new = await self.second()
        await self.passes(1200)
        assert self.whys("rotated") == ["silent"]
        assert len(self.server.connections) == 2
        await self.hear(new, [DEAD], 2)
        await self.passes(1200)
        assert len(self.silent()) == 2
        assert self.whys() == ["silent"]  # it was the market: the next takes twice as long
        await self.passes(1400)
        assert self.whys() == ["silent", "silent"]
        await self.second(3)

    async def test_a_raw_socket_moves_too(self):
        """One stream by itself has a shard of its own."""
        self.manager(lifetime_s=None).start_symbol_ticker_socket("BNBBTC", self.got)
        old = await self.opened()
        await self.brings(old, ticker(1))
        await self.passes(72)
        new = await self.second()
        new.send(ticker(2))
        await turns()
        await self.passes(6)
        await until(lambda: len(self.got) == 2)
        assert self.whys("rotated") == ["silent"]
        await until(lambda: old.closed)

    async def test_ids_that_the_old_connection_did_not_send_are_a_gap(self):
        """What the stream missed while it was silent is named when the new connection brings it again."""
        depth = "bnbbtc@depth"
        await self.start(ALIVE, depth)
        old = self.server.connections[0]
        await self.brings(old, {"stream": depth, "data": {"e": "depthUpdate", "U": 10, "u": 19}})
        while not self.silent():
            await self.hear(old, [ALIVE], 2)
            await self.passes(12)
        assert [stream for stream, _ in self.silent()] == [depth]
        new = await self.second()
        new.send({"stream": depth, "data": {"e": "depthUpdate", "U": 50, "u": 59}})
        await turns()
        await self.hear(old, [ALIVE], 14)
        await self.passes(12)
        await until(lambda: "rotated" in self.events.kinds())
        [gap] = self.events.of("gap")
        assert (gap["stream"], gap["first"], gap["last"], gap["cause"]) == (depth, 20, 49, "reconnect")
        assert self.got[-1]["data"]["u"] == 59

    async def test_trades_move_only_if_the_user_gives_the_seconds(self):
        """What comes as things happen may stop for a while: by the catalogue it is only reported."""
        for given, moves in ((None, []), (60, ["silent"])):
            bm = self.manager(lifetime_s=None, stream_silence_s=given)
            bm.start_trade_socket("BNBBTC", self.got)
            connection = await self.opened(2 if given else 1)
            await self.brings(connection, {"e": "trade", "t": 1})
            await self.passes(800)
            assert len([event for event in self.events if event.kind == "silent"]) == (2 if given else 1)
            assert self.whys() == moves

    async def test_the_seconds_that_are_given_are_for_every_kind(self):
        """Block trades, which by the catalogue are never silent, and a retired stream are watched."""
        names = ["bnbbtc@blockTrade", "!ticker@arr", ALIVE]
        bm = self.manager(lifetime_s=None, stream_silence_s=5)
        bm.start_multiplex_socket(names, self.got)
        await self.opened()
        await self.passes(6)
        assert sorted(self.silent()) == sorted((name, 5) for name in names)

    async def test_several_streams_that_stop_are_one_move(self):
        """Fifty fall silent together: fifty events, one move."""
        names = [f"s{number}btc@ticker" for number in range(50)]
        old = await self.start(ALIVE, *names)
        for number in range(2, 8):
            await self.hear(old, [ALIVE], number)
            await self.passes(12)
        assert {stream for stream, _ in self.silent()} == set(names)
        assert self.whys() == ["silent"]
        await self.second()
        await self.passes(600)
        assert len(self.server.connections) == 3  # for ALIVE, which has now fallen silent, too

    async def test_a_planned_move_under_way_is_enough(self):
        """The exchange announces the end of the connection, and then a stream is found silent: one move."""
        old = await self.start(DEAD, handover_s=100)
        await self.passes(58)
        old.send({"e": "serverShutdown", "E": 2})
        await self.second()
        await self.passes(60)
        assert len(self.silent()) == 1
        assert self.whys() == ["serverShutdown"]
        await self.passes(600)
        assert self.whys("rotated") == ["serverShutdown"]
        assert len(self.server.connections) == 2

    async def test_stopping_in_the_middle_of_the_move_ends_both_connections(self):
        """Also from the handler of the event; no timer is left, and no message comes."""
        stop_at = ""

        def on_event(event: Event) -> None:
            self.events(event)
            if event.kind == stop_at:
                self.bm.stop_socket(event.conn_key)

        for stop_at in ("silent", "rotating", ""):
            self.server.connections.clear()
            self.events.clear()
            await self.start(DEAD, on_event=on_event)
            await self.passes(72)
            if not stop_at:
                await self.second()
                self.bm.stop_socket(self.key)
            await until(lambda: "disconnected" in self.events.kinds())
            await until(lambda: not self.server.open_connections())
            await turns(10)
            assert self.clock.getDelayedCalls() == []
            assert "rotated" not in self.events.kinds()

    async def test_the_old_connection_goes_on_if_no_new_one_can_be_had(self):
        """The new one is cut as it opens: the streams that live lose nothing, and the attempts go on."""
        old = await self.start(ALIVE, DEAD)
        for number in range(2, 8):
            await self.hear(old, [ALIVE], number)
            await self.passes(12)
        (await self.second()).reset()
        await turns(10)
        await self.hear(old, [ALIVE], 8)
        await self.passes(2)
        await self.second(3)
        await self.hear(old, [ALIVE], 9)
        while "rotated" not in self.events.kinds():
            await self.passes(1)
        assert self.whys() == ["silent"]
        assert "disconnected" not in self.events.kinds()

    async def test_sockets_of_accounts_are_not_watched(self):
        """An account may have nothing to say for days, whatever seconds are given."""
        exchange = Exchange(reactor, api_keys={"K" * 60: "secret"}, rate=0, limits=NO_LIMITS)
        venue = Endpoints.sandbox("127.0.0.1", exchange.listen())
        self.addCleanup(exchange.close)
        client = Client("K" * 60, "secret", endpoints=venue)
        self.manager(client, endpoints=venue, stream_silence_s=3).start_user_socket(self.got)
        await until(lambda: "connected" in self.events.kinds())
        exchange.fill("BNBBTC", quantity="0.01", api_key="K" * 60)
        await until(lambda: self.got)
        await self.passes(60)
        assert self.silent() == []
        assert self.whys() == []


class Stalled(QuietCase):
    """Against the sandbox, which silences a stream of the connections that are open."""

    timeout = 60

    async def test_one_trade_stream_of_two_is_stalled(self):
        """x@trade lives, y@trade falls silent: one event for y within 4 s and none for x, one move, and every
        id of x once and in order; what y missed is one gap.
        """
        exchange = Exchange(reactor, rate=200, symbols=["BNBBTC", "NEOBTC"], record=True, limits=NO_LIMITS)
        venue = Endpoints.sandbox("127.0.0.1", exchange.listen())
        self.addCleanup(exchange.close)
        x, y = "bnbbtc@trade", "neobtc@trade"
        self.manager(endpoints=venue, stream_silence_s=3, handover_s=2).start_multiplex_socket(
            [x, y], self.got
        )

        def ids(stream: str) -> list[int]:
            return [message["data"]["t"] for message in self.got if message["stream"] == stream]

        async def second() -> None:
            before = len(ids(x))
            await until(lambda: len(ids(x)) > before + 5)
            self.clock.advance(1)
            await turns(3)

        await until(lambda: ids(x) and ids(y))
        await second()
        assert exchange.quiet("=" + y, new=False) == 1
        await turns(10)
        heard = ids(y)
        for _ in range(4):
            assert self.silent() == []
            await second()
            if self.silent():
                break
        assert [stream for stream, _ in self.silent()] == [y]
        while "rotated" not in self.events.kinds():
            await second()
        await until(lambda: len(ids(y)) > len(heard) + 20)
        for _ in range(10):
            await second()
        assert self.events.kinds() == ["connecting", "connected", "silent", "rotating", "gap", "rotated"]
        assert self.events.of("rotating")[0]["why"] == "silent"
        came = ids(x)
        assert came == list(range(came[0], came[-1] + 1))
        [gap] = self.events.of("gap")
        assert (gap["stream"], gap["first"]) == (y, heard[-1] + 1)
        assert ids(y) == [*range(heard[0], gap["first"]), *range(gap["last"] + 1, ids(y)[-1] + 1)]


class Watching(QuietCase):
    """The watch itself, whose streams come and go while it runs."""

    def watch(self, watched: dict[str, Watched]) -> QuietWatch:
        self.heard: set[str] = set()
        self.moves = 0
        self.said: list[tuple[str, float]] = []

        def heard() -> set[str]:
            heard, self.heard = self.heard, set()
            return heard

        def move() -> None:
            self.moves += 1

        class Report:
            def log(report, *arguments: Any) -> None:
                pass

            def event(report, kind: str, stream: str, seconds: float) -> None:
                self.said.append((stream, round(seconds)))

        return QuietWatch(watched, heard, move, self.clock, Report(), self.timings)  # type: ignore[arg-type]

    async def test_a_watch_that_starts_with_no_stream_takes_one_later(self):
        """No timer while there is nothing to watch; an added stream has its time from when it is added."""
        watch = self.watch({})
        watch.begin()
        assert self.clock.getDelayedCalls() == []
        self.clock.advance(1000)
        self.heard = {"a"}  # before it is added: another sending of it
        watch.add({"a": Watched(60, moves=True)})
        for second in range(1, 60):
            self.clock.advance(1)
            assert self.said == [], second
        self.clock.advance(1)
        self.clock.advance(0)
        assert self.said == [("a", 60)]
        assert self.moves == 0
        self.heard = {"a"}
        for _ in range(140):  # it took its time before, so twice as long
            self.clock.advance(1)
        assert self.moves == 1
        watch.remove(["a"])
        assert self.clock.getDelayedCalls() == []
        watch.end()

    async def test_a_stream_with_less_time_is_checked_sooner(self):
        """Added to streams that are looked at seldom, it is not found late; removed, it is forgotten."""
        watch = self.watch({"a": Watched(600)})
        watch.begin()
        watch.add({"b": Watched(10), "c": Watched(10)})
        watch.remove(["c"])
        for _ in range(12):
            self.clock.advance(1)
        assert self.said == [("b", 10)]
        watch.end()
        assert self.clock.getDelayedCalls() == []

    async def test_time_in_which_nothing_was_read_is_no_silence(self):
        """A callback blocks for 50 s of the 60: the backlog has its whole time to be read."""
        watch = self.watch({"a": Watched(60, moves=True), "b": Watched(60)})
        watch.begin()
        self.heard = {"a"}
        for _ in range(24):
            self.clock.advance(1)
        self.clock.advance(50)
        for _ in range(59):
            self.clock.advance(1)
        assert self.said == []
        for _ in range(13):
            self.clock.advance(1)
        assert self.said == [("a", 60), ("b", 60)]
        assert self.moves == 1
        watch.end()

    async def test_what_was_heard_just_before_a_connection_was_lost_counts(self):
        """The stream is known to send messages, so its silence on the next connection is a reason to move."""
        watch = self.watch({"a": Watched(60, moves=True)})
        watch.begin()
        self.clock.advance(1)
        self.heard = {"a"}
        watch.end()
        self.clock.advance(1000)  # an outage is no pause of the market
        watch.begin()
        for _ in range(60):
            self.clock.advance(1)
        assert self.said == [("a", 60)]
        assert self.moves == 1
        watch.end()

    async def test_what_is_added_before_the_connection_opens_counts_from_there(self):
        """Time without a connection is no silence."""
        watch = self.watch({})
        watch.add({"a": Watched(10)})
        self.clock.advance(100)
        assert self.clock.getDelayedCalls() == []
        watch.begin()
        for _ in range(9):
            self.clock.advance(1)
        assert self.said == []
        for _ in range(3):
            self.clock.advance(1)
        assert self.said == [("a", 10)]
        watch.end()
        self.clock.advance(1000)
        assert self.said == [("a", 10)]
