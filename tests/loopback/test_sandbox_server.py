"""The sandbox over real sockets, seen by a plain Autobahn client and a plain HTTP client."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.ssl import optionsForClientTLS
from twisted.internet.task import deferLater

from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox
from binance.sandbox.answers.routes import parse_socket_path
from binance.sandbox.exchange import Exchange
from binance.sandbox.handle import SandboxError
from binance.sandbox.limits import Limits
from binance.sandbox.net import connection as server
from binance.sandbox.net.pages import is_here
from binance.sandbox.options import parser

from ..sandbox_case import Response, SandboxTestCase, TrustFile


class StreamTests(SandboxTestCase):
    async def test_a_raw_stream_delivers_bare_payloads(self):
        """``/ws/<stream>`` brings payloads without a wrapper, ids without a hole."""
        self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        messages = await client.count(100)
        ids = [message["t"] for message in messages]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        assert {message["e"] for message in messages} == {"trade"}

    async def test_a_raw_path_may_name_several_streams(self):
        """``/ws/<a>/<b>`` brings both, bare."""
        self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade/btcusdt%40aggTrade")
        await client.until(lambda: {m["e"] for m in client.messages} == {"trade", "aggTrade"})

    async def test_combined_streams_are_wrapped(self):
        """``/stream?streams=`` names the stream of each payload; percent-encoding is read."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/stream?streams=bnbbtc%40trade/btcusdt@trade%2Fethbtc@bookTicker&x=1")
        wanted = {"bnbbtc@trade", "btcusdt@trade", "ethbtc@bookTicker"}
        await client.until(lambda: {m["stream"] for m in client.messages} == wanted)
        assert all(set(message) == {"stream", "data"} for message in client.messages)
        assert list(exchange.connections[0].streams) == [
            "bnbbtc@trade", "btcusdt@trade", "ethbtc@bookTicker"
        ]  # fmt: skip

    async def test_two_clients_are_sent_the_same(self):
        """Everybody who listens to a stream gets the same messages, whatever the form."""
        exchange = self.exchange(rate=6000, record=True)
        one = await self.connect("/ws/bnbbtc@trade")
        two = await self.connect("/stream?streams=bnbbtc@trade")
        first = (await two.count(50))[0]["data"]
        await one.until(lambda: first in one.messages and len(one.messages) > 100)
        await two.count(100)
        later = one.messages[one.messages.index(first) :]
        both = min(len(later), len(two.messages))
        assert later[:both] == [message["data"] for message in two.messages][:both]
        ids = exchange.sent["bnbbtc@trade"]
        assert ids[: len(one.messages)] == [message["t"] for message in one.messages]

    async def test_speed_scales_the_pushes(self):
        """At ``speed=50`` pushes that come every second come fifty times as often, stamped a second apart."""
        self.exchange(rate=4000, speed=50, symbols=["BNBBTC"])
        client = await self.connect("/ws/bnbbtc@kline_1s/bnbbtc@miniTicker")
        messages = await client.count(40)
        for event in ("kline", "24hrMiniTicker"):
            times = [message["E"] for message in messages if message["e"] == event]
            assert {after - before for before, after in pairwise(times)} == {1000}

    async def test_the_depth_snapshot_fits_the_stream(self):
        """A book begun from REST and kept with the stream never crosses, and equals a later snapshot."""
        self.exchange(rate=500, speed=20)
        client = await self.connect("/ws/bnbbtc@depth@100ms")
        await client.count(1)
        snapshot = (await self.http("GET", "/api/v3/depth?symbol=BNBBTC&limit=5000")).json()
        book = {side: dict(snapshot[side]) for side in ("bids", "asks")}
        last = snapshot["lastUpdateId"]

        def keep(book, last, update):
            if update["u"] <= last:
                return last
            assert update["U"] <= last + 1
            for side, levels in (("bids", update["b"]), ("asks", update["a"])):
                for price, quantity in levels:
                    book[side].pop(price, None)
                    if float(quantity):
                        book[side][price] = quantity
            return update["u"]

        await client.count(30)
        later = (await self.http("GET", "/api/v3/depth?symbol=BNBBTC&limit=5000")).json()
        await client.until(lambda: client.messages[-1]["u"] >= later["lastUpdateId"])
        for update in client.messages:
            if update["u"] <= later["lastUpdateId"]:
                last = keep(book, last, update)
        rest = next(update for update in client.messages if update["u"] >= later["lastUpdateId"])
        assert rest["U"] <= later["lastUpdateId"] + 1
        kept, fresh = (dict(book), last), ({side: dict(later[side]) for side in ("bids", "asks")}, 0)
        keep(kept[0], kept[1], rest)
        keep(fresh[0], later["lastUpdateId"], rest)
        assert kept[0] == fresh[0]
        assert max(map(float, kept[0]["bids"])) < min(map(float, kept[0]["asks"]))

    async def test_unknown_names_and_keys_are_accepted_and_silent(self):
        """The handshake succeeds and SUBSCRIBE is acknowledged, whatever the name; nothing comes."""
        self.exchange(rate=5000)
        key = "x" * 64
        client = await self.connect(f"/stream?streams=!ticker@arr/{key}/bnbbtc@nothing")
        reply = await client.ask(method="SUBSCRIBE", params=["!bookTicker", "BNBBTC@trade"], id=1)
        assert reply == {"result": None, "id": 1}
        await client.ask(method="SUBSCRIBE", params=["bnbbtc@trade"], id=2)
        await client.count(50)
        assert {message.get("stream") for message in client.messages} == {None, "bnbbtc@trade"}

    async def test_deflate_is_not_negotiated(self):
        """A client that offers permessage-deflate is answered without it."""
        self.exchange(rate=500)
        client = await self.connect("/ws/bnbbtc@trade", compress=True)
        await client.count(3)
        assert client.websocket_extensions_in_use == []

    async def test_a_wrong_path_is_not_found(self):
        """An upgrade elsewhere is 404, with a ``+`` that is not percent-encoded 400, and both are dials."""
        exchange = self.exchange()
        assert "404" in (await self.refused("/wss/bnbbtc@trade")).ended[2]
        assert "400" in (await self.refused("/ws/bnbbtc@kline_1d@+08:00")).ended[2]
        await self.connect("/ws/bnbbtc@kline_1d@%2B08:00")
        assert [path for _, path in exchange.dials] == [
            "/wss/bnbbtc@trade", "/ws/bnbbtc@kline_1d@+08:00", "/ws/bnbbtc@kline_1d@+08:00"
        ]  # fmt: skip
        assert list(exchange.connections[0].streams) == ["bnbbtc@kline_1d@+08:00"]

    async def test_a_client_that_closes_is_answered_and_noted(self):
        """The close code and reason of a client are kept, and it is sent nothing more."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(10)
        client.sendClose(4001, "enough")
        await client.until(lambda: client.lost is not None)
        connection = exchange.connections[0]
        assert client.ended == (True, 4001, "enough")
        assert (connection.close_code, connection.close_reason) == (4001, "enough")
        assert connection.closed and not connection.open
        assert exchange.open_connections == []

    async def test_a_client_that_does_not_read_is_cut_off(self):
        """What a client leaves unread does not pile up without end; those who read are not disturbed."""
        exchange = self.exchange(rate=0)
        self.patch(server, "MOST_UNREAD_BYTES", 4_000_000)
        client = await self.connect("/ws/bnbbtc@trade")
        other = await self.connect("/ws/bnbbtc@trade")
        client.transport.pauseProducing()
        with self.assertLogs("binance.sandbox.net.connection", "WARNING") as logged:
            for number in range(1, 41):
                exchange.deliver("bnbbtc@trade", {"n": number, "pad": "x" * 1_000_000})
                exchange.flush()
                await other.count(number)
        assert logged.output == ["WARNING:binance.sandbox.net.connection:connection 1 does not read; cut off"]
        assert [connection.open for connection in exchange.connections] == [False, True]
        told = [(entry["fault"], entry["connections"]) for entry in exchange.fault_log]
        assert told == [("slow_reader", [1])]

    async def test_a_closed_exchange_can_listen_again(self):
        """After ``close()`` the port is free and the same market goes on where it listens next."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(5)
        await exchange.close()
        await client.until(lambda: client.lost is not None)
        last = client.messages[-1]
        exchange.listen(self.port)
        again = await self.connect("/ws/bnbbtc@trade")
        assert (await again.count(1))[0]["t"] > last["t"]


