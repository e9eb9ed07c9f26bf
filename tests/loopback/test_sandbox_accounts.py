"""Accounts of derivatives in the sandbox, over real sockets: keys, paths, events, REST, faults."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from binance.exceptions import InvalidArgument
from binance.sandbox.market.amounts import UNIT, units

from ..event_fields import EVENTS, check_fields
from ..sandbox_case import SandboxTestCase

KEYS = {
    "usdm": "/fapi/v1/listenKey",
    "coinm": "/dapi/v1/listenKey",
    "options": "/eapi/v1/listenKey",
    "portfolio_margin": "/papi/v1/listenKey",
}
ALL = "/".join(EVENTS["usdm"])
# Where each kind of account listens to all there is, raw.
SOCKETS = {
    "usdm": f"/private/ws?listenKey={{}}&events={ALL}",
    "coinm": "/ws/{}",
    "options": "/private/ws/{}",
    "portfolio_margin": "/pm/ws/{}",
}
SYMBOLS = {"usdm": "BTCUSDT", "coinm": "BTCUSD_PERP", "portfolio_margin": "ETHUSDT"}
SECRET = "a-secret-of-this-test"


class AccountCase(SandboxTestCase):
    """An account of each kind."""

    async def key_of(self, kind, api_key="someone"):
        answer = await self.http("POST", KEYS[kind], api_key)
        assert answer.status == 200, answer.body
        return answer.json()["listenKey"]

    async def listen(self, kind, api_key="someone"):
        key = await self.key_of(kind, api_key)
        return key, await self.connect(SOCKETS[kind].format(key))

    def run_out(self, exchange, kind):
        """Let the time of a key be over."""
        exchange.accounts.choose("someone", kind).expires_ms = exchange.market.now_ms - 1

    async def signed(self, path, **params):
        """A signed GET of the account ``someone``."""
        now_ms = (await self.http("GET", "/api/v3/time")).json()["serverTime"]
        query = "&".join(f"{name}={value}" for name, value in {**params, "timestamp": now_ms}.items())
        signature = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
        answer = await self.http("GET", f"{path}?{query}&signature={signature}", "someone")
        assert answer.status == 200, answer.body
        return answer.json()

    async def silent(self, exchange, client, kind):
        """Make an event; the client gets none of it, and the control reply behind it is the first it gets."""
        have = len(client.payloads)
        exchange.deposit("USDT", "1", account=kind)
        reply = await client.ask(id=77, method="LIST_SUBSCRIPTIONS")
        assert client.messages[have:] == [reply]


class TestKeys(AccountCase):
    """The listen keys of each venue."""

    async def test_the_life_of_a_key(self):
        """POST gives one key, again and again; PUT names it; after DELETE there is none, and PUT is -1125."""
        self.exchange()
        seen = set()
        for kind, path in KEYS.items():
            key = await self.key_of(kind)
            assert await self.key_of(kind) == key
            assert await self.key_of(kind, "another") != key
            assert len(key) == 64
            assert (await self.http("PUT", path, "someone")).json() == {"listenKey": key}
            assert (await self.http("DELETE", path, "someone")).json() == {}
            for method in ("PUT", "DELETE"):
                gone = await self.http(method, path, "someone")
                assert (gone.status, gone.json()["code"]) == (400, -1125)
            assert (await self.http("GET", path, "someone")).status == 405
            new = await self.key_of(kind)
            assert new not in seen | {key}
            seen |= {key, new}
        assert len(seen) == 2 * len(KEYS)

    async def test_without_an_api_key_a_call_is_refused(self):
        """Without the header, and for a key that does not exist, every call is 401; each weighs 1."""
        self.exchange(api_keys=["known"])
        for path in KEYS.values():
            for method in ("POST", "PUT", "DELETE"):
                assert (await self.http(method, path)).status == 401
                answer = await self.http(method, path, "unknown")
                assert (answer.status, answer.json()["code"]) == (401, -2015)
        before = int((await self.http("POST", KEYS["usdm"], "known")).headers["x-mbx-used-weight-1m"])
        after = int((await self.http("POST", KEYS["usdm"], "known")).headers["x-mbx-used-weight-1m"])
        assert after == before + 1

    async def test_they_are_there_where_those_of_spot_are_not(self):
        """``listen_keys=False`` is binance.com's spot; its derivatives have listen keys all the same."""
        self.exchange(listen_keys=False)
        assert (await self.http("POST", "/api/v3/userDataStream", "someone")).status == 410
        for kind in KEYS:
            await self.key_of(kind)

    async def test_a_key_that_is_over_says_so(self):
        """After its time comes listenKeyExpired; the socket stays open and mute, and a new key is new."""
        exchange = self.exchange()
        for kind, path in KEYS.items():
            key, client = await self.listen(kind)
            self.run_out(exchange, kind)
            await client.until(lambda client=client: client.payloads)
            [event] = client.messages
            check_fields(kind, event)
            assert (event["e"], event["listenKey"]) == ("listenKeyExpired", key)
            assert isinstance(event["E"], str if kind == "options" else int)
            gone = await self.http("PUT", path, "someone")
            assert gone.json()["code"] == -1125
            new, other = await self.listen(kind)
            assert new != key
            exchange.deposit("USDT", "1", "someone", kind)
            await other.until(lambda other=other: other.payloads)
            reply = await client.ask(id=5, method="LIST_SUBSCRIPTIONS")
            assert client.messages == [event, reply]
            exchange.forget_listen_keys()

    async def test_only_the_key_that_is_over_ends(self):
        """The keys of one API key end each at its own time: an expired one takes no other with it."""
        exchange = self.exchange()
        _, client = await self.listen("coinm")
        other = await self.key_of("usdm")
        self.run_out(exchange, "coinm")
        await client.until(lambda: client.payloads)
        assert [account.listen_key for account in exchange.accounts.listen_keys.accounts()] == [other]

    async def test_a_renewed_key_is_valid_for_an_hour(self):
        """POST and PUT make a key valid for 60 minutes of the exchange's clock, however fast that goes."""
        exchange = self.exchange(speed=20)
        for kind, path in KEYS.items():
            account = exchange.accounts.choose("someone", kind)
            for method in ("POST", "PUT", "POST"):
                account.expires_ms -= 1_800_000
                before = exchange.market.now_ms
                assert (await self.http(method, path, "someone")).status == 200
                assert before <= account.expires_ms - 3_600_000 <= exchange.market.now_ms


