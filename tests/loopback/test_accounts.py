"""Every kind of account against the sandbox: events arrive, and go on whatever happens."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from twisted.internet import reactor

from binance.client import Client
from binance.endpoints import Endpoints
from binance.process.threads import calls
from binance.sandbox import Sandbox
from binance.sandbox.accounts.venues import VENUES
from binance.sandbox.exchange import Exchange
from binance.websockets import BinanceSocketManager

from ..keys import ED25519, SECRET, pem
from ..support import ManagerCase, Recorder, turns, until

ROOT = Path(__file__).parents[2]
HMAC_KEY, RSA_KEY, ED25519_KEY = "H" * 64, "R" * 64, "E" * 64
RSA_PRIVATE = rsa.generate_private_key(65537, 2048)


def public_pem(private: Any) -> str:
    """The public half, as the exchange is given it."""
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(public.decode())


API_KEYS = {HMAC_KEY: SECRET, RSA_KEY: public_pem(RSA_PRIVATE), ED25519_KEY: public_pem(ED25519)}


class AccountTests:
    """The tests, for each kind of account below.

    :cvar api_key: of the account; *credentials*: the other arguments of its client.
    :cvar start_call: the manager's call, and its arguments before the callback.
    :cvar account: its name in the sandbox; *conn_key* with the manager.
    :cvar symbol: what it trades, None for any option; *report*: the first event of an order.
    :cvar options: of the exchange, with clocks that suit a test.
    """

    api_key = HMAC_KEY
    credentials: dict[str, Any] = {"api_secret": SECRET}
    user_stream = "signature"
    start_call: tuple[str, tuple[str, ...]] = ("start_user_socket", ())
    account = "spot"
    conn_key = "user"
    symbol: str | None = "BNBBTC"
    report = "executionReport"
    options: dict[str, Any] = {}

    def exchange_here(self: Any, **options: Any) -> Exchange:
        """A sandbox in this process, gone when the test ends."""
        given = {"rate": 0, "api_keys": API_KEYS, "limits": None, **self.options, **options}
        exchange = Exchange(reactor, **given)
        self.port = exchange.listen()
        self.addCleanup(exchange.close)
        self.exchange = exchange
        return exchange

    def venue(self: Any) -> Endpoints:
        return replace(Endpoints.sandbox("127.0.0.1", self.port), user_stream=self.user_stream)

    def socket(self: Any, client: Client | None = None, **options: Any) -> BinanceSocketManager:
        """A manager with the account's socket."""
        if client is None:
            client = Client(self.api_key, endpoints=self.venue(), **self.credentials)
        options.setdefault("user_timeout", 0.3)
        bm = self.manager(client, endpoints=self.venue(), **options)
        name, arguments = self.start_call
        assert getattr(bm, name)(*arguments, self.got) == self.conn_key
        return bm

    async def connected(self: Any, count: int = 1) -> None:
        await until(lambda: self.events.kinds().count("connected") >= count)

    async def brings(self: Any) -> dict[str, Any]:
        """An order is filled and its report arrives; returns the report."""
        done = len(self.got)
        made = self.filled()
        await until(lambda: len(self.got) >= done + len(made))
        assert self.got[done:] == made
        report = self.got[done]
        assert report["e"] == self.report
        return dict(report)

    def filled(self: Any) -> list[dict[str, Any]]:
        """Let an order be filled; returns its events."""
        symbol = self.symbol or next(iter(self.exchange.derivatives.options.books))
        made = self.exchange.fill(symbol, api_key=self.api_key, account=self.account)
        assert made
        return list(made)

    def left_quietly(self: Any) -> None:
        """Nothing failed on the way."""
        assert "key_failed" not in self.events.kinds()
        assert "gave_up" not in self.events.kinds()

    async def test_events_arrive_bare(self: Any) -> None:
        """An order's report comes to the callback as the exchange made it, once."""
        self.exchange_here()
        bm = self.socket()
        await self.connected()
        await self.brings()
        await self.brings()
        self.left_quietly()
        assert list(bm.stats()) == [self.conn_key]

    async def test_events_go_on_after_a_cut(self: Any) -> None:
        """The line breaks, and the account comes back by itself."""
        self.quick(retries_s=(0.02,) * 5)
        exchange = self.exchange_here()
        self.socket()
        await self.connected()
        exchange.cut()
        await self.connected(2)
        await self.brings()
        self.left_quietly()

    async def test_events_go_on_through_renewals(self: Any) -> None:
        """What authorises is extended in time, again and again; the connection stays, nothing expires."""
        if self.user_stream == "signature" and self.account == "spot":
            return  # nothing to renew
        exchange = self.exchange_here(listen_key_s=10.0, listen_token_s=1.0)
        self.socket(user_timeout=0.1)
        await self.connected()
        for count in (1, 2, 3):
            await until(lambda count=count: len(self.events.of("key_renewed")) >= count)
            await self.brings()
        self.left_quietly()
        assert len(exchange.dials) == 1
        assert {"eventStreamTerminated", "listenKeyExpired"}.isdisjoint(message["e"] for message in self.got)

    async def test_events_go_on_after_an_expiry_or_another_end_of_the_authorisation(self: Any) -> None:
        """The exchange says that it is over: it is begun anew, and the callback has been told."""
        exchange = self.exchange_here()
        self.socket()
        await self.connected()
        done = len(self.got)
        if self.user_stream == "listen_key":
            exchange.expire_listen_key()
        elif self.account == "spot":
            exchange.terminate_subscriptions()
        else:
            exchange.expire_listen_tokens()
        await until(lambda: self.events.of("key_replaced"))
        await until(lambda: len(self.got) > done)
        assert self.got[done]["e"] in ("eventStreamTerminated", "listenKeyExpired")
        if self.user_stream == "listen_key":
            await self.connected(2)
        await self.brings()
        self.left_quietly()

    async def test_events_go_on_after_the_exchange_forgot_the_authorisation(self: Any) -> None:
        """A terminated subscription, or a key that a keepalive no longer finds."""
        exchange = self.exchange_here()
        self.socket(user_timeout=0.1)
        await self.connected()
        if self.user_stream == "listen_key":
            exchange.forget_listen_keys()
            await self.connected(2)
        else:
            exchange.terminate_subscriptions()
            await until(lambda: self.events.of("key_replaced"))
        await self.brings()

    async def test_events_go_on_after_a_rest_outage(self: Any) -> None:
        """REST is down at the start, and again while keys and tokens run: the socket outlives it."""
        self.quick(call_again_s=0.02)
        exchange = self.exchange_here(listen_key_s=3600.0, listen_token_s=1.0)
        exchange.rest(down=502)
        self.socket(user_timeout=0.1)
        if self.account == "spot" and self.user_stream == "signature":
            await self.connected()  # it needs no REST
            await self.brings()
            return
        await until(lambda: len(self.events.of("key_failed")) >= 2)
        exchange.rest()
        await self.connected()
        exchange.rest(down=502)
        failed = len(self.events.of("key_failed"))
        await until(lambda: len(self.events.of("key_failed")) >= failed + 2)
        await self.brings()  # meanwhile
        exchange.rest()
        renewed = len(self.events.of("key_renewed")) + len(self.events.of("key_replaced"))
        await until(
            lambda: len(self.events.of("key_renewed")) + len(self.events.of("key_replaced")) > renewed
        )
        await self.brings()
        assert all(info["final"] is False for info in self.events.of("key_failed"))

    async def test_a_wrong_secret_is_one_event_and_one_attempt(self: Any) -> None:
        """Refused for good: one event, one line at ERROR, nothing tried again, and the key is free."""
        if self.user_stream == "listen_key":
            return  # which no secret signs
        exchange = self.exchange_here()
        wrong = Client(self.api_key, "x" * 64, endpoints=self.venue())
        with self.assertLogs("binance", "WARNING") as logs:
            bm = self.socket(wrong)
            await until(lambda: "gave_up" in self.events.kinds())
            await turns(50)
        [failed] = self.events.of("key_failed")
        assert (failed["code"], failed["final"]) == (-1022, True)
        assert self.attempts(exchange) == 1
        errors = [record.getMessage() for record in logs.records if record.levelname == "ERROR"]
        assert [("a retry would fail" in line, "given up" in line) for line in errors] == [
            (True, False),
            (False, True),
        ]
        assert bm.stats() == {}

    async def test_a_revoked_key_is_one_event_and_a_bounded_number_of_attempts(self: Any) -> None:
        """In the middle of the stream: found out, told once, given up; the exchange is left alone."""
        exchange = self.exchange_here()
        bm = self.socket(user_timeout=0.1)
        await self.connected()
        await self.brings()
        before = self.attempts(exchange)
        with self.assertLogs("binance", "WARNING") as logs:
            exchange.revoke_key(self.api_key)
            await until(lambda: self.events.of("key_failed"))
            if self.user_stream == "listen_key":  # the connection itself is not told
                exchange.cut()
            await until(lambda: "gave_up" in self.events.kinds())
            await turns(50)
        [failed] = self.events.of("key_failed")
        assert (failed["code"], failed["final"]) == (-2015, True)
        assert self.attempts(exchange) - before <= 3
        errors = [record.getMessage() for record in logs.records if record.levelname == "ERROR"]
        assert [("a retry would fail" in line, "given up" in line) for line in errors] == [
            (True, False),
            (False, True),
        ]
        assert bm.stats() == {}

    async def test_a_wrong_clock_is_one_event_and_is_corrected(self: Any) -> None:
        """An hour off: measured, told once with a line, and events arrive."""
        exchange = self.exchange_here()
        exchange.clock(3_600_000)
        with self.assertLogs("binance", "INFO") as logs:
            self.socket(user_timeout=60)
            await self.connected()
        await self.brings()
        if self.user_stream == "listen_key":
            self.left_quietly()  # it carries no time
            return
        [failed] = self.events.of("key_failed")
        assert (failed["code"], failed["final"]) == (-1021, False)
        [seconds] = re.findall(r"clock is ([\d.]+) s behind", failed["message"])
        assert 3_540 < float(seconds) <= 3_600  # less what the answer to the question took
        lines = [record for record in logs.records if "this machine's clock is" in record.getMessage()]
        assert [record.levelname for record in lines if record.levelname != "INFO"] == ["WARNING"]
        assert self.attempts(exchange) <= 4  # with an Ed25519 key: log on, time, log on, subscribe

    def attempts(self: Any, exchange: Exchange) -> int:
        """How often the exchange was asked for anything that authorises, refused or not."""
        rest = [call for call in exchange.rest_calls if "user" in call.path or "listenKey" in call.path]
        return len(rest) + sum(connection.received for connection in exchange.connections)


