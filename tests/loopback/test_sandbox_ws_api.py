"""The sandbox's WebSocket API over real sockets, with signatures and listen tokens."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor
from twisted.internet.task import deferLater

from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox import NO_LIMITS, Limits, Sandbox
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.sessions import Session
from binance.sandbox.accounts.signatures import Clock
from binance.sandbox.answers import ws_api
from binance.sandbox.market.market import Market

from ..sandbox_case import SandboxTestCase

SECRET = "a-secret-of-nobody"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
KEYS = {"hmac-key": SECRET, "ed-key": PUBLIC}
PATH = "/ws-api/v3"

# Public methods, and the REST call with the same answer. Source: *WebSocket API* and *REST API* of Spot.
PUBLIC = {
    "ping": "/api/v3/ping",
    "time": "/api/v3/time",
    "exchangeInfo": "/api/v3/exchangeInfo",
    "executionRules": "/api/v3/executionRules",
    "depth": "/api/v3/depth",
    "trades.recent": "/api/v3/trades",
    "trades.historical": "/api/v3/historicalTrades",
    "trades.aggregate": "/api/v3/aggTrades",
    "blockTrades.historical": "/api/v3/historicalBlockTrades",
    "klines": "/api/v3/klines",
    "uiKlines": "/api/v3/uiKlines",
    "avgPrice": "/api/v3/avgPrice",
    "referencePrice": "/api/v3/referencePrice",
    "referencePrice.calculation": "/api/v3/referencePrice/calculation",
    "ticker": "/api/v3/ticker",
    "ticker.24hr": "/api/v3/ticker/24hr",
    "ticker.tradingDay": "/api/v3/ticker/tradingDay",
    "ticker.price": "/api/v3/ticker/price",
    "ticker.book": "/api/v3/ticker/bookTicker",
}
# What each is asked with; nothing else: no parameters.
PARAMETERS = {
    "exchangeInfo": ["symbol"],
    "executionRules": ["symbol"],
    "depth": ["symbol", "limit"],
    "trades.recent": ["symbol", "limit"],
    "trades.historical": ["symbol", "limit"],
    "trades.aggregate": ["symbol", "limit"],
    "blockTrades.historical": ["symbol", "fromId"],
    "klines": ["symbol", "interval", "startTime"],
    "uiKlines": ["symbol", "interval", "startTime"],
    "avgPrice": ["symbol"],
    "referencePrice": ["symbol"],
    "referencePrice.calculation": ["symbol"],
    "ticker": ["symbol", "windowSize"],
    "ticker.24hr": ["symbol"],
    "ticker.tradingDay": ["symbol"],
    "ticker.price": ["symbol"],
    "ticker.book": ["symbol"],
}
# What says when it was asked, in an answer.
NOW = ("serverTime", "openTime", "closeTime", "timestamp")


def now_ms():
    return int(time.time() * 1000)


def timeless(answer):
    """An answer without the moment at which it was asked for."""
    return {**answer, **dict.fromkeys(NOW)} if isinstance(answer, dict) else answer


def by_hmac(payload, secret=SECRET):
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def by_ed25519(payload):
    return base64.b64encode(PRIVATE.sign(payload.encode())).decode()


def signed(api_key="hmac-key", sign=by_hmac, **params):
    """Return parameters with a time and a signature."""
    params = {"timestamp": now_ms(), **params, "apiKey": api_key}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    return params | {"signature": sign(payload)}


class ApiCase(SandboxTestCase):
    """A connection of the WebSocket API, and what goes over it."""

    asked = 0

    def exchange(self, **options):
        return super().exchange(**{"rate": 0, "limits": NO_LIMITS} | options)

    async def ask(self, client, method, **params):
        """Send a request and return its reply."""
        self.asked += 1
        return await client.ask(id=self.asked, method=method, params=params)

    async def result(self, client, method, **params):
        """Send a request that is granted and return its result."""
        reply = await self.ask(client, method, **params)
        assert reply["status"] == 200, reply
        return reply["result"]

    async def error(self, client, method, **params):
        """Send a request that is turned down; return the status and the code."""
        reply = await self.ask(client, method, **params)
        assert "result" not in reply
        return reply["status"], reply["error"]["code"]

    async def subscribed(self, api_key="hmac-key", sign=by_hmac, path=PATH):
        client = await self.connect(path)
        await self.result(client, "userDataStream.subscribe.signature", **signed(api_key, sign))
        return client

    async def events(self, client, number):
        """Wait for so many events, and return them as they came."""
        await client.until(lambda: sum("event" in m for m in client.messages) >= number)
        return [message for message in client.messages if "event" in message]

    async def token(self, api_key="hmac-key", status=200, sign=by_hmac, **params):
        query = urlencode({**params, "timestamp": now_ms()})
        body = f"{query}&signature={quote(sign(query), safe='')}"
        answer = await self.http("POST", "/sapi/v1/userListenToken", api_key, body.encode())
        assert answer.status == status, answer.body
        return answer.json()

    async def margin(self, client, **params):
        """Subscribe by a new token; return the result."""
        token = (await self.token(**params))["token"]
        return await self.result(client, "userDataStream.subscribe.listenToken", listenToken=token)


class RequestTests(ApiCase):
    async def test_light_methods(self):
        """ping, time and depth answer as REST does, whatever version prefix is sent."""
        self.exchange()
        client = await self.connect(PATH)
        assert await self.result(client, "ping") == {}
        assert abs((await self.result(client, "v3/time"))["serverTime"] - now_ms()) < 5000
        depth = await self.result(client, "depth", symbol="BNBBTC", limit=7)
        assert depth == (await self.http("GET", "/api/v3/depth?symbol=BNBBTC&limit=7")).json()
        assert await self.error(client, "depth", symbol="NOPE") == (400, -1121)
        assert await self.error(client, "depth") == (400, -1102)

    async def test_replies_tell_of_the_weight_unless_told_otherwise(self):
        """``rateLimits`` counts the address's weight, REST's too; a parameter or the URL leaves it out."""
        self.exchange(limits=Limits(messages_per_s=None))
        client = await self.connect(PATH)
        reply = await self.ask(client, "ping")
        assert reply == {
            "id": 1, "status": 200, "result": {},
            "rateLimits": [{
                "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000,
                "count": 3,
            }],
        }  # fmt: skip
        await self.http("GET", "/api/v3/ping")
        assert (await self.ask(client, "depth", symbol="BNBBTC"))["rateLimits"][0]["count"] == 9
        assert "rateLimits" not in await self.ask(client, "ping", returnRateLimits=False)
        quiet = await self.connect(f"{PATH}?returnRateLimits=false")
        assert "rateLimits" not in await self.ask(quiet, "ping")
        assert "rateLimits" in await self.ask(quiet, "ping", returnRateLimits=True)
        assert (await self.result(quiet, "session.status"))["returnRateLimits"] is False
        await self.refused(f"{PATH}?returnRateLimits=perhaps")

    async def test_messages_are_weighed_and_not_counted(self):
        """Many quick requests among pings and pongs are answered, and so is one of 100,000 bytes."""
        self.exchange(limits=Limits())
        self.asked = 40
        client = await self.connect(PATH)
        for number in range(40):
            client.sendMessage(b'{"id":%d,"method":"time"}' % number)
            client.sendPing(b"x")
            client.sendPong(b"y")
        replies = await client.count(40)
        assert [reply["id"] for reply in replies] == list(range(40))
        assert replies[-1]["rateLimits"][0]["count"] == 42
        assert await self.result(client, "ping", unread="x" * 100_000) == {}

    async def test_a_message_without_end_is_not_read(self):
        """More than a mebibyte closes the connection with 1009, that of streams without limits too."""
        self.exchange()
        for path in (PATH, "/ws"):
            client = await self.connect(path)
            client.sendMessage(b" " * (1 << 20) + b"5")
            await client.until(lambda c=client: c.lost is not None)
            assert client.ended[:2] == (True, 1009), path

    async def test_public_methods_answer_as_rest(self):
        """Each has the result, the errors and the weight of the REST call that is its like."""
        exchange = self.exchange(limits=Limits(weight_per_min=100_000))
        exchange.fill("BNBBTC", "BUY", "1", api_key="someone")
        client = await self.connect(PATH)
        asked = {
            "symbol": "BNBBTC", "limit": 3, "interval": "1m", "startTime": exchange.time_ms - 60_000,
            "fromId": 0, "windowSize": "4h",
        }  # fmt: skip
        for method, path in PUBLIC.items():
            params = {name: asked[name] for name in PARAMETERS.get(method, ())}
            before = (await self.ask(client, "ping"))["rateLimits"][0]["count"]
            reply = await self.ask(client, method, **params)
            (limit,) = reply["rateLimits"]
            weight = limit["count"] - before
            by_rest = await self.http("GET", f"{path}?{urlencode(params)}")
            assert int(by_rest.headers["x-mbx-used-weight-1m"]) - limit["count"] == weight > 0, method
            told = by_rest.json()
            assert (reply["status"], timeless(reply["result"])) == (200, timeless(told)), method
            if "symbol" in params:
                assert await self.error(client, method, **params | {"symbol": "NOPE"}) == (400, -1121), method
                assert await self.error(client, method, **params | {"symbol": "bnbbtc"}) == (400, -1100), (
                    method
                )
        tickers = await self.result(client, "ticker.price", symbols=["ETHBTC", "BNBBTC"])
        assert [ticker["symbol"] for ticker in tickers] == ["ETHBTC", "BNBBTC"]

    async def test_an_account_says_what_it_has(self):
        """account.status has to be signed, and answers what REST answers, at the same weight."""
        exchange = self.exchange(api_keys=KEYS, limits=Limits())
        client = await self.subscribed()
        exchange.deposit("ETH", "7")
        assert await self.error(client, "account.status") == (400, -1102)
        reply = await self.ask(client, "account.status", **signed(omitZeroBalances="true"))
        used = reply["rateLimits"][0]["count"]
        balances = {item["asset"]: item["free"] for item in reply["result"]["balances"]}
        query = urlencode({"omitZeroBalances": "true", "timestamp": now_ms()})
        by_rest = await self.http("GET", f"/api/v3/account?{query}&signature={by_hmac(query)}", "hmac-key")
        assert by_rest.json() == reply["result"]
        assert int(by_rest.headers["x-mbx-used-weight-1m"]) == used + 20
        assert float(balances["ETH"]) >= 7
        assert await self.error(client, "openOrders.status") == (400, -1102)
        assert await self.error(client, "openOrders.status", **signed(symbol="NOPE")) == (400, -1121)
        reply = await self.ask(client, "openOrders.status", **signed(symbol="BNBBTC"))
        # since then one refused request for all symbols, and two for one
        assert (reply["result"], reply["rateLimits"][0]["count"]) == ([], used + 20 + 80 + 6 + 6)

    async def test_too_much_weight_is_429(self):
        """Beyond the weight a request is refused with when to come again, and the connection lives on."""
        self.exchange(limits=Limits(messages_per_s=None, weight_per_min=10))
        client = await self.connect(PATH)
        await self.result(client, "depth", symbol="BNBBTC")
        reply = await self.ask(client, "depth", symbol="BNBBTC")
        assert (reply["status"], reply["error"]["code"]) == (429, -1003)
        data = reply["error"]["data"]
        assert 0 < data["retryAfter"] - data["serverTime"] <= 60_000
        refused = await self.refused(PATH)
        assert refused.ended is not None

    async def test_what_is_no_request_is_answered(self):
        """Broken JSON, no object, no id, no method: an error with the id null or the one sent, and no end."""
        self.exchange()
        client = await self.connect(PATH)
        for payload in (
            b"{", b"[]", b"5", b"", b"[" * 100_000, b'{"method":"ping"}', b'{"id":true,"method":"ping"}',
            b'{"id":[],"method":"ping"}', b'{"id":"' + b"x" * 37 + b'","method":"ping"}', b'{"id":"\\ud800"}',
        ):  # fmt: skip
            client.sendMessage(payload)
            (reply,) = await client.more(1)
            assert (reply["id"], reply["status"]) == (None, 400), payload
            assert set(reply["error"]) == {"code", "msg"}
        client.sendMessage(b'{"id":"x","method":"ping"}', isBinary=True)
        await client.more(1)
        for request, code in (
            ({}, -1102),
            ({"method": 5}, -1102),
            ({"method": "nope"}, -1130),
            ({"method": "ping", "params": []}, -1135),
            ({"method": "ping", "params": {"returnRateLimits": 1}}, -1130),
            ({"method": "userDataStream.unsubscribe", "params": {"subscriptionId": "0"}}, -1130),
        ):
            self.asked += 1
            reply = await client.ask(id=self.asked, **request)
            assert (reply["status"], reply["error"]["code"]) == (400, code), request
        for number in ("a-B_9", -(2**63), None):
            client.sendMessage(json.dumps({"id": number, "method": "ping"}).encode())
            (reply,) = await client.more(1)
            assert (reply["id"], reply["status"]) == (number, 200)

    async def test_times_can_be_in_microseconds(self):
        """timeUnit in the URL changes replies and events; a wrong one is refused."""
        exchange = self.exchange()
        client = await self.connect(f"{PATH}?timeUnit=MICROSECOND")
        assert abs((await self.result(client, "time"))["serverTime"] / 1000 - now_ms()) < 5000
        stamp = now_ms() * 1000
        number = await self.result(client, "userDataStream.subscribe.signature", **signed(timestamp=stamp))
        assert number == {"subscriptionId": 0}
        (told, *_) = exchange.deposit("BTC", "1")
        (event, *_) = await self.events(client, 1)
        assert event["event"] == told | {"E": told["E"] * 1000, "T": told["T"] * 1000}
        await self.result(client, "userDataStream.unsubscribe")
        assert (await self.events(client, 3))[2]["event"]["E"] > 10**15
        await self.refused(f"{PATH}?timeUnit=DAY")


class SessionTests(ApiCase):
    async def test_any_key_subscribes_by_its_signature(self):
        """Events come in the wrapper with the subscription's id; ids begin at 0 on each connection."""
        exchange = self.exchange(api_keys=KEYS, record=True)
        client = await self.connect(PATH)
        first = await self.result(client, "userDataStream.subscribe.signature", **signed())
        second = await self.result(
            client, "userDataStream.subscribe.signature", **signed("ed-key", by_ed25519, recvWindow=60000)
        )
        assert (first, second) == ({"subscriptionId": 0}, {"subscriptionId": 1})
        other = await self.subscribed()
        told = exchange.fill("BNBBTC", "BUY", "1", api_key="hmac-key")
        for each in (client, other):
            assert await self.events(each, len(told)) == [{"subscriptionId": 0, "event": e} for e in told]
        # the account that began to listen last, whichever way
        assert exchange.deposit("BTC", "1")
        await self.events(other, len(told) + 2)
        assert exchange.sent["spot"] == [e["I"] for e in told if e["e"] == "executionReport"]
        assert await self.result(client, "session.subscriptions") == [
            {"subscriptionId": 0}, {"subscriptionId": 1},
        ]  # fmt: skip
        state = exchange.state()["connections"][0]
        assert state["subscriptions"] == [{"id": 0, "account": "spot"}, {"id": 1, "account": "spot"}]
        assert state["streams"] == ["spot"]
        assert "hmac-key" not in json.dumps(exchange.state())

    async def test_what_is_wrong_with_a_signed_request_has_its_code(self):
        """Each mistake has the code of the exchange, and opens nothing."""
        self.exchange(api_keys=KEYS)
        client = await self.connect(PATH)
        method = "userDataStream.subscribe.signature"
        good = signed()
        for params, error in (
            (signed(sign=lambda payload: by_hmac(payload, "wrong")), (400, -1022)),
            (signed(sign=by_ed25519), (400, -1022)),
            (good | {"recvWindow": 5000}, (400, -1022)),
            (signed(timestamp=now_ms() - 6000), (400, -1021)),
            (signed(timestamp=now_ms() + 3000), (400, -1021)),
            (signed(timestamp="soon"), (400, -1100)),
            (signed(recvWindow=60001), (400, -1131)),
            (signed("unknown"), (401, -2015)),
            (signed("a key"), (401, -2014)),
            ({}, (400, -1102)),
            ({k: v for k, v in good.items() if k != "signature"}, (400, -1102)),
            ({k: v for k, v in good.items() if k != "apiKey"}, (400, -1102)),
            (good | {"signature": ""}, (400, -1105)),
            (good | {"timestamp": None}, (400, -1102)),
        ):
            assert await self.error(client, method, **params) == error, params
        assert await self.result(client, "session.subscriptions") == []

    async def test_without_secrets_the_form_of_a_signature_is_checked(self):
        """Any 64 hexadecimal digits or base64 pass for a key whose secret the exchange does not know."""
        for options in ({}, {"api_keys": ["hmac-key"]}):
            self.exchange(**options)
            client = await self.connect(PATH)
            method = "userDataStream.subscribe.signature"
            assert await self.error(client, method, **signed(sign=lambda _: "nonsense!")) == (400, -1022)
            assert await self.result(client, method, **signed(sign=lambda _: "f" * 64)) == {
                "subscriptionId": 0
            }

    async def test_an_account_is_subscribed_to_once(self):
        """A second time is -2035; after the end it is a new id; an unknown id is -2036."""
        self.exchange(api_keys=KEYS)
        client = await self.subscribed()
        method = "userDataStream.subscribe.signature"
        assert await self.error(client, method, **signed()) == (400, -2035)
        assert await self.error(client, "userDataStream.unsubscribe", subscriptionId=5) == (400, -2036)
        assert await self.result(client, "userDataStream.unsubscribe", subscriptionId=0) == {}
        (ended,) = await self.events(client, 1)
        assert (ended["subscriptionId"], ended["event"]["e"]) == (0, "eventStreamTerminated")
        assert set(ended["event"]) == {"e", "E"}
        assert await self.error(client, "userDataStream.unsubscribe", subscriptionId=0) == (400, -2036)
        assert await self.result(client, method, **signed()) == {"subscriptionId": 1}
        assert await self.result(client, "userDataStream.unsubscribe") == {}

    async def test_a_session_logs_on_and_off(self):
        """Only Ed25519 keys log on; then a subscription needs no signature, and ends with the logon."""
        exchange = self.exchange(api_keys=KEYS)
        client = await self.connect(PATH)
        nobody = await self.result(client, "session.status")
        assert (nobody["apiKey"], nobody["authorizedSince"], nobody["userDataStream"]) == (None, None, False)
        assert await self.error(client, "userDataStream.subscribe") == (400, -1102)
        assert await self.error(client, "session.logon", **signed()) == (400, -1022)
        logged_on = await self.result(client, "session.logon", **signed("ed-key", by_ed25519))
        assert logged_on["apiKey"] == "ed-key"
        assert logged_on["connectedSince"] <= logged_on["authorizedSince"] <= logged_on["serverTime"]
        assert await self.result(client, "userDataStream.subscribe") == {"subscriptionId": 0}
        assert (await self.result(client, "session.status"))["userDataStream"] is True
        # signed methods still need the time, but no signature
        method = "userDataStream.subscribe.signature"
        assert await self.error(client, method) == (400, -1102)
        assert await self.error(client, method, timestamp=now_ms()) == (400, -2035)
        assert await self.result(client, method, **signed()) == {"subscriptionId": 1}
        told = exchange.deposit("BTC", "1", api_key="ed-key")
        assert await self.events(client, 2) == [{"subscriptionId": 0, "event": event} for event in told]
        nobody = await self.result(client, "session.logout")
        assert (nobody["apiKey"], nobody["userDataStream"]) == (None, True)
        ended = (await self.events(client, 3))[2]
        assert (ended["subscriptionId"], ended["event"]["e"]) == (0, "eventStreamTerminated")
        assert await self.result(client, "session.subscriptions") == [{"subscriptionId": 1}]

    async def test_listen_key_methods_are_those_of_binance_us(self):
        """With listen keys start, ping and stop are served; without them they are unknown."""
        exchange = self.exchange(listen_keys=False)
        client = await self.connect(PATH)
        assert await self.error(client, "userDataStream.start", apiKey="someone") == (400, -1130)
        exchange.backend.listen_keys = True
        key = (await self.result(client, "userDataStream.start", apiKey="someone"))["listenKey"]
        assert await self.result(client, "userDataStream.ping", apiKey="someone", listenKey=key) == {}
        assert await self.result(client, "userDataStream.stop", apiKey="someone", listenKey=key) == {}
        error = await self.error(client, "userDataStream.ping", apiKey="someone", listenKey=key)
        assert error == (400, -1125)
        assert await self.error(client, "userDataStream.start") == (400, -1102)

    async def test_accounts_with_a_subscription_trade_by_themselves(self):
        """``user_rate`` counts subscriptions as it does listen keys."""
        self.exchange(user_rate=200, rate=100)
        client = await self.subscribed()
        await client.until(lambda: {m["event"].get("S") for m in client.messages[1:]} >= {"BUY", "SELL"})

    async def test_events_go_to_the_listen_key_too(self):
        """An account with a key and a subscription is told on both."""
        exchange = self.exchange()
        streams = await self.connect(f"/ws/{await self.listen_key('hmac-key')}")
        client = await self.subscribed()
        told = exchange.deposit("BTC", "2")
        assert await streams.count(2) == told
        assert [message["event"] for message in await self.events(client, 2)] == told

    async def test_a_listen_key_is_good_for_as_long_as_told(self):
        """``listen_key_s`` is in seconds of the exchange's clock."""
        self.exchange(speed=100, listen_key_s=5)
        client = await self.connect(f"/ws/{await self.listen_key('hmac-key')}")
        began_s = reactor.seconds()
        assert (await client.count(1))[0]["e"] == "listenKeyExpired"
        assert reactor.seconds() - began_s < 5

    async def test_a_closed_connection_gets_nothing_more(self):
        """What ends with its connection is over: no subscription is left behind."""
        exchange = self.exchange()
        client = await self.subscribed()
        exchange.cut("/ws-api")
        await client.until(lambda: client.lost is not None)
        assert exchange.accounts.listening() == []
        assert exchange.deposit("BTC", "1")
        assert exchange.state()["connections"][0]["subscriptions"] == []