class TestPaths(AccountCase):
    """Where events of a listen key arrive, in which form, and where they do not."""

    async def received(self, exchange, client, kind="usdm"):
        """Make one event, and return what the client gets of it."""
        have = len(client.payloads)
        exchange.deposit("USDT", "1", account=kind)
        await client.until(lambda: len(client.payloads) > have)
        return client.messages[have]

    async def test_the_strict_forms_of_usdm(self):
        """With ``events=`` both paths bring events, raw or as ``K@EVENT``; SUBSCRIBE brings them as ``K``."""
        exchange = self.exchange()
        key = await self.key_of("usdm")
        raw = await self.connect(f"/private/ws?listenKey={key}&events=ACCOUNT_UPDATE/TRADE_LITE")
        assert (await self.received(exchange, raw))["e"] == "ACCOUNT_UPDATE"
        wrapped = await self.connect(f"/private/stream?listenKey={key}&events=ACCOUNT_UPDATE")
        message = await self.received(exchange, wrapped)
        assert (message["stream"], message["data"]["e"]) == (f"{key}@ACCOUNT_UPDATE", "ACCOUNT_UPDATE")
        asked = await self.connect("/private/stream")
        await asked.ask(id=1, method="SUBSCRIBE", params=[key])
        message = await self.received(exchange, asked)
        assert (message["stream"], message["data"]["e"]) == (key, "ACCOUNT_UPDATE")
        item = await self.connect("/private/stream")
        await item.ask(id=1, method="SUBSCRIBE", params=[f"{key}@ACCOUNT_UPDATE"])
        assert (await self.received(exchange, item))["stream"] == f"{key}@ACCOUNT_UPDATE"

    async def test_only_the_events_that_are_named_come(self):
        """``events=`` leaves out what it does not name, listenKeyExpired too."""
        exchange = self.exchange()
        key = await self.key_of("usdm")
        client = await self.connect(f"/private/ws?listenKey={key}&events=TRADE_LITE")
        events = exchange.fill("BTCUSDT", "BUY", "2", account="usdm")
        exchange.expire_listen_key()
        await client.ask(id=1, method="LIST_SUBSCRIPTIONS")
        assert client.messages[:-1] == [event for event in events if event["e"] == "TRADE_LITE"]

    async def test_several_keys_share_a_socket(self):
        """``listenKey=A&events=X&listenKey=B&events=Y`` brings X of the one, and Y of the other."""
        exchange = self.exchange()
        one, other = await self.key_of("usdm", "one"), await self.key_of("usdm", "other")
        client = await self.connect(
            f"/private/stream?listenKey={one}&events=ACCOUNT_UPDATE&listenKey={other}&events=TRADE_LITE"
        )
        made = exchange.fill("BTCUSDT", "BUY", "0.1", api_key="one", account="usdm")
        first = len([event for event in made if event["e"] == "ACCOUNT_UPDATE"])
        made = exchange.fill("BTCUSDT", "BUY", "0.1", api_key="other", account="usdm")
        second = len([event for event in made if event["e"] == "TRADE_LITE"])
        await client.count(first + second)
        assert first and second
        assert [message["stream"] for message in client.messages] == (
            first * [f"{one}@ACCOUNT_UPDATE"] + second * [f"{other}@TRADE_LITE"]
        )

    async def test_strict_paths_are_silent(self):
        """As in production a key in the path, or one without ``events=``, connects and gets nothing."""
        exchange = self.exchange()
        key = await self.key_of("usdm")
        for path in (
            f"/private/ws/{key}",
            f"/private/ws?listenKey={key}",
            f"/private/stream?listenKey={key}",
        ):
            client = await self.connect(path)
            await self.silent(exchange, client, "usdm")

    async def test_lenient_paths_bring_all_events(self):
        """With ``lenient_paths=True`` they do what is documented."""
        exchange = self.exchange(lenient_paths=True)
        key = await self.key_of("usdm")
        for path in (f"/private/ws/{key}", f"/private/ws?listenKey={key}"):
            assert (await self.received(exchange, await self.connect(path)))["e"] == "ACCOUNT_UPDATE"
        client = await self.connect(f"/private/stream?listenKey={key}")
        assert (await self.received(exchange, client))["stream"] == key

    async def test_the_forms_of_coinm(self):
        """COIN-M brings events raw on ``/ws/K``, and under ``K`` on ``/stream``."""
        exchange = self.exchange()
        key = await self.key_of("coinm")
        raw = await self.connect(f"/ws/{key}")
        exchange.deposit("BTC", "1", account="coinm")
        wrapped = await self.connect(f"/stream?streams={key}")
        asked = await self.connect("/stream")
        await asked.ask(id=1, method="SUBSCRIBE", params=[key])
        exchange.deposit("BTC", "1", account="coinm")
        await raw.count(2)
        await wrapped.count(1)
        await asked.count(2)
        [message] = wrapped.messages
        assert message == {"stream": key, "data": raw.messages[1]} == asked.messages[1]

    async def test_options_are_raw_or_wrapped(self):
        """Options bring events raw on ``/private/ws/K``; ``wrapped_options`` wraps them."""
        for wrapped in (False, True):
            exchange = self.exchange(wrapped_options=wrapped)
            key, client = await self.listen("options")
            message = await self.received(exchange, client, "options")
            event = message["data"] if wrapped else message
            assert event["e"] == "BALANCE_POSITION_UPDATE"
            assert not wrapped or message["stream"] == key

    async def test_a_key_that_does_not_exist_is_silent(self):
        """The handshake succeeds, and nothing comes, whatever the path."""
        exchange = self.exchange()
        bogus = "x" * 64
        for kind, path in SOCKETS.items():
            await self.key_of(kind)
            client = await self.connect(path.format(bogus))
            await self.silent(exchange, client, kind)

    async def test_a_key_is_silent_at_the_paths_of_others(self):
        """The key of one venue brings nothing at the path of another, though it connects."""
        exchange = self.exchange()
        for kind, foreign in (
            ("options", "portfolio_margin"), ("portfolio_margin", "options"), ("coinm", "options"),
            ("usdm", "portfolio_margin"), ("portfolio_margin", "usdm"),
        ):  # fmt: skip
            client = await self.connect(SOCKETS[foreign].format(await self.key_of(kind)))
            await self.silent(exchange, client, kind)

    async def test_keys_of_usdm_are_silent_at_unrouted_paths(self):
        """Where spot and COIN-M have their keys, those of the others bring nothing, subscribed to or not."""
        exchange = self.exchange()
        for kind in ("usdm", "options", "portfolio_margin"):
            key = await self.key_of(kind)
            await self.silent(exchange, await self.connect(f"/ws/{key}"), kind)
            for path in ("/stream", "/public/stream", "/market/stream"):
                client = await self.connect(path)
                await client.ask(id=1, method="SUBSCRIBE", params=[key, f"{key}@ACCOUNT_UPDATE"])
                await self.silent(exchange, client, kind)

    async def test_other_paths_are_not_there(self):
        """What is none of the exchange's paths is 404."""
        self.exchange()
        for path in ("/private", "/private/other", "/pm"):
            client = await self.refused(path)
            assert "404" in client.ended[2]


