"""Rate limits of the sandbox, the lifetime of its connections, and the unit of its times."""

import json
import re
import resource
import selectors
import socket
import time
from itertools import pairwise
from unittest import SkipTest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor, threads
from twisted.internet.task import Clock

from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox
from binance.sandbox.exchange import Exchange
from binance.sandbox.limits import NO_LIMITS, Limits, Usage, Window, read_limits
from binance.sandbox.net.addresses import Addresses
from binance.sandbox.net.timers import Timers

from ..sandbox_case import Response, SandboxTestCase
from ..support import until


class LimitTests(SandboxTestCase):
    async def test_a_connection_has_so_many_streams(self):
        """One stream too many is refused: in a URL with 400, in a SUBSCRIBE with code 4."""
        self.exchange(rate=0, limits=Limits(streams=3))
        assert "400" in (await self.refused("/ws/a@trade/b@trade/c@trade/d@trade")).ended[2]
        client = await self.connect("/stream?streams=a@trade/b@trade/a@trade/a@trade")
        assert (await client.ask(method="SUBSCRIBE", params=["c@trade"], id=1))["result"] is None
        assert (await client.ask(method="SUBSCRIBE", params=["d@trade"], id=2))["error"]["code"] == 4
        assert len((await client.ask(method="LIST_SUBSCRIPTIONS", id=3))["result"]) == 3

    async def test_the_documented_number_of_streams_is_1024(self):
        """1,024 streams can be subscribed to on one connection, in several messages, and no more."""
        self.exchange(rate=0)
        client = await self.connect("/ws")
        names = [f"s{number}@trade" for number in range(1025)]
        for number in range(4):
            part = names[number * 256 : (number + 1) * 256]
            assert (await client.ask(method="SUBSCRIBE", params=part, id=number))["result"] is None
        assert (await client.ask(method="SUBSCRIBE", params=names[1024:], id=9))["error"]["code"] == 4

    async def test_the_sixth_message_within_a_second_is_too_many(self):
        """Five messages are answered; one more closes the connection with 1008."""
        self.exchange(rate=0)
        client = await self.connect("/ws")
        for number in range(5):
            await client.ask(method="LIST_SUBSCRIPTIONS", id=number)
        client.sendMessage(b'{"method":"LIST_SUBSCRIPTIONS","id":5}')
        await client.until(lambda: client.lost is not None)
        assert client.ended == (True, 1008, "Too many requests")
        assert len(client.payloads) == 5

    async def test_pings_and_pongs_of_the_client_count(self):
        """A client that pings, or sends pongs unasked, uses up what it may send."""
        self.exchange(rate=0)
        for send in ("sendPing", "sendPong"):
            client = await self.connect("/ws")
            await client.ask(method="LIST_SUBSCRIPTIONS", id=1)
            for _ in range(5):
                getattr(client, send)(b"x")
            await client.until(lambda c=client: c.lost is not None)
            assert client.ended == (True, 1008, "Too many requests")

    async def test_answers_to_hasty_pings_do_not_count(self):
        """Pings that come faster than the real exchange's cost their client nothing when it answers them."""
        exchange = self.exchange(rate=0, ping_interval_s=0.01)
        client = await self.connect("/ws")
        await client.until(lambda: exchange.connections[0].pinger.pongs > 20)
        for number in range(3):
            await client.ask(method="LIST_SUBSCRIPTIONS", id=number)

    async def test_what_is_sent_during_a_stall_does_not_count(self):
        """A stalled connection hears its client late and all at once, and does not hold that against it."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws")
        exchange.stall()
        for number in range(20):
            client.sendMessage(b'{"method":"LIST_SUBSCRIPTIONS","id":%d}' % number)
        other = await self.connect("/ws")
        await other.ask(method="LIST_SUBSCRIPTIONS", id=1)  # by now all of it has come
        exchange.resume()
        assert [reply["id"] for reply in await client.count(20)] == list(range(20))
        await client.ask(method="LIST_SUBSCRIPTIONS", id=99)

    async def test_limits_can_be_lifted(self):
        """Without limits a client may send, ask and dial as it likes."""
        self.exchange(rate=0, limits=NO_LIMITS)
        client = await self.connect("/ws")
        for number in range(50):
            params = [f"s{number}s{part}@trade" for part in range(500)]
            assert (await client.ask(method="SUBSCRIBE", params=params, id=number))["result"] is None

    async def test_an_address_may_dial_so_often(self):
        """One dial too many is 429 with Retry-After; refused ones count, and so does the one refused."""
        exchange = self.exchange(rate=0, limits=Limits(dials_per_5_min=3), ping_interval_s=1000)
        exchange.refuse(503, times=1)
        await self.refused("/ws")
        await self.connect("/ws")
        await self.connect("/ws")
        raw = self.send_http("GET", "/ws", ["Upgrade: websocket"])
        await raw.ended
        answer = Response(raw.data)
        assert answer.status == 429
        assert 290 <= int(answer.headers["retry-after"]) <= 300
        assert [entry["fault"] for entry in exchange.fault_log] == ["refuse", "refused", "too_many_dials"]
        assert (await self.http("GET", "/api/v3/ping")).status == 200

    async def test_an_address_has_so_much_weight(self):
        """Each answer tells the weight used; beyond the limit it is 429 with -1003 and Retry-After."""
        self.exchange(rate=0, limits=Limits(weight_per_min=30))
        for path, used in (
            ("ping", 1), ("depth?symbol=BNBBTC&limit=100", 6), ("klines?symbol=BNBBTC&interval=1m", 8),
            ("depth?symbol=BNBBTC&limit=1000", 58), ("ping", 59),
        ):  # fmt: skip
            answer = await self.http("GET", f"/api/v3/{path}")
            assert answer.headers["x-mbx-used-weight-1m"] == str(used)
            assert answer.status == (200 if used <= 30 else 429)
        assert answer.json()["code"] == -1003
        assert 0 < int(answer.headers["retry-after"]) <= 60

    async def test_each_venue_says_what_was_used_in_its_own_headers(self):
        """Spot, futures, options and portfolio margin count apart; of ``/sapi`` each path does."""
        self.exchange(rate=0)
        spots = {"x-mbx-used-weight", "x-mbx-used-weight-1m"}
        headers = {*spots, "x-sapi-used-ip-weight-1m", "x-sapi-used-uid-weight-1m"}
        for path, names, used in (
            ("/api/v3/time", spots, "1"),
            ("/fapi/v1/time", {"x-mbx-used-weight-1m"}, "1"),
            ("/dapi/v1/time", {"x-mbx-used-weight-1m"}, "2"),
            ("/eapi/v1/time", {"x-mbx-used-weight-1m"}, "1"),
            ("/papi/v1/balance", {"x-mbx-used-weight-1m"}, "20"),
            ("/sapi/v1/system/status", {"x-sapi-used-ip-weight-1m"}, "1"),
            ("/sapi/v1/asset/tradeFee", {"x-sapi-used-ip-weight-1m"}, "1"),
            ("/bapi/x", set(), None),
            ("/futures/data/x", set(), None),
        ):
            answer = await self.http("GET", path)
            told = {name: answer.headers[name] for name in headers if name in answer.headers}
            assert told == dict.fromkeys(names, used), path

    async def test_some_weights_are_an_accounts(self):
        """A withdrawal weighs 900 of its API key's 180,000, whatever other keys do from the same address."""
        exchange = self.exchange(rate=0, limits=Limits(sapi_account_weight_per_min=1800))
        path = "/sapi/v1/capital/withdraw/apply"
        exchange.rest_answer("POST", path, {"id": "1"})
        answers = [await self.http("POST", path, key) for key in ("one", "two", "one", "one")]
        told = [answer.headers["x-sapi-used-uid-weight-1m"] for answer in answers]
        assert told == ["900", "900", "1800", "2700"]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert "x-sapi-used-ip-weight-1m" not in answers[0].headers

    async def test_an_address_that_goes_on_after_429_is_banned(self):
        """So many calls are refused with 429, one more with 418 and until when; other venues answer."""
        exchange = self.exchange(rate=0, limits=Limits(weight_per_min=5, refusals_per_min=3))
        answers = [await self.http("GET", "/api/v3/ping") for _ in range(10)]
        assert [answer.status for answer in answers] == [200] * 5 + [429] * 3 + [418] * 2
        told = answers[-1]
        assert 115 <= int(told.headers["retry-after"]) <= 120
        assert told.json()["code"] == -1003
        until_ms = int(re.search("IP banned until ([0-9]+)", told.json()["msg"])[1])
        assert 100_000 < until_ms - exchange.time_ms <= 120_000
        assert (await self.http("GET", "/fapi/v1/ping")).status == 200
        assert exchange.limits()["violated"]["refusals_per_min"] == 1

    async def test_a_path_of_sapi_is_never_banned(self):
        """Beyond its weight it is 429, however often."""
        self.exchange(rate=0, limits=Limits(sapi_weight_per_min=1, refusals_per_min=1))
        answers = [(await self.http("GET", "/sapi/v1/system/status")).status for _ in range(5)]
        assert answers == [200, 429, 429, 429, 429]
        assert (await self.http("GET", "/sapi/v1/x")).status == 404

    async def test_a_ban_on_the_websocket_api(self):
        """A banned address gets 418 there, with when the ban ends."""
        self.exchange(rate=0, limits=Limits(weight_per_min=5, refusals_per_min=1, messages_per_s=None))
        client = await self.connect("/ws-api/v3")
        replies = [await client.ask(method="ping", id=number) for number in range(7)]
        assert [reply["status"] for reply in replies] == [200, 200, 200, 429, 418, 418, 418]
        data = replies[-1]["error"]["data"]
        assert 100_000 < data["retryAfter"] - data["serverTime"] <= 120_000

    async def test_a_control_message_that_is_too_large(self):
        """More than 4,096 bytes close the connection with 3001, or are ignored, as has been chosen."""
        large = b'{"method":"SUBSCRIBE","params":["%s"],"id":1}' % (b"x" * 4096)
        self.exchange(rate=0)
        client = await self.connect("/ws")
        client.sendMessage(large)
        await client.until(lambda: client.lost is not None)
        assert client.ended == (True, 3001, "illegal request")
        self.exchange(rate=0, limits=Limits(oversized="ignore"))
        client = await self.connect("/ws")
        client.sendMessage(large)
        assert (await client.ask(method="LIST_SUBSCRIPTIONS", id=2))["result"] == []
        assert len(client.payloads) == 1