class TokenTests(ApiCase):
    async def test_a_token_opens_the_events_of_margin(self):
        """The token comes by a signed call; the subscription ends with it, in microseconds."""
        exchange = self.exchange(api_keys=KEYS)
        client = await self.connect(PATH)
        answer = await self.token()
        assert abs(answer["expirationTime"] - now_ms() - 86_400_000) < 10_000
        result = await self.result(
            client, "userDataStream.subscribe.listenToken", listenToken=answer["token"]
        )
        assert result == {
            "subscriptionId": 0,
            "expirationTime": pytest.approx(answer["expirationTime"] * 1000, abs=1000),
        }
        told = exchange.deposit("BTC", "1", account="margin")
        assert await self.events(client, 2) == [{"subscriptionId": 0, "event": event} for event in told]
        with pytest.raises(InvalidArgument, match="spot account"):
            exchange.deposit("BTC", "1")

    async def test_accounts_of_margin_are_accounts_of_their_own(self):
        """Cross margin, each pair and spot have their own subscriptions, events and balances."""
        exchange = self.exchange()
        client = await self.subscribed()
        assert (await self.margin(client))["subscriptionId"] == 1
        assert (await self.margin(client, isIsolated="true", symbol="BNBBTC"))["subscriptionId"] == 2
        assert (await self.margin(client, isIsolated="TRUE", symbol="ETHBTC"))["subscriptionId"] == 3
        for number, account in enumerate(
            ("spot", "margin", "isolated_margin:BNBBTC", "isolated_margin:ethbtc")
        ):
            exchange.deposit("BTC", str(number), account=account)
            event = (await self.events(client, 2 * number + 2))[-1]
            assert event["subscriptionId"] == number
            assert event["event"]["B"][0]["f"] == f"{1_000_000 + number}.00000000"
        exchange.fill("ETHBTC", "SELL", "1", account="isolated_margin:ETHBTC")
        with pytest.raises(InvalidArgument, match="trades nothing else"):
            exchange.fill("BNBBTC", account="isolated_margin:ETHBTC")
        for wrong in ("futures", "isolated_margin:", "isolated_margin:NOPE"):
            with pytest.raises(InvalidArgument):
                exchange.fill(account=wrong)
        with pytest.raises(InvalidArgument, match="begun to listen"):
            exchange.fill("NEOBTC", account="isolated_margin:NEOBTC")

    async def test_a_second_token_extends_without_a_gap(self):
        """The same account keeps its id, and lives until the later token's end."""
        exchange = self.exchange(listen_token_s=100)
        client = await self.connect(PATH)
        first = await self.margin(client, validity=60_000)
        second = await self.margin(client)
        assert second["subscriptionId"] == first["subscriptionId"] == 0
        assert 30_000_000 < second["expirationTime"] - first["expirationTime"] < 60_000_000
        assert (await self.margin(client, validity=1000))["expirationTime"] == second["expirationTime"]
        await deferLater(reactor, 0.05)
        assert len(exchange.connections[0].session.subscriptions) == 1

    async def test_a_token_runs_out(self):
        """At its end, on the exchange's clock, the subscription is told to be over; then it is -1209."""
        self.exchange(speed=2000, listen_token_s=400)
        client = await self.connect(PATH)
        token = (await self.token())["token"]
        await self.result(client, "userDataStream.subscribe.listenToken", listenToken=token)
        (ended,) = await self.events(client, 1)
        assert ended["event"]["e"] == "eventStreamTerminated"
        for wrong in (token, "nonsense"):
            error = await self.error(client, "userDataStream.subscribe.listenToken", listenToken=wrong)
            assert error == (400, -1209)
        assert await self.error(client, "userDataStream.subscribe.listenToken") == (400, -1102)

    async def test_the_call_for_a_token_is_checked(self):
        """Key, time, signature, pair and validity each have their error."""
        self.exchange(api_keys=KEYS)
        assert (await self.token(sign=lambda q: by_hmac(q, "x"), status=400))["code"] == -1022
        assert (await self.token("unknown", status=401))["code"] == -2015
        assert (await self.token(isIsolated="true", status=400))["code"] == -1102
        assert (await self.token(isIsolated="true", symbol="NOPE", status=400))["code"] == -1121
        assert (await self.token(isIsolated="maybe", status=400))["code"] == -1130
        assert (await self.token(validity=86_400_001, status=400))["code"] == -1130
        assert (await self.token(validity=0, status=400))["code"] == -1130
        assert (await self.token("ed-key", sign=by_ed25519))["token"]
        path = "/sapi/v1/userListenToken"
        query = f"timestamp={now_ms()}"
        assert (
            await self.http("POST", f"{path}?{query}&signature={by_hmac(query)}", "hmac-key")
        ).status == 200
        moved = f"signature={by_hmac(query)}&{query}"
        assert (await self.http("POST", f"{path}?{moved}", "hmac-key")).json()["code"] == -1022
        assert (await self.http("POST", f"{path}?{query}", "hmac-key")).json()["code"] == -1102
        assert (await self.http("POST", path, None)).json()["code"] == -2014
        assert (await self.http("GET", path, "hmac-key")).status == 405
        old = f"timestamp={now_ms() - 9000}"
        answer = await self.http("POST", f"{path}?{old}&signature={by_hmac(old)}", "hmac-key")
        assert answer.json()["code"] == -1021

    async def test_signatures_are_not_kept(self):
        """The list of REST calls holds no signature, and the log no key, token or signature."""
        exchange = self.exchange(api_keys=KEYS)
        with self.assertLogs("binance", "DEBUG") as logged:
            token = (await self.token())["token"]
            client = await self.connect(PATH)
            await self.result(client, "userDataStream.subscribe.listenToken", listenToken=token)
            exchange.fill(account="margin")
            exchange.expire_listen_tokens("hmac-key")
            exchange.revoke_key("hmac-key")
        assert exchange.rest_calls[0].params["signature"] == "..."
        text = "".join(logged.output) + json.dumps(exchange.state())
        assert not any(secret in text for secret in ("hmac-key", SECRET, token))

    async def test_the_listen_keys_of_margin_are_gone(self):
        """Both old paths answer 410 with a page, whatever the exchange does with spot's."""
        self.exchange(listen_keys=True)
        for path in ("/sapi/v1/userDataStream", "/sapi/v1/userDataStream/isolated"):
            for method in ("POST", "PUT", "DELETE"):
                answer = await self.http(method, path, "someone")
                assert (answer.status, answer.headers["content-type"]) == (410, "text/html")
                assert answer.body.startswith(b"<html>")