class TestEvents(AccountCase):
    """The events of each kind of account."""

    async def test_every_event_has_the_documented_fields(self):
        """Orders, deposits and calls make every event of the table, each with its fields and no other."""
        exchange = self.exchange()
        for kind, table in EVENTS.items():
            key, client = await self.listen(kind)
            made = exchange.dealings.send_any(exchange.accounts.choose(None, kind), 0)
            option = made[0]["o"]["s"]
            made += exchange.fill(SYMBOLS.get(kind, option), "BUY", "2", account=kind)
            made += exchange.deposit("USDT", "5", account=kind)
            if kind == "portfolio_margin":
                made += exchange.fill("BNBBTC", "BUY", "1", account=kind)
            venue_events = [name for name in table if name not in {event["e"] for event in made}]
            for name in venue_events:
                if name != "listenKeyExpired":
                    made += exchange.account_event(name, kind, SYMBOLS.get(kind))
            exchange.expire_listen_key("someone", kind)
            await client.count(len(made) + 1)
            assert client.messages[:-1] == made
            assert client.messages[-1]["listenKey"] == key
            for event in client.messages:
                check_fields(kind, event)
            assert {event["e"] for event in client.messages} == set(table)

    async def test_a_funding_fee_and_the_multi_assets_mode(self):
        """A long pays funding, under the symbol; without one USD-M alone changes its multi-assets mode."""
        exchange = self.exchange()
        await self.listen("usdm")
        *_, last = [e for e in exchange.fill("BTCUSDT", "BUY", "2", account="usdm") if "a" in e]
        [event] = exchange.account_event("ACCOUNT_UPDATE", symbol="BTCUSDT")
        fee, wallet = units(event["a"]["B"][0]["bc"]), units(event["a"]["B"][0]["wb"])
        assert (event["a"]["m"], event["a"]["S"], event["a"]["P"]) == ("FUNDING_FEE", "BTCUSDT", [])
        market = exchange.derivatives.futures
        rate, _ = market.prices.funding(market.books["BTCUSDT"], event["T"])
        assert fee and (fee < 0) == (rate > 0)
        assert wallet == units(last["a"]["B"][0]["wb"]) + fee
        assert exchange.account_event("ACCOUNT_CONFIG_UPDATE")[0]["ai"] == {"j": True}
        assert exchange.account_event("ACCOUNT_CONFIG_UPDATE")[0]["ai"] == {"j": False}
        await self.listen("coinm")
        assert exchange.account_event("ACCOUNT_CONFIG_UPDATE", "coinm")[0]["ac"]["l"] == 40

    async def test_both_legs_of_portfolio_margin_say_which_they_are(self):
        """``fs`` is UM or CM by the contract, with COIN-M's alias and asset on the latter."""
        exchange = self.exchange()
        await self.listen("portfolio_margin")
        for symbol, leg in (("BTCUSDT", "UM"), ("BTCUSD_PERP", "CM")):
            events = exchange.fill(symbol, "BUY", "2", account="portfolio_margin")
            assert {event["fs"] for event in events} == {leg}
            assert all(("i" in event) == (leg == "CM") for event in events)
            assert all(("ma" in event["o"]) == (leg == "CM") for event in events if "o" in event)

    async def test_what_cannot_be_made_is_refused(self):
        """An event, a contract or an account that there is not is named, with what to use."""
        exchange = self.exchange()
        with pytest.raises(InvalidArgument, match="no usdm account has begun to listen"):
            exchange.fill("BTCUSDT", account="usdm")
        await self.key_of("usdm")
        await self.key_of("options")
        for arguments, words in (
            (("GREEK_UPDATE", "usdm"), "use one of ACCOUNT_UPDATE"),
            (("MARGIN_CALL", "spot"), "account is one of"),
            (("MARGIN_CALL", "nobody"), "account is one of"),
            (("MARGIN_CALL", "usdm", "NEOBTC"), "this account trades no NEOBTC"),
        ):  # fmt: skip
            with pytest.raises(InvalidArgument, match=words):
                exchange.account_event(*arguments)
        with pytest.raises(InvalidArgument, match="hold USDT"):
            exchange.deposit("BTC", "1", account="options")

    async def test_orders_are_seen_on_the_market(self):
        """What an account trades in futures stands in its market's streams, under the same trade ids."""
        exchange = self.exchange(rate=0)
        await self.key_of("usdm")
        client = await self.connect("/public/ws/btcusdt@trade")
        events = exchange.fill("BTCUSDT", "BUY", "0.1", account="usdm")
        trades = [e["o"] for e in events if e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["x"] == "TRADE"]
        await client.count(len(trades))
        assert [(m["t"], units(m["p"])) for m in client.messages] == [(o["t"], units(o["L"])) for o in trades]
        await self.key_of("coinm")
        client = await self.connect("/ws/btcusd_perp@aggTrade")
        exchange.fill("BTCUSD_PERP", "SELL", "2", account="coinm")
        await client.until(lambda: sum(int(message["q"]) for message in client.messages) == 2)

    async def test_random_traders_trade_everything(self):
        """With ``user_rate`` each account buys and sells all it can trade; nothing is lost or doubled."""
        exchange = self.exchange(user_rate=400, record=True)
        clients = {kind: (await self.listen(kind))[1] for kind in SOCKETS}
        for kind, client in clients.items():
            wanted = {"portfolio_margin": 8, "options": 4}.get(kind, 2)

            def traded(client=client, wanted=wanted):
                orders = [m["o"] for m in client.messages if m["e"] == "ORDER_TRADE_UPDATE"]
                orders += [m for m in client.messages if m["e"] == "executionReport"]
                return len({(o["s"], o["S"]) for o in orders if o["x"] == "TRADE"}) >= 2 * wanted

            await client.until(traded)
        key = exchange.accounts.choose("someone", "portfolio_margin").listen_key
        messages = clients["portfolio_margin"].messages
        numbered = [m["I"] if "I" in m else m["E"] for m in messages if m["e"] != "outboundAccountPosition"]
        assert exchange.sent[f"pm:{key}"][: len(numbered)] == numbered
        seen = [(m["e"], m.get("I", m["E"]), m.get("U")) for m in messages]
        assert len(seen) == len(set(seen))