class UsageTests(SandboxTestCase):
    async def test_violations_are_counted_by_limit(self):
        """Each limit that a client went beyond is counted under its name, and logged."""
        exchange = self.exchange(rate=0, limits=Limits(streams=3, dials_per_5_min=5, weight_per_min=1))
        assert not any(exchange.limits()["violated"].values())
        await self.refused("/stream?streams=a@trade/b@trade/c@trade/d@trade")
        client = await self.connect("/ws/a@trade/b@trade/c@trade")
        assert "error" in await client.ask(method="SUBSCRIBE", params=["d@trade"], id=1)
        client.sendMessage(b"x" * 4097)
        await client.until(lambda: client.lost is not None)
        hasty = await self.connect("/ws")
        for _ in range(6):
            hasty.sendMessage(b'{"method":"SUBSCRIBE","params":[],"id":1}')
        await hasty.until(lambda: hasty.lost is not None)
        endless = await self.connect("/ws")
        endless.sendMessage(b"x" * (1024 * 1024 + 1))
        await endless.until(lambda: endless.lost is not None)
        await self.refused("/ws/" + "a" * 8004)
        await self.refused("/ws/" + "a" * 100_000)
        await self.connect("/ws")
        await self.refused("/ws")
        for _ in range(2):
            await self.http("GET", "/api/v3/ping")
        assert exchange.limits()["violated"] == {
            "streams": 2, "messages_per_s": 1, "dials_per_5_min": 1, "weight_per_min": 1, "request_bytes": 2,
            "url_characters": 2, "refusals_per_min": 0, "orders_per_10_s": 0,
            "orders_per_day": 0,
        }  # fmt: skip
        assert [entry["fault"] for entry in exchange.fault_log] == [
            "too_many_streams", "too_many_streams", "oversized_request", "too_many_requests",
            "oversized_request", "url_too_long", "too_many_dials",
        ]  # fmt: skip
        assert exchange.state()["limits"] == exchange.limits()

    async def test_the_most_of_each_limit_is_known(self):
        """The largest control message, the longest URL and the like are read without a violation."""
        exchange = self.exchange(rate=0)
        path = "/stream?streams=bnbbtc@trade/ethbtc@trade"
        client = await self.connect(path)
        await client.ask(method="SUBSCRIBE", params=["ltcbtc@trade"], id=1)
        request = b'{"method":"UNSUBSCRIBE","params":["ltcbtc@trade","bnbbtc@trade"],"id":2}'
        client.sendMessage(request)
        await client.count(2)
        await self.connect("/ws")
        url = len(f"ws://127.0.0.1:{self.port}{path}")
        limits = exchange.limits()
        assert not any(limits["violated"].values())
        assert limits["control_messages"] == 2
        most = limits["most"]
        assert 1 <= most.pop("messages_per_s") <= 2
        assert most == {
            "streams": 3, "dials_per_5_min": 2, "weight_per_min": 0, "request_bytes": len(request),
            "url_characters": url, "refusals_per_min": 0, "orders_per_10_s": 0,
            "orders_per_day": 0,
        }  # fmt: skip
        first = exchange.state()["connections"][0]
        assert (first["received"], first["largest_request"], first["url_characters"]) == (
            2,
            len(request),
            url,
        )

    async def test_requests_of_the_websocket_api_count_for_none_of_it(self):
        """They have weights; their number and size are no usage of the limits of streams."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws-api/v3")
        await client.ask(method="ping", id=1)
        limits = exchange.limits()
        assert (limits["control_messages"], limits["most"]["request_bytes"]) == (0, 0)
        assert limits["most"]["weight_per_min"] > 0
        assert exchange.streams() == {}


class ViewTests(SandboxTestCase):
    async def test_the_streams_of_each_open_connection(self):
        """``streams`` names what each open connection has, as it changes, and knows no closed ones."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws/b@trade/a@trade")
        await self.connect("/stream")
        await client.ask(method="SUBSCRIBE", params=["c@trade"], id=1)
        await client.ask(method="UNSUBSCRIBE", params=["b@trade"], id=2)
        assert exchange.streams() == {1: ["a@trade", "c@trade"], 2: []}
        answer = await self.http("GET", "/sandbox/streams")
        assert answer.json() == {"1": ["a@trade", "c@trade"], "2": []}
        assert (await self.http("GET", "/sandbox/limits")).json() == exchange.limits()
        exchange.cut("#1")
        assert exchange.streams() == {2: []}
        with Sandbox(rate=0) as sandbox:
            assert sandbox.streams() == {}
            limits = sandbox.limits()
            assert limits == sandbox.state()["limits"]
            assert set(limits["violated"]) == set(Limits().numbers())
        assert "use one of state, limits, streams" in (await self.http("GET", "/sandbox/tea")).json()["error"]