class SpotHmac(AccountTests, ManagerCase):
    """A spot account with an HMAC secret."""


class SpotRsa(AccountTests, ManagerCase):
    """A spot account with an RSA key."""

    api_key = RSA_KEY
    credentials = {"private_key": pem(RSA_PRIVATE)}


class SpotEd25519(AccountTests, ManagerCase):
    """A spot account with an Ed25519 key, which logs on."""

    api_key = ED25519_KEY
    credentials = {"private_key": pem(ED25519)}


class CrossMargin(AccountTests, ManagerCase):
    """A cross margin account."""

    start_call = ("start_margin_socket", ())
    account = conn_key = "margin"


class IsolatedMargin(AccountTests, ManagerCase):
    """The isolated margin account of one pair, with an Ed25519 key."""

    api_key = ED25519_KEY
    credentials = {"private_key": pem(ED25519)}
    start_call = ("start_isolated_margin_socket", ("bnbbtc",))
    account = conn_key = "isolated_margin:BNBBTC"


class BinanceUs(AccountTests, ManagerCase):
    """A spot account by listen key, as on binance.us."""

    user_stream = "listen_key"
    credentials: dict[str, Any] = {}


class DerivativesTests(AccountTests):
    """The same for accounts of derivatives, and what only they have.

    :cvar prefix: of the client's calls.
    :cvar path: a part of the path that their sockets have.
    """

    user_stream = "listen_key"
    credentials: dict[str, Any] = {}
    report = "ORDER_TRADE_UPDATE"
    prefix: str
    path: str

    async def test_planned_moves_lose_no_event_and_double_none(self: Any) -> None:
        """For its age, and for a shutdown that the exchange announces: the same key, a new connection."""
        exchange = self.exchange_here()
        self.socket(lifetime_s=0.3, handover_s=0.1)
        await self.connected()
        made: list[Any] = []

        async def moved(count: int) -> None:
            while self.events.kinds().count("rotated") < count:
                made.extend(self.filled())
                await turns(10)

        await moved(1)
        assert exchange.server_shutdown(match=self.path)
        await until(lambda: "serverShutdown" in {info["why"] for info in self.events.of("rotating")})
        await moved(self.events.kinds().count("rotating"))
        await until(lambda: len(self.got) >= len(made))
        await turns()
        assert self.got == made
        assert len({path for _, path in exchange.dials}) == 1
        self.left_quietly()
        assert not {"disconnected", "gap", "key_replaced"} & set(self.events.kinds())

    async def test_a_wrong_api_key_is_one_event_and_one_attempt(self: Any) -> None:
        """Refused for good: one call, the callback has the words, and who starts it again has to wait."""
        exchange = self.exchange_here()
        wrong = Client("W" * 64, endpoints=self.venue())
        bm = self.socket(wrong)
        await until(lambda: self.got)
        [failed] = self.events.of("key_failed")
        assert (failed["status"], failed["code"], failed["final"]) == (401, -2015, True)
        assert self.got == [{"e": "error", "m": failed["message"]}]
        assert bm.stats() == {}
        assert getattr(bm, self.start_call[0])(self.got) == self.conn_key
        await until(lambda: self.events.of("limited"))
        assert self.attempts(exchange) == 1

    async def test_a_key_that_another_program_has_replaced_is_noticed(self: Any) -> None:
        """Deleted and made anew, without a word: a keepalive names another one, and the socket moves."""
        exchange = self.exchange_here()
        self.socket(user_timeout=0.1)
        await self.connected()
        other = Client(self.api_key, endpoints=self.venue())
        before = await calls.run(reactor, getattr(other, f"{self.prefix}stream_get_listen_key"))
        await calls.run(reactor, getattr(other, f"{self.prefix}stream_close"), before)
        await calls.run(reactor, getattr(other, f"{self.prefix}stream_get_listen_key"))
        await until(lambda: self.events.of("key_replaced"))
        await self.connected(2)
        await self.brings()
        assert len({path for _, path in exchange.dials}) == 2
        assert "gave_up" not in self.events.kinds()


