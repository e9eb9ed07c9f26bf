"""What is examined: the hosts of one venue, and what earlier checks have found of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred

from binance.client import Client
from binance.doctor.finding import Asked
from binance.endpoints import has_own, in_force
from binance.net.clock import clock_of
from binance.net.interfaces import Options
from binance.net.rest_session import proxy_of
from binance.process.threads import calls
from binance.venues.venue import ports, venue_of
from binance.wire.codec import Codec
from binance.wire.timings import TIMINGS

#: Seconds of one attempt to connect, to open, to get an answer: less than the limit of a check.
ATTEMPT_S = 4.0

REST, STREAMS, WS_API = "REST", "streams", "WS API"


class Place(NamedTuple):
    """Where connections go: one host, and the ports on which it serves the same, the usual one first."""

    host: str
    ports: tuple[int, ...]
    tls: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.ports[0]}"


@dataclass(frozen=True)
class Service:
    """One of the services of a venue: REST, its streams, its WebSocket API.

    :ivar place: where it is connected to: its host, or the proxy on the way to it.
    :ivar is_proxy: whether *place* is a proxy.
    """

    name: str
    url: str
    place: Place
    is_proxy: bool = False


class Case:
    """One examination.

    :param attempt_s: seconds of one attempt to connect, to open, to get an answer.

    :ivar venue: whose hosts are checked.
    :ivar services: those that the venue has.
    :ivar client: makes the REST calls.
    :ivar addresses: of each host, once its name was looked up.
    :ivar offset_ms: how far the exchange's clock is ahead of this machine's; None if it is not known.
    """

    def __init__(self, reactor: Any, asked: Asked, attempt_s: float = ATTEMPT_S) -> None:
        self.reactor = reactor
        self.asked = asked
        self.attempt_s = attempt_s
        # its own: it shares no counts with the managers of its process
        timings = replace(TIMINGS, open_s=attempt_s, request_s=attempt_s, rest_s=attempt_s, close_s=0.5)
        endpoints = in_force(asked.endpoints)
        self.venue = venue_of(asked.market, endpoints)
        self.services = _services(self.venue.rest_host, self.venue.stream_host, endpoints.ws_api)
        if asked.market != "spot" or not has_own(endpoints, "ws_api"):
            self.services.pop()
        self.client = Client(asked.api_key, asked.secret, {"timeout": attempt_s}, endpoints=endpoints)
        self.client.timings = timings
        self.options = Options(
            reactor=reactor,
            clock=clock_of(reactor),
            timings=timings,
            max_retries=0,
            silence_s=self.venue.silence_s,
            ca_file=None,
            codec=Codec(array=True),
        )
        self.addresses: dict[str, list[str]] = {}
        self.offset_ms: float | None = None

    @property
    def has_accounts(self) -> bool:
        """Whether the venue has accounts; hosts for market data alone have none."""
        return self.asked.market != "spot" or any(service.name == WS_API for service in self.services)

    def in_thread(self, call: Callable[[], Any]) -> Deferred[Any]:
        """Make REST calls in a thread of their own."""
        return calls.run(self.reactor, call)

    def seconds(self) -> float:
        """The time by the clock that durations go by."""
        return float(self.options.clock.seconds())


def _services(rest: str, streams: str, ws_api: str) -> list[Service]:
    proxy = proxy_of(rest)
    if proxy is None:
        through = Service(REST, rest, _place(rest))
    else:
        url = proxy if "//" in proxy else f"http://{proxy}"
        through = Service(REST, rest, _place(url)._replace(tls=False), is_proxy=True)
    return [
        through,
        *(Service(name, url, _place(url)) for name, url in ((STREAMS, streams), (WS_API, ws_api))),
    ]


def _place(url: str) -> Place:
    parts = urlsplit(url)
    tls = parts.scheme in ("https", "wss")
    host = parts.hostname or ""
    return Place(host, ports(host, parts.port or (443 if tls else 80)), tls)