class ManyTests(SandboxTestCase):
    async def test_three_thousand_streams_on_three_connections(self):
        """600 symbols of five kinds are listed, and subscribed in messages of 4,096 bytes; all are heard."""
        exchange = self.exchange(rate=0, symbols=600, limits=Limits(messages_per_s=None))
        listed = (await self.http("GET", "/api/v3/exchangeInfo")).json()["symbols"]
        kinds = ("ticker", "miniTicker", "avgPrice", "depth5", "ticker_1h")
        names = [f"{symbol['symbol'].lower()}@{kind}" for symbol in listed for kind in kinds]
        assert len(set(names)) == 3000
        parts = {number: names[(number - 1) * 1000 : number * 1000] for number in (1, 2, 3)}
        clients = [await self.connect("/stream") for _ in parts]
        for client, part in zip(clients, parts.values(), strict=True):
            for begin in range(0, 1000, 200):
                request = {"method": "SUBSCRIBE", "params": part[begin : begin + 200], "id": begin}
                client.sendMessage(json.dumps(request, separators=(",", ":")).encode())
        await until(lambda: exchange.streams() == parts)
        sent = [connection.sent for connection in exchange.connections]
        for client, part, before in zip(clients, parts.values(), sent, strict=True):
            messages = await client.count(5 + before + 1000)  # each of them comes every second
            assert {message["stream"] for message in messages if "stream" in message} == set(part)
        limits = exchange.limits()
        assert not any(limits["violated"].values())
        assert limits["control_messages"] == 15
        assert limits["most"]["streams"] == 1000
        assert 3500 < limits["most"]["request_bytes"] <= 4096