class UsdmFutures(DerivativesTests, ManagerCase):
    """An account of USD-M futures, where a key in the path, or one without events, is silent."""

    start_call = ("start_futures_user_socket", ())
    account, conn_key, symbol = "usdm", "usdm_user", "BTCUSDT"
    prefix, path = "futures_", "/private/ws"

    async def test_events_named_by_no_order_arrive_too(self: Any) -> None:
        """Every event of the exchange's table is among those that the URL names."""
        exchange = self.exchange_here()
        self.socket()
        await self.connected()
        made = []
        for name in VENUES["usdm"].at_will:
            made += exchange.account_event(name, "usdm", api_key=self.api_key)
        await until(lambda: len(self.got) >= len(made))
        assert self.got == made
        assert {event["e"] for event in self.got} == set(VENUES["usdm"].at_will)

    async def test_events_arrive_where_paths_are_lenient(self: Any) -> None:
        """The testnets take any form of the URL, this one too."""
        self.exchange_here(lenient_paths=True)
        self.socket()
        await self.connected()
        await self.brings()
        self.left_quietly()


class CoinmFutures(DerivativesTests, ManagerCase):
    """An account of COIN-M futures."""

    start_call = ("start_coin_futures_user_socket", ())
    account, conn_key, symbol = "coinm", "coinm_user", "BTCUSD_PERP"
    prefix, path = "futures_coin_", "/ws/"