class ControlTests(SandboxTestCase):
    async def test_streams_come_and_go_by_message(self):
        """SUBSCRIBE begins, UNSUBSCRIBE ends, LIST_SUBSCRIPTIONS lists, in any form of id."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws")
        assert await client.ask(method="LIST_SUBSCRIPTIONS", id=0) == {"result": [], "id": 0}
        assert await client.ask(method="SUBSCRIBE", params=["bnbbtc@trade", "ethbtc@trade"], id="a1") == {
            "result": None,
            "id": "a1",
        }
        assert await client.ask(method="SUBSCRIBE", params=["bnbbtc@trade"], id=-5) == {
            "result": None,
            "id": -5,
        }
        await client.until(lambda: {m.get("s") for m in client.messages} >= {"BNBBTC", "ETHBTC"})
        reply = await client.ask(method="LIST_SUBSCRIPTIONS", id=7)
        assert reply["result"] == ["bnbbtc@trade", "ethbtc@trade"]
        await client.ask(method="UNSUBSCRIBE", params=["bnbbtc@trade", "absent@trade"], id=8)
        later = await client.more(50)
        assert {message["s"] for message in later} == {"ETHBTC"}
        ids = [message["t"] for message in client.messages if message.get("s") == "ETHBTC"]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        assert exchange.connections[0].received == 5

    async def test_the_property_combined_changes_the_form(self):
        """SET_PROPERTY wraps and unwraps in mid-stream; replies are never wrapped."""
        self.exchange(rate=6000)
        client = await self.connect("/stream?streams=bnbbtc@trade")
        assert await client.ask(method="GET_PROPERTY", params=["combined"], id=1) == {"result": True, "id": 1}
        await client.ask(method="SET_PROPERTY", params=["combined", False], id=2)
        assert all(message["e"] == "trade" for message in await client.more(20))
        await client.ask(method="SET_PROPERTY", params=["combined", True], id=3)
        assert all(set(message) == {"stream", "data"} for message in await client.more(20))

    async def test_a_wrong_control_message_is_told_so(self):
        """Each mistake has the code the exchange documents, and the connection goes on."""
        self.exchange(rate=0, limits=Limits(messages_per_s=None, request_bytes=None))
        client = await self.connect("/ws/bnbbtc@trade")
        table = [
            ({"method": "GET_PROPERTY", "params": ["colour"], "id": 1}, 0),
            ({"method": "SET_PROPERTY", "params": ["combined", 1], "id": 1}, 1),
            ({"method": "SET_PROPERTY", "params": ["combined"], "id": 1}, 1),
            ({"method": "GET_PROPERTY", "params": [], "id": 1}, 2),
            ({"method": "GET_PROPERTY", "params": [5], "id": 1}, 2),
            ({"method": "GET_PROPERTY", "params": ["combined", True], "id": 1}, 2),
            ({"method": "LIST_SUBSCRIPTIONS", "params": ["a"], "id": 1}, 2),
            ({"method": "SUBSCRIBE", "params": [5], "id": 1}, 2),
            ({"method": "SUBSCRIBE", "params": "bnbbtc@trade", "id": 1}, 2),
            ({"method": "PING", "id": 1}, 2),
            ({"id": 1}, 2),
            ({"method": "SUBSCRIBE", "params": [f"s{n}@trade" for n in range(1024)], "id": 1}, 4),
            ({"method": "LIST_SUBSCRIPTIONS", "id": 1.5}, 2),
            ({"method": "LIST_SUBSCRIPTIONS", "id": 2**63}, 2),
            ({"method": "LIST_SUBSCRIPTIONS", "id": True}, 2),
            ({"method": "LIST_SUBSCRIPTIONS"}, 2),
            ([1], 2),
        ]
        for number, (request, code) in enumerate(table, 1):
            client.sendMessage(json.dumps(request).encode())
            reply = (await client.count(number))[-1]
            assert reply["error"]["code"] == code, (request, reply)
            readable = isinstance(request, dict) and request.get("id") == 1 and request["id"] is not True
            assert reply["id"] == (1 if readable else None), (request, reply)
        client.sendMessage(b"{nonsense")
        reply = (await client.count(len(table) + 1))[-1]
        assert reply["error"]["code"] == 3
        assert reply["error"]["msg"].startswith("Invalid JSON: ")
        client.sendMessage(b'{"method":"LIST_SUBSCRIPTIONS","id":null}')
        reply = (await client.count(len(table) + 2))[-1]
        assert reply == {"result": ["bnbbtc@trade"], "id": None}

    async def test_what_is_no_utf8_is_refused(self):
        """A name with half a surrogate pair, or JSON without bottom, is an error and changes nothing."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws")
        client.sendMessage(b'{"method":"SUBSCRIBE","params":["\\ud800@trade"],"id":1}')
        client.sendMessage(b"[" * 4000)
        assert [message["error"]["code"] for message in await client.count(2)] == [3, 3]
        assert exchange.connections[0].streams == {}
        assert (await self.http("GET", "/sandbox/state")).status == 200

    async def test_the_exchange_closes_whatever_a_connection_left_behind(self):
        """A connection that cannot be put in order is over all the same, so the exchange can close."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws/bnbbtc@trade")
        exchange.delivery.remove(exchange.connections[0].outbox, "bnbbtc@trade", combined=False)
        client.transport.abortConnection()
        await exchange.close()
        assert exchange.transports == set()
        await deferLater(reactor, 0)
        assert len(self.flushLoggedErrors(KeyError)) == 1

    async def test_errors_come_flat_too(self):
        """With ``flat_errors=True`` control errors have the documented form, else the one that is seen."""
        for options, fields in (({"flat_errors": True}, {"code", "msg", "id"}), ({}, {"error", "id"})):
            self.exchange(rate=0, **options)
            client = await self.connect("/ws")
            reply = await client.ask(method="NOPE", id=3)
            assert set(reply) == fields
            assert reply.get("error", reply)["code"] == 2


class HeartbeatTests(SandboxTestCase):
    async def test_pings_carry_the_time_and_pongs_are_counted(self):
        """Clients are pinged with the exchange's time in ms, in ASCII."""
        exchange = self.exchange(rate=0, ping_interval_s=0.02)
        client = await self.connect("/ws")
        await client.until(lambda: len(client.pings) >= 5)
        assert all(len(str(int(ping))) == 13 for ping in client.pings)
        await client.until(lambda: exchange.connections[0].pinger.pongs >= 3)

    async def test_a_client_that_does_not_answer_pings_is_closed(self):
        """Without pongs comes a close frame, 1008, ``Pong timeout``; unasked pongs do not help."""
        self.exchange(rate=0, ping_interval_s=0.02, pong_timeout_s=0.1)
        client = await self.connect("/ws")
        client.answer_pings = False
        await client.until(lambda: len(client.pings) >= 2)
        client.sendPong(b"1")
        client.sendPong()
        await client.until(lambda: client.lost is not None)
        assert client.ended == (True, 1008, "Pong timeout")


