"""Accounts in action: their orders and deposits, and their events on the way to connections."""

import logging
from collections.abc import Iterable
from typing import Any

from binance.constants import SIDE_BUY, SIDE_SELL
from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import Account, account_kind
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.dealings import Dealings
from binance.sandbox.accounts.events import deposit, listen_key_expired, stream_terminated
from binance.sandbox.accounts.sessions import Subscription
from binance.sandbox.accounts.venues import VENUES
from binance.sandbox.answers.codec import encode
from binance.sandbox.answers.routes import key_feeds
from binance.sandbox.answers.ws_api import key_revoked
from binance.sandbox.calls import TradedOn
from binance.sandbox.market.amounts import decimal, units
from binance.sandbox.market.feeds import Feeds
from binance.sandbox.market.payloads import in_micros
from binance.sandbox.market.rules import ordinary_quantity
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.delivery import Delivery

log = logging.getLogger(__name__)


class Users:
    """The accounts of one exchange, as their connections see them.

    :param user_rate: orders per second for accounts that listen.
    """

    def __init__(
        self,
        accounts: Accounts,
        dealings: Dealings,
        feed: Feeds,
        delivery: Delivery,
        connections: Connections,
        user_rate: float,
    ) -> None:
        self._accounts = accounts
        self._dealings = dealings
        self._market = feed.market
        self._feed = feed
        self._delivery = delivery
        self._connections = connections
        self._rate = user_rate
        self._next_s = 0.0
        self._orders = 0

    def run(self, now_s: float) -> None:
        """Do what is due at a moment of the reactor's clock."""
        self._dealings.orders.expire()
        self.send_orders()
        now_ms = self._market.now_ms
        for account in self._accounts.listen_keys.expired(now_ms):
            log.info("a listen key has expired")
            self._expire([account])
        self._accounts.tokens.forget_expired(now_ms)
        self.settle()
        if not self._rate or now_s < self._next_s:
            return
        self._next_s = now_s + 1 / self._rate
        books = list(self._market.books.values())
        for account in self._accounts.listening():
            if account.kind in VENUES:
                self._dealings.send_any(account, account.orders)
                account.orders += 1
                self.send_orders()
                continue
            self._orders += 1
            book = books[self._orders // 2 % len(books)]
            if account.symbol is not None:
                book = self._market.books[account.symbol]
            side = SIDE_BUY if self._orders % 2 else SIDE_SELL
            quantity = ordinary_quantity(book.spec, book.top().bid)
            self._order(account, book.symbol, side, decimal(quantity), None, None)

    # -- calls -------------------------------------------------------------------------------------

    def add_api_key(self, api_key: str, secret: str | None, public_key: str | None) -> None:
        """Let an API key exist; see :class:`~binance.sandbox.calls.Calls`."""
        self._accounts.keys.add(api_key, secret, public_key)

    def fill(
        self,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None,
        api_key: str | None,
        client_order_id: str | None,
        account: str,
    ) -> list[dict[str, Any]]:
        """Let an account trade; see :class:`~binance.sandbox.calls.Calls`."""
        chosen = self._chosen(api_key, account)
        self.send_orders()
        events = self._order(chosen, symbol, side, quantity, price, client_order_id)
        self._connections.traffic.flush()
        log.info("fill: %s %s %s, %d events", side, quantity, symbol, len(events))
        return events

    def move(self, symbol: str, price: str, market: TradedOn) -> int:
        """Let a market trade at a price; see :class:`~binance.sandbox.calls.Calls`."""
        traded, fresh = self._market, self._feed.fresh
        if market != "spot":
            feed = self._dealings.feed(market, symbol)
            traded, fresh = feed.market, feed.fresh
        book, wanted = traded.book(symbol), units(price)
        if wanted <= 0 or wanted % book.spec.tick:
            raise InvalidArgument(f"{book.symbol} has prices above 0 in steps of {decimal(book.spec.tick)}")
        self.send_orders()
        made = book.reach(wanted, traded.moment_us(book))
        for stream, payload in fresh(book):
            self._delivery.deliver(stream, payload)
        self.send_orders()
        self._connections.traffic.flush()
        log.info("move: %s to %s, %d trades", book.symbol, price, len(made))
        return len(made)

    def deposit(self, asset: str, amount: str, api_key: str | None, account: str) -> list[dict[str, Any]]:
        """Add to an account's balance; see :class:`~binance.sandbox.calls.Calls`."""
        chosen = self._chosen(api_key, account)
        self.send_orders()
        if chosen.kind in VENUES:
            events = self._dealings.deposit(chosen, asset, amount)
            self.send_orders()
        else:
            events = deposit(chosen, asset, amount, int(self._market.now_ms))
            self._send(chosen, events)
        self._connections.traffic.flush()
        log.info("deposit: %s %s", amount, asset)
        return events

    def account_event(
        self, event: str, account: str, symbol: str | None, api_key: str | None
    ) -> list[dict[str, Any]]:
        """Make an event that comes from no order; see :class:`~binance.sandbox.calls.Calls`."""
        if account not in VENUES:
            raise InvalidArgument(f"account is one of {', '.join(VENUES)}, not {account!r}")
        chosen = self._chosen(api_key, account)
        events = self._dealings.make(chosen, event, symbol)
        self.send_orders()
        self._connections.traffic.flush()
        log.info("account_event: %s of %s", event, chosen.kind)
        return events

    def expire_listen_key(self, api_key: str | None, account: str | None) -> int:
        """Let listen keys expire now; see :class:`~binance.sandbox.calls.Calls`."""
        kind = None if account is None else account_kind(account, self._market.books)
        ended = self._accounts.listen_keys.accounts(api_key, kind)
        self._expire(ended)
        return len(ended)

    def _expire(self, ended: list[Account]) -> None:
        for account in ended:
            listen_key = account.listen_key
            if listen_key is not None:
                self._accounts.listen_keys.drop(account)
                event = listen_key_expired(account, listen_key, int(self._market.now_ms))
                self._deliver(account, listen_key, event)
        self._connections.traffic.flush()
        if ended:
            self._connections.journal.note("expire_listen_key", keys=len(ended))

    def _chosen(self, api_key: str | None, account: str) -> Account:
        return self._accounts.choose(api_key, account_kind(account, self._market.books))

    # -- events ------------------------------------------------------------------------------------

    def _order(
        self,
        account: Account,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None,
        client_order_id: str | None,
    ) -> list[dict[str, Any]]:
        order = symbol, side, quantity, price, client_order_id
        if account.kind in VENUES:
            events = self._dealings.send(account, *order)
        else:
            events = self._accounts.orders.send(account, self._market, *order)
            self._send_traded(account, events)
        self.send_orders()
        return events

    def send_orders(self) -> None:
        """Send what orders of accounts have done since the last time, the market's messages first."""
        books, events = self._accounts.orders.collect()
        for book in books:
            for stream, payload in self._feed.fresh(book):
                self._delivery.deliver(stream, payload)
        for account, event in events:
            self._send(account, [event])
        for account, event in self._dealings.orders.collect():
            if event["e"] == "ORDER_TRADE_UPDATE":
                for stream, payload in self._dealings.fresh(account.kind, [event["o"]["s"]]):
                    self._delivery.deliver(stream, payload)
            self._send_traded(account, [event])

    def _send_traded(self, account: Account, events: list[dict[str, Any]]) -> None:
        """Send the trades that an order has made on the market of spot, and then its events."""
        for symbol in dict.fromkeys(event["s"] for event in events if event["e"] == "executionReport"):
            for stream, payload in self._feed.fresh(self._market.books[symbol]):
                self._delivery.deliver(stream, payload)
        self._send(account, events)

    def _send(self, account: Account, events: list[dict[str, Any]]) -> None:
        for event in events:
            if account.listen_key is not None:
                self._deliver(account, account.listen_key, event)
            # A copy: a client that reads too slowly is cut off, and so unsubscribed, on the way.
            for session, number in tuple(account.subscribers.items()):
                connection = self._connections.of_session(session)
                if connection is not None:
                    body = _wrapped(connection, number, event)
                    self._delivery.put([connection.outbox], account.kind, event, body)
            if account.subscribers:
                self._delivery.keep(account.kind, event)

    def _deliver(self, account: Account, listen_key: str, event: dict[str, Any]) -> None:
        """Send an event of an account to those who listen to its key where that is heard."""
        for stream in key_feeds(account.kind, listen_key, event["e"]):
            if account.kind in VENUES:
                self._delivery.deliver(stream, event)
            else:
                self._delivery.deliver_event(stream, event)

    def send_ended(self, connection: Connection, ended: Iterable[Subscription]) -> None:
        """Queue the last event of subscriptions that have ended."""
        event = stream_terminated(int(self._market.now_ms))
        for subscription in ended:
            body = _wrapped(connection, subscription.number, event)
            connection.outbox.put_last(subscription.account.kind, body)

    def settle(self) -> None:
        """End the subscriptions that have expired, and report revoked keys; on stalled connections later."""
        now_ms = self._market.now_ms
        for session, connection in self._connections.sessions():
            ended = [s for s in session.subscriptions.values() if s.expires_ms <= now_ms]
            if connection.stalled or not (ended or session.warned):
                continue
            for subscription in ended:
                session.end(subscription)
            self.send_ended(connection, ended)
            self._connections.name_accounts(connection, session)
            if session.warned:
                session.warned = False
                connection.send_text(encode(key_revoked()))
            if ended:
                accounts = [subscription.account.kind for subscription in ended]
                self._connections.journal.note("stream_terminated", [connection], accounts=accounts)


def _wrapped(connection: Connection, number: int, event: dict[str, Any]) -> bytes:
    return encode({"subscriptionId": number, "event": in_micros(event) if connection.micros else event})