class FaultTests(ApiCase):
    async def test_subscriptions_can_be_terminated(self):
        """Those of the key and the kind end with their event, and can be opened again at once."""
        exchange = self.exchange()
        client = await self.subscribed()
        await self.margin(client)
        other = await self.subscribed("other-key")
        assert exchange.terminate_subscriptions("hmac-key", "spot") == 1
        (ended,) = await self.events(client, 1)
        assert (ended["subscriptionId"], ended["event"]["e"]) == (0, "eventStreamTerminated")
        assert exchange.terminate_subscriptions(account="margin") == 1
        assert exchange.terminate_subscriptions() == 1
        await self.events(other, 1)
        await self.result(client, "userDataStream.subscribe.signature", **signed())
        assert (await self.margin(client))["subscriptionId"] == 3
        with pytest.raises(InvalidArgument, match="futures"):
            exchange.terminate_subscriptions(account="futures")

    async def test_tokens_can_be_made_to_expire(self):
        """Tokens are over at once, with the subscriptions made by them and no others."""
        exchange = self.exchange()
        client = await self.subscribed()
        token = (await self.token())["token"]
        await self.result(client, "userDataStream.subscribe.listenToken", listenToken=token)
        assert exchange.expire_listen_tokens("other-key") == 0
        assert exchange.expire_listen_tokens() == 1
        (ended,) = await self.events(client, 1)
        assert (ended["subscriptionId"], ended["event"]["e"]) == (1, "eventStreamTerminated")
        error = await self.error(client, "userDataStream.subscribe.listenToken", listenToken=token)
        assert error == (400, -1209)
        assert await self.result(client, "session.subscriptions") == [{"subscriptionId": 0}]

    async def test_a_key_can_be_revoked_and_restored(self):
        """Its sessions are told at once and get nothing more, its calls are 401, until it is restored."""
        exchange = self.exchange(api_keys=KEYS)
        key = await self.listen_key("hmac-key")
        client = await self.subscribed()
        other = await self.subscribed("ed-key", by_ed25519)
        await self.result(other, "session.logon", **signed("ed-key", by_ed25519))
        assert exchange.revoke_key("hmac-key") == 1
        message = (await client.count(2))[1]
        assert (message["id"], message["status"], message["error"]["code"]) == (None, 401, -2015)
        assert exchange.deposit("BTC", "1", api_key="hmac-key")
        method = "userDataStream.subscribe.signature"
        assert await self.error(client, method, **signed()) == (401, -2015)
        assert (await self.token(status=401))["code"] == -2015
        answer = await self.http("PUT", f"/api/v3/userDataStream?listenKey={key}", "hmac-key")
        assert answer.json()["code"] == -2015
        assert exchange.faults()["revoke_key"] == ["hmac..."]
        assert not any("event" in message for message in client.messages)
        assert exchange.revoke_key() == 1
        await other.until(lambda: other.messages[-1]["id"] is None)
        assert await self.error(other, "userDataStream.subscribe") == (401, -2015)
        exchange.restore_key("hmac-key")
        await self.result(client, method, **signed())
        assert await self.error(other, method, **signed("ed-key", by_ed25519)) == (401, -2015)
        exchange.clear()
        await self.result(other, method, **signed("ed-key", by_ed25519))
        assert exchange.faults() == {}

    async def test_the_clock_can_be_wrong(self):
        """A timestamp has to fit the exchange's clock, which ``time`` tells; ``clear`` puts it right."""
        exchange = self.exchange(api_keys=KEYS)
        exchange.clock(-30_000)
        assert exchange.faults() == {"clock": -30_000}
        client = await self.connect(PATH)
        method = "userDataStream.subscribe.signature"
        assert await self.error(client, method, **signed()) == (400, -1021)
        rest_ms = (await self.http("GET", "/api/v3/time")).json()["serverTime"]
        server_ms = (await self.result(client, "time"))["serverTime"]
        assert abs(now_ms() - 30_000 - server_ms) < 5000
        assert abs(server_ms - rest_ms) < 5000
        await self.result(client, method, **signed(timestamp=server_ms))
        exchange.clear()
        assert (await self.token())["token"]
        with pytest.raises(InvalidArgument):
            exchange.clock(1e300)

    async def test_a_faster_clock_is_as_good_as_that_of_the_machine(self):
        """With ``speed`` a timestamp may follow either clock."""
        exchange = self.exchange(api_keys=KEYS, speed=2)
        exchange.market.advance(exchange.time_ms + 3_600_000)
        client = await self.subscribed()
        server_ms = (await self.result(client, "time"))["serverTime"]
        assert server_ms - now_ms() > 60_000
        stamp = signed("ed-key", by_ed25519, timestamp=server_ms, recvWindow=60000)
        await self.result(client, "userDataStream.subscribe.signature", **stamp)

    async def test_a_shutdown_is_announced(self):
        """The announcement has neither an id nor a subscription."""
        exchange = self.exchange()
        client = await self.subscribed()
        assert exchange.server_shutdown() == 1
        message = (await client.count(2))[1]
        assert set(message) == {"event"}
        assert set(message["event"]) == {"e", "E"}
        assert message["event"]["e"] == "serverShutdown"

    async def test_faults_of_connections_are_felt(self):
        """Refusals, stalls, quiet, edits, delays and pings are those of streams."""
        exchange = self.exchange(ping_interval_s=0.05, limits=Limits(dials_per_5_min=None))
        exchange.refuse(503, times=1)
        await self.refused(PATH)
        client = await self.subscribed()
        exchange.quiet("spot")
        exchange.deposit("BTC", "1")
        exchange.clear()
        assert exchange.duplicate("spot") == 1
        exchange.deposit("BTC", "2")
        deltas = [e["event"]["d"] for e in await self.events(client, 3) if "d" in e["event"]]
        assert deltas == ["2.00000000", "2.00000000"]
        exchange.stall("/ws-api")
        exchange.deposit("BTC", "3")
        client.sendMessage(b'{"id":"late","method":"ping"}')
        assert exchange.terminate_subscriptions() == 1
        await deferLater(reactor, 0.05)
        assert len(client.messages) == 4
        exchange.resume()
        await client.until(lambda: len(client.messages) == 6)
        late, ended = sorted(client.messages[4:], key=lambda m: "event" in m)
        assert (late["id"], ended["event"]["e"]) == ("late", "eventStreamTerminated")
        await client.until(lambda: client.pings)

    async def test_a_life_ends(self):
        """A connection of the WebSocket API lives as long as any other."""
        self.exchange(lifetime_s=0.1, lifetime_end="close")
        client = await self.connect(PATH)
        await client.until(lambda: client.lost is not None)
        assert client.ended[1] == 1001

    async def test_chaos_leaves_the_books_of_subscriptions_in_order(self):
        """Whatever happens to connections and tokens, who is subscribed is who has a connection."""
        exchange = self.exchange(rate=500, user_rate=300)
        exchange.chaos(seed=11, mean_s=0.002)
        told, clients = set(), []
        # until events have come, too: a busy machine may see none among the first faults
        while len(exchange.chaos_state()["done"]) < 300 or b'{"subscriptionId":' not in told:
            if len(exchange.open_connections) < 3:
                clients.append(self.dial(PATH))
            for connection in exchange.open_connections:
                if not connection.session.subscriptions and not connection.stalled:
                    account = exchange.accounts.authenticate(f"key-{connection.id % 2}", "margin")
                    token, _ = exchange.accounts.tokens.open(account, 1000, exchange.market.now_ms)
                    request = {"id": 1, "method": "userDataStream.subscribe.listenToken"}
                    payload = json.dumps(request | {"params": {"listenToken": token}}).encode()
                    connection.onMessage(payload, False)
            await deferLater(reactor, 0.005)
            told |= {payload[:18] for client in clients[-5:] for payload in client.payloads}
        exchange.stop_chaos()
        open_sessions = {connection.session for connection in exchange.open_connections}
        for account in exchange.accounts.listening():
            assert set(account.subscribers) <= open_sessions
        done = {item["fault"] for item in exchange.chaos_state()["done"]}
        assert {"terminate_subscriptions", "expire_listen_tokens"} <= done

    async def test_the_last_event_is_not_lost_to_faults_of_messages(self):
        """What tells of the end is neither skipped nor held back."""
        exchange = self.exchange()
        for fault in (exchange.skip, exchange.reorder):
            client = await self.subscribed()
            fault()
            exchange.terminate_subscriptions()
            (ended,) = await self.events(client, 1)
            assert ended["event"]["e"] == "eventStreamTerminated"


