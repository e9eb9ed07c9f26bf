"""The hosts of each venue. Values only, nothing is connected to here.

Source: Spot, Derivatives and binance.us *General Info* pages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import binance.constants  # noqa: F401  it looks whether our files are ours
from binance.exceptions import InvalidArgument
from binance.process.logs import Log
from binance.process.once import Once
from binance.wire.hosts import is_loopback

log = Log(__name__)

_HOST = r"([^/?#\s@:\[\]]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?"
_HTTP = re.compile(rf"https?://{_HOST}")
_WS = re.compile(rf"wss?://{_HOST}")
_PLAIN = re.compile(rf"(?:http|ws)://{_HOST}")
_WS_WITH_PATH = re.compile(rf"wss?://{_HOST}(/[^?#\s]*[^/?#\s])?")


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The hosts of one venue; every field that is left out is binance.com's.

    Values are ``scheme://host[:port]`` without a path or a slash at the end, except ``ws_api``, which is
    the whole URL, and ``portfolio_stream``, which ends in ``/pm``.

    :ivar web: the web site, which the client asks for its list of products.
    :ivar user_stream: how spot account events are obtained: ``"signature"`` (a signed WebSocket API
        subscription, binance.com) or ``"listen_key"`` (binance.us).
    :raises InvalidArgument: if a value has another form, or a port above 65535.
    """

    rest: str = "https://api.binance.com"
    stream: str = "wss://stream.binance.com:9443"
    ws_api: str = "wss://ws-api.binance.com:443/ws-api/v3"
    usdm_rest: str = "https://fapi.binance.com"
    usdm_stream: str = "wss://fstream.binance.com"
    coinm_rest: str = "https://dapi.binance.com"
    coinm_stream: str = "wss://dstream.binance.com"
    options_rest: str = "https://eapi.binance.com"
    options_stream: str = "wss://fstream.binance.com"
    portfolio_rest: str = "https://papi.binance.com"
    portfolio_stream: str = "wss://fstream.binance.com/pm"
    web: str = "https://www.binance.com"
    user_stream: Literal["signature", "listen_key"] = "signature"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "user_stream":
                if value not in ("signature", "listen_key"):
                    raise InvalidArgument(f"user_stream is {value!r}; use 'signature' or 'listen_key'")
                continue
            if field.name.endswith("rest") or field.name == "web":
                form, example = _HTTP, "https://host:port"
            elif field.name in ("ws_api", "portfolio_stream"):
                form, example = _WS_WITH_PATH, "wss://host:port/path"
            else:
                form, example = _WS, "wss://host:port"
            found = form.fullmatch(value) if isinstance(value, str) else None
            if found is None:
                shown = _without_user(value)
                raise InvalidArgument(
                    f"{field.name} is {shown!r}; use the form {example}, without a slash at the end"
                )
            if found[2] and not 0 < int(found[2][1:]) < 65_536:
                raise InvalidArgument(f"{field.name} is {value!r}; use a port from 1 to 65535")

    @classmethod
    def sandbox(
        cls, host: str, port: int, tls: bool = False, *, ports: Mapping[str, int] | None = None
    ) -> Endpoints:
        """One local server that stands in for all venues, as :class:`binance.sandbox.Sandbox` does.

        :param host: name or address, e.g. ``"127.0.0.1"``.
        :param port: TCP port.
        :param tls: https and wss instead of http and ws.
        :param ports: where streams of ``"usdm"`` and ``"coinm"`` have ports of their own. On one port,
            names that spot and COIN-M share, ``!bookTicker`` for example, are spot's.
        """
        host = f"[{host}]" if ":" in host else host
        http = f"{'https' if tls else 'http'}://{host}:{port}"
        scheme = "wss" if tls else "ws"
        ws = f"{scheme}://{host}:{port}"
        usdm, coinm = (f"{scheme}://{host}:{(ports or {}).get(market, port)}" for market in ("usdm", "coinm"))
        return cls(
            rest=http,
            stream=ws,
            ws_api=f"{ws}/ws-api/v3",
            usdm_rest=http,
            usdm_stream=usdm,
            coinm_rest=http,
            coinm_stream=coinm,
            options_rest=http,
            options_stream=ws,
            portfolio_rest=http,
            portfolio_stream=f"{ws}/pm",
            web=http,
        )


BINANCE_COM = Endpoints()
BINANCE_US = Endpoints(
    rest="https://api.binance.us",
    stream="wss://stream.binance.us:9443",
    ws_api="wss://ws-api.binance.us:443/ws-api/v3",
    web="https://www.binance.us",
    user_stream="listen_key",
)
SPOT_TESTNET = Endpoints(
    rest="https://testnet.binance.vision",
    stream="wss://stream.testnet.binance.vision",
    ws_api="wss://ws-api.testnet.binance.vision/ws-api/v3",
    usdm_rest="https://testnet.binancefuture.com",
    usdm_stream="wss://fstream.binancefuture.com",
    coinm_rest="https://testnet.binancefuture.com",
    coinm_stream="wss://dstream.binancefuture.com",
    options_rest="https://testnet.binancefuture.com",
    options_stream="wss://fstream.binancefuture.com",
)
SPOT_DEMO = Endpoints(
    rest="https://demo-api.binance.com",
    stream="wss://demo-stream.binance.com:9443",
    ws_api="wss://demo-ws-api.binance.com/ws-api/v3",
    usdm_rest="https://demo-fapi.binance.com",
    usdm_stream="wss://demo-fstream.binance.com",
    coinm_rest="https://demo-dapi.binance.com",
    coinm_stream="wss://demo-dstream.binance.com",
)
MARKET_DATA_ONLY = Endpoints(
    rest="https://data-api.binance.vision",
    stream="wss://data-stream.binance.vision",
)