class Options(DerivativesTests, ManagerCase):
    """An account of options."""

    start_call = ("start_options_user_socket", ())
    account, conn_key, symbol = "options", "options_user", None
    prefix, path = "options_", "/private/ws/"

    async def test_wrapped_events_arrive_bare(self: Any) -> None:
        """In the form of a combined connection; that the key has expired is understood in it, too."""
        exchange = self.exchange_here(wrapped_options=True)
        self.socket()
        await self.connected()
        await self.brings()
        done = len(self.got)
        exchange.expire_listen_key()
        await self.connected(2)
        assert [event["e"] for event in self.got[done:]] == ["listenKeyExpired"]
        await self.brings()
        self.left_quietly()


class PortfolioMargin(DerivativesTests, ManagerCase):
    """A portfolio margin account, by an order of its futures."""

    start_call = ("start_portfolio_margin_socket", ())
    account, conn_key, symbol = "portfolio_margin", "portfolio_margin", "BTCUSDT"
    prefix, path = "papi_", "/pm/ws/"

    async def test_events_of_all_its_parts_arrive(self: Any) -> None:
        """USD-M and COIN-M futures, and margin, whose reports are spot's."""
        exchange = self.exchange_here()
        self.socket()
        await self.connected()
        made = []
        for symbol in ("BTCUSDT", "BTCUSD_PERP", "BNBBTC"):
            made += exchange.fill(symbol, api_key=self.api_key, account=self.account)
        await until(lambda: len(self.got) >= len(made))
        assert self.got == made
        assert {event.get("fs", event["e"]) for event in made} >= {"UM", "CM", "executionReport"}