class TestRest(AccountCase):
    """REST, which says what the events said."""

    async def test_futures_agree_with_their_events(self):
        """Balances and positions of REST are those of the last events, for each venue and leg."""
        exchange = self.exchange(api_keys={"someone": SECRET})
        for kind, symbol, account, risk in (
            ("usdm", "BTCUSDT", "/fapi/v2/account", "/fapi/v2/positionRisk"),
            ("coinm", "BTCUSD_PERP", "/dapi/v1/account", "/dapi/v1/positionRisk"),
            ("portfolio_margin", "BTCUSDT", "/papi/v1/um/account", "/papi/v1/um/positionRisk"),
            ("portfolio_margin", "BTCUSD_PERP", "/papi/v1/cm/account", "/papi/v1/cm/positionRisk"),
        ):
            await self.key_of(kind)
            unit = 1 if symbol.endswith("_PERP") else 0.1
            exchange.fill(symbol, "BUY", f"{3 * unit:.1f}", account=kind)
            events = exchange.fill(symbol, "SELL", f"{unit}", account=kind)
            update = next(event["a"] for event in reversed(events) if "a" in event)
            update = next(event["a"] for event in reversed(events) if "a" in event)
            [balance], [position] = update["B"], update["P"]
            answer = await self.signed(account)
            [asset] = [row for row in answer["assets"] if row["asset"] == balance["a"]]
            assert asset["walletBalance"] == balance["wb"]
            [held] = [row for row in answer["positions"] if row["symbol"] == symbol]
            assert (held["positionAmt"], held["entryPrice"]) == (position["pa"], position["ep"])
            [row] = await self.signed(risk, symbol=symbol)
            assert (row["positionAmt"], row["entryPrice"]) == (position["pa"], position["ep"])
            assert units(row["positionAmt"]) == round(2 * unit * UNIT)
            assert units(row["markPrice"]) > 0

    async def test_newer_calls_of_futures_say_the_same(self):
        """Balances, open positions and brackets of the calls of today agree with the account."""
        exchange = self.exchange(api_keys={"someone": SECRET}, rate=0)
        for kind, symbol, balance in (
            ("usdm", "BTCUSDT", "/fapi/v3/balance"), ("usdm", "BTCUSDT", "/fapi/v2/balance"),
            ("coinm", "BTCUSD_PERP", "/dapi/v1/balance"),
        ):  # fmt: skip
            await self.key_of(kind)
            events = exchange.fill(symbol, "BUY", "1", account=kind)
            [told] = next(event["a"]["B"] for event in reversed(events) if "a" in event)
            [row] = [row for row in await self.signed(balance) if row["asset"] == told["a"]]
            assert (row["balance"], row["crossWalletBalance"]) == (told["wb"], told["cw"])
        older = {row["symbol"]: row for row in (await self.signed("/fapi/v2/account"))["positions"]}
        [held] = (await self.signed("/fapi/v3/account"))["positions"]
        assert held == older["BTCUSDT"]
        [risk] = await self.signed("/fapi/v3/positionRisk")
        assert (risk["symbol"], risk["positionAmt"]) == ("BTCUSDT", held["positionAmt"])
        assert (risk["initialMargin"], risk["marginAsset"]) == (held["initialMargin"], "USDT")
        assert await self.signed("/fapi/v3/positionRisk", symbol="ETHUSDT") == []
        for path, symbol, unit in (
            ("/fapi/v1/leverageBracket", "BTCUSDT", "notional"),
            ("/dapi/v2/leverageBracket", "BTCUSD_PERP", "qty"),
        ):
            assert len(await self.signed(path)) > 1
            [one] = await self.signed(path, symbol=symbol)
            assert one["symbol"] == symbol
            floors = [row[f"{unit}Floor"] for row in one["brackets"]]
            assert floors == [0, *(row[f"{unit}Cap"] for row in one["brackets"])][:-1]

    async def test_options_agree_with_their_events(self):
        """Equity, positions and greeks of options are those of the last events."""
        exchange = self.exchange(api_keys={"someone": SECRET}, rate=0)
        await self.key_of("options")
        account = exchange.accounts.choose(None, "options")
        symbol = exchange.dealings.send_any(account, 0)[0]["o"]["s"]
        events = {event["e"]: event for event in exchange.fill(symbol, "BUY", "2", account="options")}
        answer = await self.signed("/eapi/v1/account")
        [asset] = answer["asset"]
        assert asset["marginBalance"] == events["ACCOUNT_UPDATE"]["b"]
        assert asset["marginBalance"] == events["BALANCE_POSITION_UPDATE"]["B"][0]["b"]
        [position] = await self.signed("/eapi/v1/position")
        [changed] = events["BALANCE_POSITION_UPDATE"]["P"]
        assert (position["symbol"], position["quantity"], position["entryPrice"]) == (
            symbol, changed["c"], changed["a"]
        )  # fmt: skip
        [greek] = answer["greek"]
        assert 0 < float(greek["delta"]) < float(position["quantity"])
        assert float(greek["theta"]) < 0 < float(greek["vega"])

    async def test_balances_of_portfolio_margin_add_up(self):
        """The balance of an asset is the sum of the margin leg and of both legs of futures."""
        exchange = self.exchange(api_keys={"someone": SECRET})
        await self.key_of("portfolio_margin")
        exchange.fill("BTCUSDT", "BUY", "1", account="portfolio_margin")
        events = exchange.fill("BNBBTC", "BUY", "1", account="portfolio_margin")
        balances = {row["a"]: row["f"] for row in events[-1]["B"]}
        rows = {row["asset"]: row for row in await self.signed("/papi/v1/balance")}
        assert {asset: rows[asset]["crossMarginFree"] for asset in balances} == balances
        for row in rows.values():
            parts = ("crossMarginAsset", "umWalletBalance", "cmWalletBalance")
            assert units(row["totalWalletBalance"]) == sum(units(row[part]) for part in parts)

    async def test_what_is_signed_has_to_be(self):
        """Without a signature accounts answer with an error, and an unknown symbol is -1121."""
        self.exchange()
        for path in ("/fapi/v2/account", "/dapi/v1/account", "/eapi/v1/account", "/papi/v1/balance"):
            assert (await self.http("GET", path)).status == 401
            answer = await self.http("GET", path, "someone")
            assert (answer.status, answer.json()["code"]) == (400, -1102)


