"""Upgrade requests: refused, or handed over to a connection."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from twisted.protocols.policies import ProtocolWrapper
from twisted.web.server import NOT_DONE_YET

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.sessions import Session
from binance.sandbox.answers import rest, ws_api
from binance.sandbox.answers.control import Subscribed
from binance.sandbox.answers.routes import Place, Route, SocketPath, read_path
from binance.sandbox.market.payloads import IN_MICROS, MICROS
from binance.sandbox.net.addresses import Addresses
from binance.sandbox.net.connection import Connection, Opening
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.gate import Gate
from binance.sandbox.net.journal import Recent
from binance.sandbox.net.pages import address_of, header_of, no_answer, page, query_of, reply, url_of

# Of a path that is too long for anything else.
_MOST_SHOWN: Final = 200


class Upgrades:
    """Answers upgrade requests.

    :param lenient: whether the place of a USD-M stream does not matter, as on the testnets.
    :param places: by port what its plain paths are, those of spot and COIN-M together left out.
    :param wrapped: says of a listen key whether its events go out as ``{"stream", "data"}`` on any path.

    :ivar seen: (seconds of the reactor's clock, path) of each, refused ones included.
    """

    def __init__(
        self,
        connections: Connections,
        addresses: Addresses,
        gate: Gate,
        lenient: bool,
        places: Mapping[int, Place],
        wrapped: Callable[[str], bool],
    ) -> None:
        self.seen = Recent[tuple[float, str]]()
        self._connections = connections
        self._addresses = addresses
        self._gate = gate
        self._lenient = lenient
        self._wrapped = wrapped
        self._places = places

    def render(self, request: Any) -> Any:
        """Answer an upgrade request."""
        connections = self._connections
        journal = connections.journal
        uri, address = request.uri.decode("ascii", "replace"), address_of(request)
        path = unquote(uri)
        self.seen.add((connections.timers.seconds(), path))
        wait_s = self._addresses.count_attempt(address)
        if wait_s is not None:
            journal.note("too_many_dials", path=path, wait_s=wait_s)
            return page(request, 429, "", math.ceil(wait_s))
        refused = self._gate.refusal(path)
        if refused is not None:
            if refused.how == "http":
                return page(request, refused.status, refused.body, refused.retry_after_s)
            return no_answer(request, refused.how, connections.hanging)
        is_api = uri.partition("?")[0].rstrip("/") == ws_api.PATH
        host = header_of(request, b"host") or ""
        wanted = (
            SocketPath("plain", [], False, {})
            if is_api
            else read_path(uri, host, self._places.get(request.getHost().port, "plain"))
        )
        if wanted is None:
            return page(request, 404)
        streams = dict.fromkeys(wanted.names)
        if "+" in uri:
            return page(request, 400)  # the real exchange wants it percent-encoded
        route = Route(wanted.place, "", wanted.events, self._lenient, named=frozenset(streams))
        route = route.carrying(streams)
        most = connections.limits.most_streams(route.pace)
        if not connections.usage.fits("streams", len(streams), most):
            journal.note("too_many_streams", path=path[:_MOST_SHOWN], streams=len(streams))
            return page(request, 400)
        try:
            query = query_of(uri)
            spot = wanted.place == "plain"
            per_ms = rest.units_in_a_millisecond(query.get("timeUnit") if spot else None)
            show_limits = ws_api.read_return_limits(query.get("returnRateLimits")) if is_api else True
        except BinanceAPIException as error:
            return reply(request, rest.refused(error))
        if per_ms == MICROS:
            route = replace(route, suffix=IN_MICROS)
        session = Session(per_ms, show_limits) if is_api else None
        if is_api:
            wait_s = self._addresses.weigh(address, ws_api.DIAL_WEIGHT).wait_s
            if wait_s is not None:
                journal.note("too_much_weight", path=path, wait_s=wait_s)
                return page(request, 429, "", math.ceil(wait_s))
        combined = wanted.combined or any(self._wrapped(name) for name in streams)
        opening = Opening(path, Subscribed(streams, combined), route, session, address, len(url_of(request)))
        self._take_over(request, connections.new(opening))
        return NOT_DONE_YET

    def _take_over(self, request: Any, connection: Connection) -> None:
        """Give a request's transport to Autobahn, with the request, which it reads again."""
        channel: Any = request.channel
        transport, channel.transport = channel.transport, None
        channel.setTimeout(None)
        self._connections.transports.discard(channel)
        transport.unregisterProducer()
        if isinstance(transport, ProtocolWrapper):  # TLS
            transport.wrappedProtocol = connection  # type: ignore[assignment]
        else:
            transport.protocol = connection
        connection.makeConnection(transport)
        transport.resumeProducing()
        lines = [b"%s %s HTTP/1.1" % (request.method, request.uri)]
        for name, values in request.requestHeaders.getAllRawHeaders():
            lines.append(name + b": " + b",".join(values))
        connection.dataReceived(b"\r\n".join(lines) + b"\r\n\r\n")