class RestTests(SandboxTestCase):
    async def test_public_calls(self):
        """ping, time, exchangeInfo and depth answer as the exchange does."""
        exchange = self.exchange(symbols=["BNBBTC", "ethusdt"])
        assert (await self.http("GET", "/api/v3/ping")).json() == {}
        time_ms = (await self.http("GET", "/api/v3/time")).json()["serverTime"]
        assert abs(time_ms - exchange.time_ms) < 60_000
        symbols = (await self.http("GET", "/api/v3/exchangeInfo")).json()["symbols"]
        assert [(item["symbol"], item["baseAsset"], item["quoteAsset"]) for item in symbols] == [
            ("BNBBTC", "BNB", "BTC"),
            ("ETHUSDT", "ETH", "USDT"),
        ]
        depth = (await self.http("GET", "/api/v3/depth?symbol=BNBBTC&limit=7")).json()
        assert set(depth) == {"lastUpdateId", "bids", "asks"}
        assert len(depth["bids"]) == len(depth["asks"]) == 7

    async def test_mistakes_are_answered_with_the_exchanges_codes(self):
        """A wrong symbol is -1121, none -1102, a wrong limit -1100; elsewhere is 404."""
        exchange = self.exchange()
        for path, status, code in (
            ("/api/v3/depth?symbol=NOPE", 400, -1121),
            ("/api/v3/exchangeInfo?symbol=NOPE", 400, -1121),
            ("/api/v3/depth", 400, -1102),
            ("/api/v3/depth?symbol=BNBBTC&limit=x", 400, -1100),
        ):
            answer = await self.http("GET", path)
            assert (answer.status, answer.json()["code"]) == (status, code)
        assert (await self.http("GET", "/api/v3/depth?symbol=NOPE")).json()["msg"] == "Invalid symbol."
        assert (await self.http("GET", "/api/v4/ping")).status == 404
        assert (await self.http("DELETE", "/api/v3/ping")).status == 405
        assert exchange.rest_calls[0][:3] == ("GET", "/api/v3/depth", {"symbol": "NOPE"})

    async def test_the_life_of_a_listen_key(self):
        """POST gives the account's key, PUT and DELETE want it; strangers are 401, dead keys -1125."""
        exchange = self.exchange()
        path = "/api/v3/userDataStream"
        key = await self.listen_key()
        assert await self.listen_key() == key
        assert await self.listen_key("another") != key
        put = await self.http("PUT", path, "someone", f"listenKey={key}".encode())
        assert (put.status, put.json()) == (200, {})
        assert (await self.http("PUT", f"{path}?listenKey={key}", "someone")).status == 200
        assert (await self.http("PUT", path, "someone")).json()["code"] == -1102
        stranger = await self.http("POST", path)
        assert (stranger.status, stranger.json()["code"]) == (401, -2014)
        assert (await self.http("DELETE", path, "someone", f"listenKey={key}".encode())).json() == {}
        gone = await self.http("PUT", path, "someone", f"listenKey={key}".encode())
        assert (gone.status, gone.json()["code"]) == (400, -1125)
        calls = [call for call in exchange.rest_calls if call.method == "PUT"]
        assert [call.params for call in calls] == [
            {"listenKey": key},
            {"listenKey": key},
            {},
            {"listenKey": key},
        ]

    async def test_only_given_api_keys_are_accounts(self):
        """With ``api_keys`` any other is 401 with -2015."""
        self.exchange(api_keys=["known"])
        await self.listen_key("known")
        answer = await self.http("POST", "/api/v3/userDataStream", "unknown")
        assert (answer.status, answer.json()["code"]) == (401, -2015)

    async def test_listen_keys_can_be_gone(self):
        """With ``listen_keys=False`` the call is 410 with an HTML page, as on binance.com."""
        self.exchange(listen_keys=False)
        answer = await self.http("POST", "/api/v3/userDataStream", "someone")
        assert (answer.status, answer.headers["content-type"]) == (410, "text/html")
        assert answer.body.startswith(b"<html>")