class TestFaults(AccountCase):
    """What can go wrong with the keys of each venue."""

    async def test_keys_of_one_kind_expire_or_are_forgotten(self):
        """``account=`` narrows both faults to the keys of one venue, ``api_key=`` to those of an owner."""
        exchange = self.exchange()
        clients = {kind: (await self.listen(kind))[1] for kind in KEYS}
        await self.key_of("usdm", "another")
        assert exchange.expire_listen_key(account="coinm") == 1
        await clients["coinm"].count(1)
        assert exchange.forget_listen_keys("someone", "usdm") == 1
        assert exchange.forget_listen_keys("nobody") == 0
        statuses = {kind: (await self.http("PUT", path, "someone")).status for kind, path in KEYS.items()}
        assert statuses == {"usdm": 400, "coinm": 400, "options": 200, "portfolio_margin": 200}
        assert (await self.http("PUT", KEYS["usdm"], "another")).status == 200
        reply = await clients["usdm"].ask(id=1, method="LIST_SUBSCRIPTIONS")
        assert clients["usdm"].messages == [reply]
        assert exchange.expire_listen_key() == 3
        with pytest.raises(InvalidArgument, match="no account is 'nobody'"):
            exchange.expire_listen_key(account="nobody")

    async def test_a_revoked_key_is_refused_everywhere(self):
        """After ``revoke_key`` calls of every venue are 401, and its sockets mute; then a new key is made."""
        exchange = self.exchange()
        before = {kind: await self.key_of(kind) for kind in KEYS}
        client = await self.connect(SOCKETS["usdm"].format(before["usdm"]))
        exchange.revoke_key("someone")
        for path in KEYS.values():
            answer = await self.http("PUT", path, "someone")
            assert (answer.status, answer.json()["code"]) == (401, -2015)
        exchange.restore_key("someone")
        for kind, path in KEYS.items():
            assert (await self.http("PUT", path, "someone")).json()["code"] == -1125
            assert await self.key_of(kind) != before[kind]
        await self.silent(exchange, client, "usdm")

    async def test_rest_of_one_venue_is_down(self):
        """``rest(match=)`` fails the calls of one venue, and no other's."""
        exchange = self.exchange()
        exchange.rest(down=503, match="/fapi/")
        assert (await self.http("POST", KEYS["usdm"], "someone")).status == 503
        await self.key_of("coinm")
        exchange.rest()
        await self.key_of("usdm")

    async def test_faults_of_messages_find_a_key(self):
        """A fault that is meant for a listen key touches its events, by their times."""
        exchange = self.exchange()
        key, client = await self.listen("coinm")
        exchange.skip(key)
        [lost] = exchange.deposit("BTC", "1", account="coinm")
        [kept] = exchange.deposit("BTC", "1", account="coinm")
        await client.count(1)
        assert client.messages == [kept]
        assert [e["ids"] for e in exchange.fault_log if e["fault"] == "skip" and "ids" in e] == [[lost["E"]]]

    async def test_no_log_line_holds_a_key(self):
        """Whatever happens to accounts, no listen key and no API key stands in the log."""
        api_key = "k" * 12 + "-of-somebody-" + "z" * 12
        with self.assertLogs("binance.sandbox", "DEBUG") as logged:
            exchange = self.exchange(lenient_paths=True)
            keys = []
            for kind in KEYS:
                key, client = await self.listen(kind, api_key)
                exchange.deposit("USDT", "1", account=kind)
                exchange.stall(f"#{len(keys) + 1}")
                keys.append(key)
            client.sendMessage(json.dumps({"id": 1, "method": "LIST_SUBSCRIPTIONS"}).encode())
            exchange.resume()
            exchange.refuse(503, match="/private")
            await self.refused(f"/private/ws?listenKey={keys[0]}")
            exchange.cut(keys[1])
            exchange.expire_listen_key(account="options")
            exchange.forget_listen_keys()
            exchange.revoke_key(api_key)
        text = "\n".join(logged.output)
        assert text.count("\n") > 8
        assert not [key for key in [*keys, api_key] if key in text]