class SizeTests(SandboxTestCase):
    async def test_what_is_kept_of_calls_is_bounded(self):
        """Of many REST calls the last 10,000 are kept, without what is long in them, and all are counted."""
        exchange = self.exchange(rate=0, limits=NO_LIMITS)
        await self.http("POST", "/api/v3/userDataStream", "someone", b"a=1&b=" + b"x" * 100_000)
        (call,) = exchange.rest_calls
        assert call.params == {"a": "1", "b": "x" * 1000}
        ping = b"GET /api/v3/ping?n=%d HTTP/1.1\r\nHost: x\r\n\r\n"
        calls = [ping % number for number in range(10_004)]
        raw = self.send_http("GET", "/api/v3/time", before=b"".join(calls))
        await raw.ended
        kept = exchange.rest_calls
        assert len(kept) == 10_000
        assert [call.params.get("n") for call in kept] == [*map(str, range(5, 10_004)), None]
        await self.connect("/ws")
        counts = exchange.state()["counts"]
        assert (counts["rest_calls"], counts["dials"]) == (10_006, 1)

    async def test_a_url_has_so_many_characters(self):
        """More than 8,004 are answered with 414, by REST too and however many there are; 8,004 are served."""
        exchange = self.exchange(rate=0)
        start = f"ws://127.0.0.1:{self.port}"

        def url(length):
            path = "/stream?streams=bnbbtc@trade/"
            return path + "x" * (length - len(start) - len(path))

        client = await self.connect(url(8004))
        assert len(exchange.connections[0].streams) == 2
        await client.ask(method="LIST_SUBSCRIPTIONS", id=1)
        for length in (8005, 9000, 16_300, 16_384, 16_385, 20_000, 65_000, 66_000, 3_000_000):
            refused = await self.refused(url(length))
            assert "414" in refused.ended[2], length
            answer = await self.http("GET", "/api/v3/depth?symbol=" + "x" * length)
            assert answer.status == 414
            assert b"414" in answer.body
        assert len(exchange.dials) == 1
        assert exchange.fault_log[0]["characters"] == 8005
        assert (await self.http("GET", "/api/v3/ping")).status == 200

    async def test_a_url_may_be_longer_without_limits(self):
        """Without the limit 30,000 characters are served, and the streams in them."""
        exchange = self.exchange(rate=0, limits=NO_LIMITS)
        await self.connect("/stream?streams=" + "/".join(f"symbol{n}@trade" for n in range(2000)))
        assert len(exchange.connections[0].streams) == 2000

    async def test_headers_without_end_are_answered(self):
        """A header that is too long is 431, and the connection ends."""
        self.exchange(rate=0)
        raw = self.send_http("GET", "/api/v3/ping", ["X-Long: " + "x" * 100_000])
        await raw.ended
        assert Response(raw.data).status == 431

    async def test_many_clients_connect_at_once(self):
        """500 connections wait to be accepted while the sandbox is busy, and each is answered."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 2000:
            raise SkipTest("too few files may be open")
        if soft != resource.RLIM_INFINITY and soft < 2000:
            resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.exchange(rate=0, limits=NO_LIMITS)
        clients = [socket.socket() for _ in range(500)]
        for client in clients:
            self.addCleanup(client.close)
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
        # It runs in this very thread, so it accepts nothing meanwhile, however long this takes.
        waiting, end_s = selectors.DefaultSelector(), time.monotonic() + 20
        self.addCleanup(waiting.close)
        for client in clients:
            waiting.register(client, selectors.EVENT_WRITE)
        while waiting.get_map() and time.monotonic() < end_s:
            for ready, _ in waiting.select(0.1):
                waiting.unregister(ready.fileobj)
        assert not waiting.get_map()
        for client in clients:
            client.send(b"GET /api/v3/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = await threads.deferToThread(lambda: [self.read_all(client) for client in clients])
        assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}

    @staticmethod
    def read_all(client):
        client.settimeout(30)
        return b"".join(iter(lambda: client.recv(4096), b""))


class LifetimeTests(SandboxTestCase):
    async def test_a_connection_lives_24_hours(self):
        """After a day of the exchange's clock TCP ends without a close frame."""
        exchange = self.exchange(rate=0, speed=500_000)
        client = await self.connect("/ws")
        await client.until(lambda: client.lost is not None)
        connection = exchange.connections[0]
        assert client.ended[:2] == (False, 1006)
        assert exchange.time_ms - connection.opened_ms >= 86_400_000
        assert [(entry["fault"], entry["connections"]) for entry in exchange.fault_log] == [("lifetime", [1])]

    async def test_a_life_can_be_short_and_end_otherwise(self):
        """``lifetime_s`` and ``lifetime_end`` set when and how; each connection has its own life."""
        self.exchange(rate=0, lifetime_s=0.1, lifetime_end="close")
        client = await self.connect("/ws")
        await client.until(lambda: client.lost is not None)
        assert client.ended[:2] == (True, 1001)
        again = await self.connect("/ws")
        await again.until(lambda: again.lost is not None)

    async def test_a_life_need_not_end(self):
        """With ``lifetime_s=None`` a connection stays, however fast the clock goes."""
        exchange = self.exchange(rate=0, speed=10_000_000, lifetime_s=None, ping_interval_s=0.02)
        client = await self.connect("/ws")
        await client.until(lambda: len(client.pings) > 3)
        assert exchange.connections[0].open
        with pytest.raises(InvalidArgument, match="life"):
            Exchange(reactor, lifetime_s=0)
        with pytest.raises(InvalidArgument, match="life"):
            Exchange(reactor, lifetime_end="slowly")


