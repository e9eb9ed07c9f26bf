"""Answers: from the requests of a client to the pure functions that answer them."""

from dataclasses import dataclass
from functools import partial

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.dealings import Dealings
from binance.sandbox.answers import contract_accounts, contract_trading, control, derivatives, rest, ws_api
from binance.sandbox.answers.asked import Asked
from binance.sandbox.answers.codec import encode
from binance.sandbox.answers.private import Keyed, Sent
from binance.sandbox.calls import Security
from binance.sandbox.limits import Limits
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import MILLIS
from binance.sandbox.net.addresses import Addresses
from binance.sandbox.net.clock import ExchangeClock
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.gate import Gate
from binance.sandbox.net.users import Users


@dataclass
class Backend:
    """What requests are answered from.

    :ivar listen_keys: whether there are listen keys.
    :ivar flat_errors: the form of control errors, see :func:`binance.sandbox.answers.control.answer`.
    """

    market: Market
    derivatives: Derivatives
    accounts: Accounts
    dealings: Dealings
    clock: ExchangeClock
    limits: Limits
    addresses: Addresses
    listen_keys: bool
    flat_errors: bool

    def refusal(
        self, call: rest.RestCall, security: Security, api_key: str | None, sent: Sent
    ) -> rest.Answer | None:
        """Check the key and the signature of a call; returns its answer if they are refused, else None."""
        clock = self.clock.now()
        asked = Asked(call.params, self.market, MILLIS, clock.offset_ms, self.limits)
        keyed = Keyed(call.method, asked, api_key, self.accounts, sent, clock)
        try:
            if security == "signed":
                keyed.signed()
            elif security == "key":
                keyed.account()
        except BinanceAPIException as error:
            return rest.refused(error)
        return None

    def rest(self, call: rest.RestCall, api_key: str | None, unit: str | None, sent: Sent) -> rest.Answer:
        """Answer a REST call; arguments as :func:`binance.sandbox.answers.rest.answer`."""
        if call.path in contract_trading.TRADING:
            return contract_trading.answer(
                call, api_key, self.accounts, self.dealings, sent, self.clock.now(), self.limits
            )
        if call.path in contract_accounts.CONTRACT_ACCOUNTS:
            return contract_accounts.answer(
                call, api_key, self.accounts, self.dealings.markets, sent, self.clock.now(), self.limits
            )
        if derivatives.answers(call.path):
            return derivatives.answer(call, self.derivatives, self.clock.now().offset_ms, self.limits)
        given = self.market, self.accounts, self.listen_keys
        return rest.answer(call, api_key, *given, unit, sent, self.clock.now(), self.limits)

    def venue(self, address: str) -> ws_api.Venue:
        """Return what a request of the WebSocket API is answered from, for a client's address."""
        return ws_api.Venue(
            self.market, self.accounts, self.listen_keys, self.clock.now(),
            partial(self.addresses.weigh, address), self.limits,
        )  # fmt: skip


class Desk:
    """Replies to messages of clients: control messages, and requests of the WebSocket API."""

    def __init__(self, backend: Backend, connections: Connections, users: Users, gate: Gate) -> None:
        self._backend = backend
        self._connections = connections
        self._users = users
        self._gate = gate

    def reply(self, connection: Connection, payload: bytes, is_binary: bool) -> bytes | None:
        """Return the reply to a message, None if there is none now; what it asks for is done before.

        Source: Spot *Web Socket Streams* and *WebSocket API*.
        """
        session = connection.session
        if session is not None:
            answered = ws_api.answer(payload, is_binary, session, self._backend.venue(connection.address))
            self._users.send_ended(connection, answered.ended)
            self._connections.name_accounts(connection, session)
            return encode(answered.body)
        return self._control(connection, payload, is_binary)

    def _control(self, connection: Connection, payload: bytes, is_binary: bool) -> bytes | None:
        flat_errors, before = self._backend.flat_errors, connection.subscribed
        limits, pace = self._backend.limits, connection.route.pace
        reply = control.answer(payload, is_binary, before, limits.most_streams(pace), flat_errors)
        pace = connection.route.carrying(reply.subscribed.streams).pace
        most = limits.most_streams(pace)
        if pace != connection.route.pace:  # streams that make it a connection of another venue
            reply = control.answer(payload, is_binary, before, most, flat_errors)
        if not self._connections.usage.fits("streams", reply.asked_streams, most):
            self._connections.journal.note("too_many_streams", [connection], streams=reply.asked_streams)
        treated = self._gate.treated(connection, reply, flat_errors)
        if treated.obeyed:
            now = reply.subscribed.streams
            self._gate.unsubscribing(connection, [stream for stream in before.streams if stream not in now])
            self._connections.subscribe(connection, reply.subscribed)
        if treated.body is None:
            return None
        body = encode(treated.body)
        if not treated.delay_s:
            return body
        self._connections.timers.later(treated.delay_s, self._send_late, connection, body)
        return None

    def _send_late(self, connection: Connection, body: bytes) -> None:
        if connection.stalled:
            self._connections.journal.note("unanswered", [connection])
        else:
            connection.send_text(body)