class UserStreamTests(SandboxTestCase):
    async def test_an_order_is_told_on_the_listen_key_and_on_the_market(self):
        """``fill`` sends executionReports and balances to the key, and its trades to the trade stream."""
        exchange = self.exchange(rate=0)
        key = await self.listen_key()
        raw = await self.connect(f"/ws/{key}")
        wrapped = await self.connect(f"/stream?streams={key}/bnbbtc@trade")
        events = exchange.fill("BNBBTC", "BUY", "3")
        assert await raw.count(len(events)) == events
        reports = [event for event in events if event["e"] == "executionReport" and event["t"] != -1]
        both = await wrapped.count(len(events) + len(reports))
        assert [message["data"] for message in both if message["stream"] == key] == events
        trades = [message["data"] for message in both if message["stream"] == "bnbbtc@trade"]
        assert [(trade["t"], trade["p"], trade["q"]) for trade in trades] == [
            (report["t"], report["L"], report["l"]) for report in reports
        ]

    async def test_a_deposit_is_told(self):
        """``deposit`` sends balanceUpdate and the new balance."""
        exchange = self.exchange(rate=0)
        client = await self.connect(f"/ws/{await self.listen_key()}")
        exchange.deposit("BTC", "-1.5")
        update, position = await client.count(2)
        assert (update["e"], update["a"], update["d"]) == ("balanceUpdate", "BTC", "-1.50000000")
        assert position["B"] == [{"a": "BTC", "f": "999998.50000000", "l": "0.00000000"}]

    async def test_accounts_can_trade_by_themselves(self):
        """With ``user_rate`` every account that has a key goes on buying and selling."""
        self.exchange(rate=100, user_rate=200)
        client = await self.connect(f"/ws/{await self.listen_key()}")
        await client.until(lambda: {m.get("S") for m in client.messages} >= {"BUY", "SELL"})

    async def test_a_key_that_nobody_extends_runs_out(self):
        """After 60 minutes of the exchange's clock comes listenKeyExpired, and the socket stays open."""
        exchange = self.exchange(rate=0, speed=20_000)
        key = await self.listen_key()
        client = await self.connect(f"/ws/{key}")
        (message,) = await client.count(1)
        assert (message["e"], message["listenKey"]) == ("listenKeyExpired", key)
        assert exchange.connections[0].open
        assert (await self.http("PUT", f"/api/v3/userDataStream?listenKey={key}", "someone")).status == 400

    async def test_keys_can_be_made_to_expire_and_to_be_forgotten(self):
        """``expire_listen_key`` tells the socket, ``forget_listen_keys`` does not; PUT fails after both."""
        exchange = self.exchange(rate=0)
        key = await self.listen_key()
        client = await self.connect(f"/stream?streams={key}")
        assert exchange.expire_listen_key() == 1
        (message,) = await client.count(1)
        assert (message["stream"], message["data"]["e"]) == (key, "listenKeyExpired")
        new = await self.listen_key()
        assert new != key
        assert exchange.forget_listen_keys() == 1
        answer = await self.http("PUT", f"/api/v3/userDataStream?listenKey={new}", "someone")
        assert answer.json()["code"] == -1125
        assert await client.ask(method="GET_PROPERTY", params=["combined"], id=1)
        assert len(client.messages) == 2

    async def test_an_order_needs_an_account(self):
        """``fill`` says what is missing."""
        exchange = self.exchange(rate=0, api_keys=["known"])
        with pytest.raises(InvalidArgument, match="listen key"):
            exchange.fill()
        with pytest.raises(InvalidArgument, match="api_key"):
            exchange.fill(api_key="unknown")
        with pytest.raises(InvalidArgument, match="NOPE"):
            exchange.fill("NOPE", api_key="known")
        assert exchange.fill(api_key="known")