class TimeUnitTests(SandboxTestCase):
    async def test_times_come_in_microseconds_to_who_asks(self):
        """``timeUnit`` in the URL holds for its connection, raw or combined; the others see milliseconds."""
        exchange = self.exchange(rate=2000, symbols=["BNBBTC"])
        plain = await self.connect("/ws/bnbbtc@trade")
        raw = await self.connect("/ws/bnbbtc@trade?timeUnit=MICROSECOND")
        combined = await self.connect("/stream?streams=bnbbtc@trade&timeUnit=microsecond")
        told = {trade["t"]: trade for trade in await plain.count(300)}
        exact = await raw.count(200)
        assert any(trade["t"] in told for trade in exact)
        for trade in exact:
            if trade["t"] in told:
                assert told[trade["t"]] == trade | {"E": trade["E"] // 1000, "T": trade["T"] // 1000}
        wrapped = await combined.count(100)
        assert {message["stream"] for message in wrapped} == {"bnbbtc@trade"}
        assert {len(str(message["data"]["T"])) for message in wrapped} == {16}
        for client in (plain, raw):
            ids = [message["t"] for message in client.messages]
            assert all(after == before + 1 for before, after in pairwise(ids))
        exchange.server_shutdown()
        await raw.until(lambda: raw.messages[-1].get("e") == "serverShutdown" or len(raw.payloads) > 10_000)
        shutdown = next(message for message in raw.messages if message["e"] == "serverShutdown")
        assert len(str(shutdown["E"])) == 16

    async def test_user_events_come_in_microseconds_too(self):
        """A listen key's events have their times in the unit of the connection."""
        exchange = self.exchange(rate=0)
        key = await self.listen_key()
        plain = await self.connect(f"/ws/{key}")
        exact = await self.connect(f"/ws/{key}?timeUnit=MICROSECOND")
        events = exchange.fill("BNBBTC", "BUY", "1")
        assert await plain.count(len(events)) == events
        for event, told in zip(events, await exact.count(len(events)), strict=True):
            times = [field for field in event if event[field] != told[field]]
            assert set(times) == ({"E", "T", "O", "W"} if event["e"] == "executionReport" else {"E", "u"})
            assert all(told[field] == event[field] * 1000 for field in times)

    async def test_an_unknown_unit_is_refused(self):
        """The handshake fails with 400, and a REST call with -1194."""
        self.exchange(rate=0)
        assert "400" in (await self.refused("/ws/bnbbtc@trade?timeUnit=HOUR")).ended[2]
        raw = self.send_http("GET", "/api/v3/time", ["X-MBX-TIME-UNIT: HOUR"])
        await raw.ended
        assert Response(raw.data).json()["code"] == -1194
        raw = self.send_http("GET", "/api/v3/time", ["X-MBX-TIME-UNIT: MICROSECOND"])
        await raw.ended
        assert len(str(Response(raw.data).json()["serverTime"])) == 16


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 3)), max_size=40), st.integers(1, 8))
def test_a_window_counts_the_last_seconds(steps, most):
    """What is within the span counts, what is older does not, and the wait is as long as it has to be."""
    window, now_s, happened = Window(most, 2.0), 0.0, []
    for step_s, amount in steps:
        now_s += step_s
        happened.append((now_s, amount))
        within = sum(amount for time_s, amount in happened if time_s > now_s - 2.0)
        assert window.count(now_s, amount) == (within <= most)
        assert window.counted(now_s) == within
        wait_s = window.wait_s(now_s)
        assert 0 <= wait_s < 2.0 + 1e-9
        moments = [(now_s + wait_s + 1e-6, True)]
        if wait_s > 1e-6:
            moments.append((now_s + wait_s - 1e-6, False))
        for later_s, is_late_enough in moments:
            within = sum(amount for time_s, amount in happened if time_s > later_s - 2.0)
            assert (within < most) == is_late_enough


def test_limits_are_read_from_text():
    """A number sets a limit, ``none`` lifts it, and what cannot be is refused."""
    read = read_limits({"streams": "7", "messages_per_s": "none", "oversized": "ignore"})
    assert read == Limits(streams=7, messages_per_s=None, oversized="ignore")
    for texts in ({"colour": "7"}, {"streams": "many"}, {"streams": "0"}, {"oversized": "shout"}):
        with pytest.raises(InvalidArgument):
            read_limits(texts)


def test_bans_grow():
    """The second ban of an address is twice as long, and each ends; the longest is of three days."""
    clock = Clock()
    limits = Limits(weight_per_min=1, refusals_per_min=1)
    addresses = Addresses(limits, Usage(limits), Timers(clock))
    waits = []
    for _ in range(13):
        while not (weighed := addresses.weigh("1.2.3.4", 1)).banned:
            pass
        waits.append(weighed.wait_s)
        clock.advance(weighed.wait_s - 1)
        assert addresses.weigh("1.2.3.4", 1).banned
        assert not addresses.weigh("1.2.3.5", 1).banned
        clock.advance(61)
    assert waits[:3] == [120, 240, 480]
    assert waits[-1] == 3 * 24 * 3600