def test_a_connection_has_a_number_of_subscriptions():
    """Neither more than 1000 at a time nor more than 65,535 in all are opened on a connection."""
    accounts, session = Accounts(1), Session(1, True)
    for number in range(1000):
        assert session.subscribe(accounts.authenticate(f"key-{number}"), "signature").number == number
    extra = accounts.authenticate("extra")
    with pytest.raises(BinanceAPIException) as caught:
        session.subscribe(extra, "signature")
    assert (caught.value.status_code, caught.value.code) == (400, -2042)
    session.close()
    for _ in range(64_535):
        session.end(session.subscribe(extra, "signature"))
    with pytest.raises(BinanceAPIException):
        session.subscribe(extra, "signature")
    assert accounts.listening() == []


@given(st.one_of(st.binary(), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["id", "method", "params", *ws_api._METHODS]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "method", "params", "apiKey",
        "signature", "timestamp", "subscriptionId", "listenToken", "symbol", "limit"]) | st.text(), inner),
)))  # fmt: skip
def test_every_message_has_a_reply(message):
    """Whatever comes in, a reply that JSON can carry goes out, with a status and one of result and error."""
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    market = Market(["BNBBTC"], 1, 0, 1_790_000_000_000)
    clock = Clock(0, (1_790_000_000_000,))
    venue = ws_api.Venue(market, Accounts(1), True, clock, lambda _: (1, None, False), Limits())
    reply = ws_api.answer(payload, False, Session(1, True), venue)
    told = json.loads(json.dumps(reply.body, ensure_ascii=False).encode())
    assert ("result" in told) != ("error" in told)
    assert told["status"] == 200 or told["error"]["code"] < 0