class FaultTests(SandboxTestCase):
    async def test_cut_by_reset(self):
        """A reset ends TCP at once and without a close frame, only where it is meant to."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        other = await self.connect("/ws/ethbtc@trade")
        await client.count(1)
        with self.assertLogs("binance.sandbox.net.journal", "INFO") as logged:
            assert exchange.cut("bnbbtc@trade") == 1
        assert "connections [1]" in logged.output[0]
        await client.until(lambda: client.lost is not None)
        assert client.lost.check(ConnectionLost) and not client.lost.check(ConnectionDone)
        assert client.ended[:2] == (False, 1006)
        await other.more(5)
        assert [connection.open for connection in exchange.connections] == [False, True]

    async def test_cut_by_the_end_of_tcp(self):
        """A drop ends TCP in order, without a close frame."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(1)
        assert exchange.cut(how="drop") == 1
        await client.until(lambda: client.lost is not None)
        assert client.lost.check(ConnectionDone)
        assert client.ended[:2] == (False, 1006)

    async def test_cut_by_a_close_frame(self):
        """A close carries code and reason, and the client's answer is noted."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(1)
        assert exchange.cut(how="close", code=1012, reason="restart") == 1
        await client.until(lambda: client.lost is not None)
        assert client.ended == (True, 1012, "restart")
        assert client.lost.check(ConnectionDone)
        assert exchange.connections[0].close_code is not None
        with pytest.raises(InvalidArgument, match="reset, close, drop"):
            exchange.cut(how="bang")

    async def test_refuse_by_an_answer(self):
        """So many upgrades get the status, its reason, Retry-After and body; then all is well."""
        exchange = self.exchange()
        exchange.refuse(429, times=2, retry_after_s=7, body="slow down", match="bnbbtc")
        await self.connect("/ws/ethbtc@trade")
        assert "429" in (await self.refused("/ws/bnbbtc@trade")).ended[2]
        raw = self.send_http(
            "GET", "/ws/bnbbtc@trade",
            ["Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
        )  # fmt: skip
        await raw.ended
        answer = Response(raw.data)
        assert (answer.status, answer.reason, answer.body) == (429, "Too Many Requests", b"slow down")
        assert answer.headers["retry-after"] == "7"
        await self.connect("/ws/bnbbtc@trade")
        assert len(exchange.dials) == 4
        assert exchange.faults() == {}

    async def test_refuse_until_accepted(self):
        """Without ``times`` every upgrade is refused until ``accept``."""
        exchange = self.exchange()
        exchange.refuse(451)
        for _ in range(3):
            assert "451" in (await self.refused("/ws/bnbbtc@trade")).ended[2]
        exchange.accept()
        await self.connect("/ws/bnbbtc@trade")

    async def test_refuse_by_reset_and_by_silence(self):
        """An upgrade can be met by a TCP reset, or by no answer until ``accept`` closes it."""
        exchange = self.exchange()
        exchange.refuse(how="reset", times=1)
        client = await self.refused("/ws/bnbbtc@trade")
        assert not client.lost.check(ConnectionDone)
        exchange.refuse(how="hang")
        client = self.dial("/ws/bnbbtc@trade")
        while len(exchange.hanging) < 1:
            await self.turn()
        assert client.lost is None and not client.opened
        exchange.accept()
        await client.until(lambda: client.lost is not None)
        assert not client.opened

    def turn(self):
        """Let the reactor turn once."""
        turned = Deferred()
        reactor.callLater(0, turned.callback, None)
        return turned

    async def test_stall_sends_nothing_and_loses_what_it_would_have_sent(self):
        """A stalled connection gets no data, pings or replies; later ids are missing and replies come."""
        exchange = self.exchange(rate=6000, ping_interval_s=0.02)
        client = await self.connect("/ws/bnbbtc@trade")
        other = await self.connect("/ws/bnbbtc@trade")
        await client.until(lambda: len(client.pings) > 1)
        assert exchange.stall("nobody") == 0
        exchange.connections[1].path = "/ws/other"  # so that the two can be told apart
        assert exchange.stall("/ws/bnbbtc") == 1
        sent, pings = exchange.connections[0].sent, exchange.connections[0].pinger.pings
        await client.until(lambda: (len(client.payloads), len(client.pings)) == (sent, pings))
        client.sendMessage(b'{"method":"LIST_SUBSCRIPTIONS","id":1}')
        client.sendPing(b"there?")
        await other.more(300)
        assert (len(client.payloads), len(client.pings)) == (sent, pings)
        assert client.lost is None
        assert exchange.resume() == 1
        await client.until(lambda: {"result": ["bnbbtc@trade"], "id": 1} in client.messages)
        await client.more(1)
        ids = [message["t"] for message in client.messages if "t" in message]
        assert ids[sent] - ids[sent - 1] > 100
        await client.until(lambda: len(client.pings) > pings)

    async def test_stall_ends_by_itself_and_can_meet_new_connections(self):
        """After ``seconds`` a stall is over; ``new`` stalls connections right after the handshake."""
        exchange = self.exchange(rate=6000)
        assert exchange.stall(new=True) == 0
        client = await self.connect("/ws/bnbbtc@trade")
        assert exchange.connections[0].stalled
        assert exchange.resume() == 1
        assert exchange.stall(seconds=0.05) == 1
        await client.count(5)
        assert not exchange.connections[0].stalled

    async def test_a_client_that_leaves_a_stalled_connection_is_noticed(self):
        """When the client ends TCP during a stall, the connection is closed on the exchange's side too."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        exchange.stall()
        client.transport.abortConnection()
        while not exchange.connections[0].closed:
            await self.turn()

    async def test_quiet_keeps_the_pings(self):
        """A quiet stream delivers nothing while pings go on and others deliver; ``clear`` ends it."""
        exchange = self.exchange(rate=6000, ping_interval_s=0.02)
        client = await self.connect("/stream?streams=bnbbtc@trade/ethbtc@trade")
        exchange.quiet("bnbbtc@")
        have = exchange.connections[0].sent
        await client.count(have + 100)
        assert {message["stream"] for message in client.messages[have:]} == {"ethbtc@trade"}
        exchange.quiet()
        sent, pings = exchange.connections[0].sent, len(client.pings)
        await client.until(lambda: len(client.pings) > pings + 5)
        assert len(client.payloads) == sent
        exchange.clear()
        await client.until(lambda: client.messages[-1]["stream"] == "bnbbtc@trade")

    async def test_quiet_by_path(self):
        """A match with a slash in front is a path: all streams of that connection are quiet."""
        exchange = self.exchange(rate=6000)
        one = await self.connect("/ws/bnbbtc@trade")
        two = await self.connect("/stream?streams=bnbbtc@trade")
        exchange.quiet("/stream")
        sent = exchange.connections[1].sent
        await one.more(200)
        await two.count(sent)
        assert exchange.connections[1].sent == sent == len(two.payloads)

    async def test_malformed_messages_come_between_good_ones(self):
        """Each kind is what it says, so many times, and no good message is lost."""
        exchange = self.exchange(rate=6000)
        client = await self.connect("/ws/bnbbtc@trade")
        kinds = {
            "not_json": lambda payload: payload == b'{"e":"trade","E":17',
            "not_utf8": lambda payload: b"\xff" in payload,
            "binary": lambda payload: payload == b'{"e":"trade"}',
            "empty": lambda payload: payload == b"",
            "list": lambda payload: payload == b"[]",
            "number": lambda payload: payload == b"42",
            "string": lambda payload: payload == b'"trade"',
        }

        def is_good(payload):
            return payload.endswith(b'"M":true}')

        for kind, is_it in kinds.items():
            await client.until(lambda: client.payloads and is_good(client.payloads[-1]))
            begin = len(client.payloads)
            assert exchange.malformed(kind, times=3) == 1
            await client.until(lambda b=begin, i=is_it: sum(map(i, client.payloads[b:])) == 3)
            await client.until(lambda: is_good(client.payloads[-1]))
            bad = [n for n, payload in enumerate(client.payloads) if n >= begin and not is_good(payload)]
            assert len(bad) == 3, kind
            assert all(is_it(client.payloads[n]) for n in bad)
            assert all(client.binary[n] == (kind == "binary") for n in bad)
            assert bad[2] - bad[0] >= 4, "good messages between them"
        ids = [json.loads(payload)["t"] for payload in client.payloads if is_good(payload)]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        assert exchange.faults() == {}

    async def test_fragments(self):
        """Messages come in several frames with pings between them, so many times, and none is lost."""
        exchange = self.exchange(rate=1000)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(5)
        assert exchange.fragments(pieces=4, times=20) == 1
        while exchange.faults():
            await self.turn()
        sent = exchange.connections[0].sent
        await client.count(sent + 5)
        assert client.frames == len(client.payloads) + 3 * 20
        assert len(client.pings) == exchange.connections[0].pinger.pings == 3 * 20
        ids = [message["t"] for message in client.messages]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        exchange.fragments(pieces=2, pings=False, match="ethbtc")
        new = await self.connect("/stream?streams=ethbtc@trade")
        await new.count(10)
        assert new.frames == 2 * len(new.payloads)
        assert new.pings == []

    async def test_server_shutdown(self):
        """The announcement has the form of the connection it goes to."""
        exchange = self.exchange(rate=0)
        raw = await self.connect("/ws/bnbbtc@trade")
        combined = await self.connect("/stream?streams=bnbbtc@trade")
        assert exchange.server_shutdown() == 2
        (bare,) = await raw.count(1)
        assert set(bare) == {"e", "E"}
        assert bare["e"] == "serverShutdown"
        (wrapped,) = await combined.count(1)
        assert wrapped == {"stream": "!serverShutdown", "data": bare}

    async def test_rest_down(self):
        """REST can answer with a gateway's page, be reset, hang, or be slow, and be well again."""
        exchange = self.exchange()
        exchange.rest(down=503)
        answer = await self.http("GET", "/api/v3/ping")
        assert (answer.status, answer.reason) == (503, "Service Unavailable")
        assert b"<html>" in answer.body
        exchange.rest(how="reset", match="userDataStream")
        assert (await self.http("GET", "/api/v3/ping")).status == 200
        raw = self.send_http("POST", "/api/v3/userDataStream")
        await raw.ended
        assert raw.reason.check(ConnectionLost)
        exchange.rest(how="hang")
        raw = self.send_http("GET", "/api/v3/ping")
        while not exchange.hanging:
            await self.turn()
        exchange.rest(delay_s=0.1)
        began = reactor.seconds()
        assert (await self.http("GET", "/api/v3/ping")).json() == {}
        assert reactor.seconds() - began >= 0.09
        exchange.rest()
        await raw.ended
        assert raw.data == b""
        assert (await self.http("GET", "/api/v3/ping")).status == 200

    async def test_a_ban(self):
        """Calls to the paths that are meant are 418 with -1003 and the rest of the time, until it ends."""
        exchange = self.exchange(rate=0)
        exchange.ban(90, match="/fapi/")
        answer = await self.http("GET", "/fapi/v1/ping")
        assert (answer.status, answer.json()["code"]) == (418, -1003)
        assert 85 <= int(answer.headers["retry-after"]) <= 90
        assert "IP banned until " in answer.json()["msg"]
        assert (await self.http("GET", "/api/v3/ping")).status == 200
        assert exchange.faults()["ban"]["match"] == "/fapi/"
        exchange.ban(0.05)
        assert (await self.http("GET", "/api/v3/ping")).headers["retry-after"] == "1"
        while exchange.faults():
            await self.turn()
        assert (await self.http("GET", "/fapi/v1/ping")).status == 200
        exchange.ban(90)
        exchange.ban(0)
        assert (await self.http("GET", "/api/v3/ping")).status == 200
        exchange.ban(90)
        exchange.clear()
        assert (await self.http("GET", "/api/v3/ping")).status == 200

    async def test_a_caller_that_gives_up_hanging_is_forgotten(self):
        """A call without an answer is kept for as long as its caller waits."""
        exchange = self.exchange()
        exchange.rest(how="hang")
        raw = self.send_http("GET", "/api/v3/ping")
        while not exchange.hanging:
            await self.turn()
        raw.transport.abortConnection()
        await raw.ended
        while exchange.transports:
            await self.turn()
        assert exchange.hanging == set()

    async def test_a_caller_that_gives_up_on_slow_rest_leaves_nothing(self):
        """A slow answer whose caller has gone is never made."""
        exchange = self.exchange()
        exchange.rest(delay_s=1000)
        raw = self.send_http("POST", "/api/v3/userDataStream", ["X-MBX-APIKEY: someone"])
        while not exchange.rest_calls:
            await self.turn()
        raw.transport.abortConnection()
        await raw.ended
        while exchange.transports:
            await self.turn()
        assert exchange.accounts.listen_keys.accounts() == []

    async def test_what_cannot_be_is_refused(self):
        """Wrong arguments of faults raise at once, and nothing is in force."""
        exchange = self.exchange()
        for call in (
            lambda: exchange.refuse(200),
            lambda: exchange.refuse(999),
            lambda: exchange.refuse(times=0),
            lambda: exchange.refuse(how="never"),
            lambda: exchange.malformed("odd"),
            lambda: exchange.malformed(times=0),
            lambda: exchange.fragments(pieces=1),
            lambda: exchange.cut(how="close", code=5),
            lambda: exchange.rest(down=1),
            lambda: exchange.rest(delay_s=-1),
            lambda: exchange.rest(how="x"),
            lambda: Exchange(reactor, speed=0),
        ):
            with pytest.raises(InvalidArgument):
                call()
        assert exchange.faults() == {}

    async def test_faults_by_http(self):
        """POST /sandbox/<fault> does what the method does; GET /sandbox/state tells the rest."""
        exchange = self.exchange(rate=0, record=True)
        client = await self.connect("/ws/bnbbtc@trade")
        assert (await self.http("POST", "/sandbox/refuse", body=b'{"status":503}')).json() == {"result": None}
        state = (await self.http("GET", "/sandbox/state")).json()
        assert state["faults"]["refuse"]["status"] == 503
        assert state["connections"][0]["path"] == "/ws/bnbbtc@trade"
        assert state["counts"]["connections"] == 1
        assert state["dials"][0][1] == "/ws/bnbbtc@trade"
        assert (await self.http("POST", "/sandbox/clear")).status == 200
        assert exchange.faults() == {}
        assert (await self.http("POST", "/sandbox/cut", body=b'{"how":"drop"}')).json() == {"result": 1}
        await client.until(lambda: client.lost is not None)
        for path, body, status in (
            ("cut", b'{"how":"bang"}', 400), ("cut", b'{"colour":1}', 400), ("cut", b"[]", 400),
            ("cut", b"{", 400), ("close", b"", 404), ("state", b"", 404),
        ):  # fmt: skip
            answer = await self.http("POST", f"/sandbox/{path}", body=body)
            assert answer.status == status, (path, body)
            assert answer.json()["error"]
        assert (await self.http("GET", "/sandbox/cut")).status == 404

    async def asked(self, method, path, *headers, body=b""):
        """The status of an answer, and its error if it has one."""
        raw = self.send_http(method, path, headers, body)
        await raw.ended
        response = Response(raw.data)
        return response.status, response.json().get("error", "") if response.body[:1] == b"{" else ""

    async def test_web_pages_cannot_reach_the_faults(self):
        """What a browser sends for a page is refused with 403: any Origin, or a Host that is not here."""
        exchange = self.exchange(rate=0)
        for origin in ("https://evil.example", "null", f"http://127.0.0.1:{self.port}", ""):
            for method, path in (
                ("POST", "/sandbox/refuse"),
                ("GET", "/sandbox/state"),
                ("POST", "/sandbox/x"),
            ):
                status, error = await self.asked(method, path, f"Origin: {origin}")
                assert status == 403
                assert "Origin" in error
        for host in (
            "evil.example", f"evil.example:{self.port}", "127.0.0.1.evil.example", "localhost.evil.example",
            "192.0.2.1", "0.0.0.0", "", "[", "[::1", "::1", "127.0.0.1@evil.example", "u@127.0.0.1.example",
            "evil.example/127.0.0.1", "x\r\nHost: 127.0.0.1",
        ):  # fmt: skip
            status, error = await self.asked("POST", "/sandbox/refuse", f"Host: {host}")
            assert (status, "Host" in error) == (403, True), host
        assert exchange.faults() == {}
        for host in ("localhost", f"LOCALHOST:{self.port}", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:9"):
            assert await self.asked("GET", "/sandbox/state", f"Host: {host}") == (200, "")
        # what is sent need not be text
        raw = self.send_http("GET", "/sandbox/state", ["Host: x", "Upgrade: x"])
        raw.request = raw.request.replace(b": x", b": \xff\xfe")
        await raw.ended
        assert Response(raw.data).status == 403
        # an API key neither
        raw = self.send_http("POST", "/api/v3/userDataStream", ["X-MBX-APIKEY: x"])
        raw.request = raw.request.replace(b": x", b": \xff\xfe")
        await raw.ended
        assert (Response(raw.data).status, Response(raw.data).json()["code"]) == (401, -2014)
        # what is not for tests of scripts is for everybody, as the exchange's is
        headers = ["Origin: https://app.example", "Host: sandbox.example"]
        assert (await self.asked("GET", "/api/v3/ping", *headers))[0] == 200

    async def test_a_call_has_a_size(self):
        """A body of more than 512 KiB is answered with 413, and nothing is done."""
        exchange = self.exchange(rate=0)
        body = json.dumps({"status": 503, "body": "x" * 600_000}).encode()
        status, error = await self.asked("POST", "/sandbox/refuse", body=body)
        assert (status, "524288" in error) == (413, True)
        assert exchange.faults() == {}


class TlsTests(SandboxTestCase):
    def trust(self, exchange, host="localhost"):
        return optionsForClientTLS(host, trustRoot=TrustFile(exchange.certificate_file))

    async def test_a_client_that_trusts_the_file_is_served(self):
        """The certificate is good for localhost and for 127.0.0.1; the name asked for is noted."""
        exchange = self.exchange({"tls": True}, rate=6000)
        for host in ("localhost", "127.0.0.1"):
            client = await self.connect("/ws/bnbbtc@trade", context=self.trust(exchange, host))
            await client.count(20)
        assert exchange.sni == ["localhost", None]
        exchange.cut(how="close")
        await client.until(lambda: client.lost is not None)
        assert client.ended[:2] == (True, 1001)
        path = Path(exchange.certificate_file)
        await exchange.close()
        assert not path.exists()
        assert exchange.certificate_file is None

    async def test_a_chain_is_served_whole(self):
        """With ``chain`` it is enough to trust the root."""
        exchange = self.exchange({"tls": True, "certificate": "chain"}, rate=6000)
        client = await self.connect("/ws/bnbbtc@trade", context=self.trust(exchange))
        await client.count(5)

    async def test_bad_certificates_are_bad(self):
        """An expired certificate, one for another host and one not trusted fail the handshake."""
        for kind, error in (("expired", SSL.Error), ("other_host", VerificationError)):
            exchange = self.exchange({"tls": True, "certificate": kind})
            client = await self.refused("/ws/bnbbtc@trade", context=self.trust(exchange))
            assert client.lost.check(error), client.lost
        self.exchange({"tls": True})
        context = optionsForClientTLS("localhost", trustRoot=TrustFile(None))
        await self.refused("/ws/bnbbtc@trade", context=context)
        with pytest.raises(InvalidArgument, match="self-made"):
            Exchange(reactor).listen(tls=True, certificate="self-made")

    async def test_faults_hold_over_tls(self):
        """A reset and a drop end a TLS connection without a close frame."""
        exchange = self.exchange({"tls": True}, rate=6000)
        for how in ("reset", "drop"):
            client = await self.connect("/ws/bnbbtc@trade", context=self.trust(exchange))
            await client.count(1)
            assert exchange.cut(how=how) == 1
            await client.until(lambda c=client: c.lost is not None)
            assert client.ended[:2] == (False, 1006)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("/ws", ([], False)),
        ("/ws/", ([], False)),
        ("/ws/a@trade/b@depth", (["a@trade", "b@depth"], False)),
        ("/ws/a%40trade?x=1", (["a@trade"], False)),
        ("/ws/%E5%B8%81btc@trade", (["币btc@trade"], False)),
        ("/stream", ([], True)),
        ("/stream?streams=a@trade/b@depth", (["a@trade", "b@depth"], True)),
        ("/stream?streams=a%40trade%2Fb@depth&timeUnit=x", (["a@trade", "b@depth"], True)),
        ("/stream?streams=", ([], True)),
        ("/streams", None),
        ("/wsx", None),
        ("/", None),
    ],
)
def test_paths_of_sockets(uri, expected):
    """A path says which streams a connection begins with and in which form."""
    assert parse_socket_path(uri) == expected


