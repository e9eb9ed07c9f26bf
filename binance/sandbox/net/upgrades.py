"""Upgrade requests: refused, or handed over to a connection."""

import math
import re
from typing import Any, Final
from urllib.parse import unquote

from twisted.protocols.policies import ProtocolWrapper
from twisted.web.server import NOT_DONE_YET

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.sessions import Session
from binance.sandbox.answers import rest, ws_api
from binance.sandbox.answers.control import Subscribed
from binance.sandbox.answers.private_paths import PrivatePaths
from binance.sandbox.market.payloads import IN_MICROS, MICROS
from binance.sandbox.net.addresses import Addresses
from binance.sandbox.net.connection import Connection, Opening
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.gate import Gate
from binance.sandbox.net.journal import Recent
from binance.sandbox.net.pages import address_of, no_answer, page, query_of, reply, url_of

# Of a path that is too long for anything else.
_MOST_SHOWN: Final = 200


def parse_socket_path(uri: str) -> tuple[list[str], bool] | None:
    """Read the path of an upgrade request.

    :param uri: path and query as sent.
    :returns: stream names and whether the connection is combined; None if there is no such path.

    Source: Spot *Web Socket Streams*, "General WSS information".
    """
    path, _, query = uri.partition("?")
    if path == "/stream" or path == "/stream/":
        fields = (field.partition("=") for field in query.split("&"))
        names = [unquote(value) for name, _, value in fields if name == "streams"]
        return [name for part in names for name in part.split("/") if name], True
    if re.match(r"/ws(/|$)", path):
        return [name for part in path.split("/")[2:] for name in unquote(part).split("/") if name], False
    return None


class Upgrades:
    """Answers upgrade requests.

    :param private: reads the paths of derivatives' accounts.

    :ivar seen: (seconds of the reactor's clock, path) of each, refused ones included.
    """

    def __init__(
        self, connections: Connections, addresses: Addresses, gate: Gate, private: PrivatePaths
    ) -> None:
        self.seen = Recent[tuple[float, str]]()
        self._connections = connections
        self._addresses = addresses
        self._gate = gate
        self._private = private

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
        wanted = Subscribed({}, False) if is_api else self._wanted(uri)
        if wanted is None:
            return page(request, 404)
        if "+" in uri:
            return page(request, 400)  # the real exchange wants it percent-encoded
        if not connections.usage.fits("streams", len(wanted.streams)):
            journal.note("too_many_streams", path=path[:_MOST_SHOWN], streams=len(wanted.streams))
            return page(request, 400)
        try:
            query = query_of(uri)
            per_ms = rest.units_in_a_millisecond(query.get("timeUnit"))
            show_limits = ws_api.read_return_limits(query.get("returnRateLimits")) if is_api else True
        except BinanceAPIException as error:
            return reply(request, rest.refused(error))
        suffix = IN_MICROS if per_ms == MICROS else ""
        session = Session(per_ms, show_limits) if is_api else None
        if is_api:
            _, wait_s = self._addresses.weigh(address, ws_api.DIAL_WEIGHT)
            if wait_s is not None:
                journal.note("too_much_weight", path=path, wait_s=wait_s)
                return page(request, 429, "", math.ceil(wait_s))
        opening = Opening(path, wanted, suffix, session, address, len(url_of(request)))
        self._take_over(request, connections.new(opening))
        return NOT_DONE_YET

    def _wanted(self, uri: str) -> Subscribed | None:
        parsed = parse_socket_path(uri)
        return self._private.read(uri) if parsed is None else Subscribed(dict.fromkeys(parsed[0]), parsed[1])

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