#: The venues by the words of the command line.
VENUES = {
    "com": BINANCE_COM,
    "us": BINANCE_US,
    "testnet": SPOT_TESTNET,
    "demo": SPOT_DEMO,
    "data": MARKET_DATA_ONLY,
}


def has_own(endpoints: Endpoints, field: str) -> bool:
    """Return whether endpoints name a host of their own; binance.com's counts for binance.com alone.

    :param field: of :class:`Endpoints`.
    """
    return endpoints == BINANCE_COM or bool(getattr(endpoints, field) != getattr(BINANCE_COM, field))


def has_market(endpoints: Endpoints, market: str) -> bool:
    """Return whether some endpoints have the streams of a market.

    :param market: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
    """
    return has_own(endpoints, "stream" if market == "spot" else f"{market}_stream")


def preset(tld: str = "com", testnet: bool = False, demo: bool = False) -> Endpoints:
    """The venue that a client's arguments name.

    :param tld: ``"com"`` or ``"us"``.
    :param testnet: the spot testnet; *demo*: the demo mode. Both are binance.com's.
    :raises InvalidArgument: if there is no such venue, or two are named.
    """
    if isinstance(tld, Endpoints):
        raise InvalidArgument("tld is an Endpoints; pass it by its name, endpoints=...")
    if tld not in ("com", "us"):
        raise InvalidArgument(
            f"tld is {tld!r}; use 'com' or 'us', or endpoints=Endpoints(...) for another host"
        )
    if testnet and demo:
        raise InvalidArgument("testnet and demo are two venues; use one")
    if tld == "us" and (testnet or demo):
        raise InvalidArgument("tld is 'us', which has no testnet and no demo mode; use tld='com' for these")
    if testnet:
        return SPOT_TESTNET
    if demo:
        return SPOT_DEMO
    return BINANCE_US if tld == "us" else BINANCE_COM


def lacks(endpoints: Endpoints, field: str) -> bool:
    """Whether a host is left to binance.com by one of the others, whose keys are its own.

    :param field: of :class:`Endpoints`.
    """
    others = {one.rest for one in (BINANCE_US, SPOT_TESTNET, SPOT_DEMO)}
    return endpoints.rest in others and bool(getattr(endpoints, field) == getattr(BINANCE_COM, field))


def _without_user(value: object) -> object:
    """A refused URL without the user and the password in it."""
    if not isinstance(value, str) or "@" not in value:
        return value
    scheme = re.match(r"\w*://|", value)
    assert scheme is not None
    return f"{scheme[0]}***@{value.rpartition('@')[2]}"


#: The variable of the environment that names a server on this machine to which everything is sent.
EVERYTHING = "BINANCE_TWISTED_EVERYTHING_TO"
_warned = Once()


def send_everything_to_sandbox(host: str, port: int) -> None:
    """Connect every client and manager of this process to one local server, whatever its endpoints.

    So do those of processes that it starts, in whatever way: it is a variable of the environment. For running
    a script that names its venue against the sandbox: ``python -m binance sandbox run``.
    """
    os.environ[EVERYTHING] = Endpoints.sandbox(host, port).rest
    _warned.first(EVERYTHING)  # who calls this knows


def everything_to() -> Endpoints | None:
    """The local server that the environment sends everything to; None: it names no such server.

    :raises InvalidArgument: if the environment names something else than a port of this machine.
    """
    everything = os.environ.get(EVERYTHING)
    if everything is None:
        return None
    place = local_place(everything)
    if place is None:
        raise InvalidArgument(
            f"the environment variable {EVERYTHING} is {everything!r}; it sends all clients and managers to "
            "a sandbox on this machine, 'http://127.0.0.1:8765' for example. Unset it to reach the exchange"
        )
    return Endpoints.sandbox(*place)


def local_place(url: str) -> tuple[str, int] | None:
    """Host and port of a URL like ``http://127.0.0.1:8765``; None if that is not a port of this machine."""
    place = re.fullmatch(rf"http://{_HOST}", url, re.ASCII)
    port = int(place[2][1:]) if place is not None and place[2] else 0
    if place is None or not is_loopback(place[1]) or not 0 < port < 65_536:
        return None
    return place[1].strip("[]"), port


def in_force(venue: Endpoints) -> Endpoints:
    """*venue*, or the local server that everything is sent to.

    Logs a warning, once in a process, if the environment names such a server, and if a host of *venue* is
    reached without TLS, once for each host that is not this machine.

    :raises InvalidArgument: as :func:`everything_to`.
    """
    local = everything_to()
    if local is None:
        _warn_of_plain_hosts(venue)
        return venue
    if _warned.first(EVERYTHING):
        words = "%s is set: all clients and managers of this process connect to %s, not to the exchange"
        log.warning(words, EVERYTHING, local.rest)
    return replace(local, user_stream=venue.user_stream)


def _warn_of_plain_hosts(venue: Endpoints) -> None:
    for field in fields(venue):
        plain = _PLAIN.match(getattr(venue, field.name))
        if plain is not None and not is_loopback(plain[1]) and _warned.first(plain[1]):
            words = (
                "%s is reached without TLS: anybody on the network path can read what is sent, API keys and "
                "signatures included; use https:// and wss://"
            )
            log.warning(words, plain[1])