class SeveralAccounts(ManagerCase):
    """Two API keys in one process, each with a spot and a margin account."""

    async def test_each_account_gets_its_own_events_and_no_others(self):
        """Two managers, four accounts, two connections: a report goes to the one callback it is for."""
        exchange = Exchange(reactor, rate=0, api_keys=API_KEYS)
        self.addCleanup(exchange.close)
        venue = Endpoints.sandbox("127.0.0.1", exchange.listen())
        clients = [
            Client(HMAC_KEY, SECRET, endpoints=venue),
            Client(ED25519_KEY, private_key=pem(ED25519), endpoints=venue),
        ]
        got = {(client.API_KEY, account): Recorder() for client in clients for account in ("spot", "margin")}
        for client in clients:
            bm = self.manager(client, endpoints=venue)
            bm.start_user_socket(got[client.API_KEY, "spot"])
            bm.start_margin_socket(got[client.API_KEY, "margin"])
        await until(lambda: self.events.kinds().count("connected") == 4)
        assert len(exchange.dials) == 2
        made = {(key, account): exchange.fill("BNBBTC", api_key=key, account=account) for key, account in got}
        await until(lambda: all(len(got[one]) == len(made[one]) for one in got))
        await turns()
        assert got == made


DEBUG_SCRIPT = """
import logging, sys, threading
logging.basicConfig(level=logging.DEBUG)
import txaio
txaio.use_twisted()
txaio.start_logging(level="debug")
from binance.client import Client
from binance.endpoints import Endpoints
from binance.websockets import BinanceSocketManager

port, key_file = sys.argv[1:]
venue = Endpoints.sandbox("127.0.0.1", int(port))
clients = [
    Client("A" * 60, "secret-of-an-hmac-key", endpoints=venue),
    Client("B" * 60, private_key=key_file, endpoints=venue),
    Client("C" * 60, "another-wrong-secret", endpoints=venue),
]
DERIVATIVES = ["futures_user", "coin_futures_user", "options_user", "portfolio_margin"]
waiting = {0: 3, 1: 3, "refusals": 2, **dict.fromkeys(DERIVATIVES, 1)}
everything = threading.Event()

def came(what):
    waiting[what] -= 1
    if max(waiting.values()) <= 0:
        everything.set()

def taker(number):
    return lambda message: None if message["e"] == "error" else came(number)

def told(event):
    print(event, flush=True)
    if event.kind == "key_failed":
        came("refusals")

managers = []
for number, client in enumerate(clients):
    bm = BinanceSocketManager(client, on_event=told)
    print([bm.start_user_socket(taker(number)), bm.start_margin_socket(taker(number))])
    for kind in DERIVATIVES if number == 0 else ():
        print(getattr(bm, f"start_{kind}_socket")(taker(kind)))
    bm.start()
    managers.append(bm)
everything.wait(60)
print(managers, [bm.stats() for bm in managers], clients)
for bm in managers:
    bm.close()
"""


def test_no_secret_of_any_kind_is_printed_with_every_library_at_debug(tmp_path):
    """Autobahn, Twisted, urllib3 and ours at DEBUG: no API key, secret, token, listen key or signature."""
    key_file = tmp_path / "key.pem"
    key_file.write_text(pem(ED25519))
    keys = {"A" * 60: "secret-of-an-hmac-key", "B" * 60: public_pem(ED25519), "C" * 60: "the-right-secret"}
    with Sandbox(user_rate=20, api_keys=keys) as sandbox:
        done = subprocess.run(
            [sys.executable, "-c", DEBUG_SCRIPT, str(sandbox.port), str(key_file)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told_by_sandbox = sandbox.log()
    everything = done.stdout + done.stderr + told_by_sandbox
    assert done.returncode == 0, everything
    assert "kind='connected'" in everything
    assert "urllib3" in everything
    assert "-1022" in everything  # the third client's secret is wrong
    for key in ("usdm_user", "coinm_user", "options_user", "portfolio_margin"):
        assert f"kind='connected', conn_key='{key}'" in everything
    for secret in (*keys, "secret-of-an-hmac-key", "another-wrong-secret", "PRIVATE KEY"):
        assert secret not in everything
    # hexadecimal signatures, signatures in base64, and tokens are long runs of such letters
    runs = re.findall(r"[A-Za-z0-9+/=]{40,}", everything)
    assert [run for run in runs if not set(run) <= set("/=-+")] == []