@pytest.mark.parametrize(
    ("host", "listening", "here"),
    [
        ("192.0.2.7:8000", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("[2001:db8::1]:80", "2001:db8::1", True),
        ("sandbox:8000", "192.0.2.7", False),
        ("127.0.0.1:8000", "192.0.2.7", True),
    ],
)
def test_the_address_it_listens_on_is_its_own(host, listening, here):
    """A Host may be the address at which the request came in, wherever that is; a name it may not."""
    assert is_here(host, listening) is here


@pytest.mark.parametrize("tls", [False, True])
def test_a_sandbox_runs_in_a_child_process(tls):
    """The handle starts it, hands calls on, raises what it refuses, and ends it."""
    with Sandbox(seed=3, rate=0, symbols=["XRPUSDT"], tls=tls) as sandbox:
        state = sandbox.state()
        assert state["symbols"] == ["XRPUSDT"]
        assert (sandbox.certificate_file is not None) == tls
        sandbox.refuse(418, times=2)
        assert sandbox.state()["faults"]["refuse"]["times"] == 2
        sandbox.clear()
        assert sandbox.state()["faults"] == {}
        assert sandbox.cut() == 0
        with pytest.raises(InvalidArgument, match="reset, close, drop"):
            sandbox.cut(how="bang")
        assert sandbox.start() is sandbox
        sandbox.rest_answer("GET", "/sapi/v1/account/info", {"vipLevel": 1})
        assert sandbox.state()["faults"]["rest_answer"][0]["path"] == "/sapi/v1/account/info"
        assert sandbox.rest_calls() == []
        assert sandbox.forget_rest_answers() == 1
        address = (sandbox.host, sandbox.port)
        file = sandbox.certificate_file
    assert "refuse" in sandbox.log()
    with pytest.raises(OSError):
        socket.create_connection(address).close()
    assert file is None or not Path(file).exists()
    with pytest.raises(SandboxError, match="start"):
        sandbox.state()


def test_a_sandbox_that_cannot_start_says_why():
    """What the child wrote to standard error is in the exception."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SandboxError, match="Couldn't listen"), Sandbox(port=taken.getsockname()[1]):
            pass
    with pytest.raises(SandboxError, match="invalid choice"), Sandbox(certificate="self-made"):
        pass
    with pytest.raises(SandboxError, match="at least one symbol"), Sandbox(symbols=["A", "a"]):
        pass


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sped": 3}, r"^Sandbox: .* keyword argument 'sped'; did you mean 'speed'\?$"),
        ({"colour": 3}, r"^Sandbox: .* keyword argument 'colour'$"),
    ],
)
def test_an_argument_that_there_is_not_is_refused_in_the_words_of_the_class(arguments, words):
    """The TypeError names Sandbox, the argument, and one that is spelt much like it."""
    with pytest.raises(TypeError, match=words):
        Sandbox(**arguments)


@pytest.mark.parametrize("wrong", ["port", "chaos"])
def test_a_program_that_cannot_start_leaves_no_file(wrong, tmp_path):
    """The certificate that was made before the port or an option was found wrong is removed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        options = ["--port", port] if wrong == "port" else ["--chaos", "1", "--chaos-mean", "0"]
        done = subprocess.run(
            [sys.executable, "-m", "binance.sandbox", "--tls", *options],
            capture_output=True, text=True, timeout=60, env=os.environ | {"TMPDIR": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode == (1 if wrong == "port" else 2)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("sandbox: Couldn't" if wrong == "port" else "python -m binance.sandbox: error: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "many"])
@pytest.mark.parametrize(
    "option",
    ["--speed", "--rate", "--user-rate", "--ping-interval", "--pong-timeout", "--lifetime", "--chaos-mean"],
)
def test_options_that_are_numbers_are_finite(option, number, capsys):
    """What is no finite number ends the program with a line that says what is allowed."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([f"{option}={number}"])
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert option in last
    assert "give a finite number" in last
    assert ("or none" in last) == (option == "--lifetime")
    assert parser().parse_args(["--lifetime", "none"]).lifetime is None


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child")
def test_a_sandbox_ends_with_its_parent():
    """When the process that started it is killed, the child ends."""
    code = (
        "from binance.sandbox import Sandbox; sandbox = Sandbox(rate=0).start()\n"
        "print(sandbox._process.pid, flush=True); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    try:
        assert select.select([child], [], [], 30)[0], "the child still runs"
    finally:
        os.close(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_ends_by_a_signal(number):
    """``python -m binance.sandbox`` prints its address, serves, and ends with status 0."""
    command = [sys.executable, "-m", "binance.sandbox", "--rate", "0"]
    # a shell's job in the background has SIGINT ignored, and hands that down
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        line = process.stdout.readline()
        assert line.startswith("sandbox: http://127.0.0.1:")
        port = int(line.strip().rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()
        process.send_signal(number)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