def test_api_keys_reach_the_child_unseen():
    """Secrets are checked by the child, and stand neither in its command line nor in its log."""
    client_of = pytest.importorskip("websockets.sync.client")
    with Sandbox(rate=0, api_keys=KEYS, listen_key_s=50, listen_token_s=60) as sandbox:
        assert not any(SECRET in argument for argument in sandbox._arguments)
        with client_of.connect(f"ws://{sandbox.host}:{sandbox.port}{PATH}", proxy=None) as client:

            def ask(method, params):
                client.send(json.dumps({"id": 1, "method": method, "params": params}))
                return json.loads(client.recv(30))

            method = "userDataStream.subscribe.signature"
            assert ask(method, signed(sign=lambda p: by_hmac(p, "wrong")))["error"]["code"] == -1022
            assert ask(method, signed("unknown"))["error"]["code"] == -2015
            assert ask(method, signed())["result"] == {"subscriptionId": 0}
            sandbox.add_api_key("new", secret="other")
            assert ask(method, signed("new", lambda p: by_hmac(p, "other")))["result"] == {
                "subscriptionId": 1
            }
            told = sandbox.deposit("BTC", "1", account="spot")
            assert [json.loads(client.recv(30))["event"] for _ in told] == told
            sandbox.clock(5)
            assert sandbox.state()["faults"] == {"clock": 5}
            assert sandbox.expire_listen_tokens() == 0
            assert sandbox.terminate_subscriptions() == 2
            assert sandbox.revoke_key("new") == 0
            sandbox.restore_key("new")
        with pytest.raises(InvalidArgument) as caught:
            sandbox.add_api_key("new", secret=["not shown"])
        assert "not shown" not in str(caught.value)
    assert not any(secret in sandbox.log() for secret in (*KEYS, SECRET, "other-"))
    with pytest.raises(InvalidArgument), Sandbox(api_keys={"key": "-----BEGIN nothing"}):
        pass


@pytest.mark.parametrize("option", ["--listen-key", "--listen-token"])
def test_a_validity_that_cannot_be_is_told(option):
    """A listen key or token that is good for no time ends the program as a wrong command line does."""
    done = subprocess.run(
        [sys.executable, "-m", "binance.sandbox", option, "0"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and done.stderr.startswith("usage: ") and option in done.stderr
