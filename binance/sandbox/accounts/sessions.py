"""Sessions of the WebSocket API: who has logged on, and whose events the connection gets."""

import math
from typing import Any, Final, Literal

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account

_MOST_ACTIVE: Final = 1000
_MOST_MADE: Final = 65_535

Means = Literal["logon", "signature", "token"]


class Subscription:
    """One account's events on one connection.

    :ivar means: what it was opened by.
    :ivar expires_ms: when it ends on the exchange's clock; infinite for with the connection.
    """

    def __init__(self, number: int, account: Account, means: Means, expires_ms: float) -> None:
        self.number = number
        self.account = account
        self.means = means
        self.expires_ms = expires_ms


class Session:
    """What one connection of the WebSocket API has.

    :param per_ms: units of time in a millisecond.
    :param return_limits: whether replies report limits, unless a request says otherwise.

    :ivar connected_ms: since when it is open, on the exchange's clock.
    :ivar api_key: who has logged on, or None; ``authorized_ms`` since when.
    :ivar lost_key: whether who had logged on was revoked.
    :ivar warned: whether the client still has to get the error of a revoked key.
    """

    def __init__(self, per_ms: int, return_limits: bool) -> None:
        self.per_ms = per_ms
        self.return_limits = return_limits
        self.connected_ms = self.authorized_ms = 0.0
        self.api_key: str | None = None
        self.lost_key = self.warned = False
        self.subscriptions: dict[int, Subscription] = {}
        self._made = 0

    def find(self, account: Account) -> Subscription | None:
        """Return the subscription to an account, if there is one."""
        number = account.subscribers.get(self)
        return None if number is None else self.subscriptions[number]

    def subscribe(self, account: Account, means: Means, expires_ms: float = math.inf) -> Subscription:
        """Open a subscription; ids count from 0.

        :raises BinanceAPIException: 400 with -2035 if there is one to the account, -2042 if there are too
            many, or were too many in all.

        Source: Spot *WebSocket API*, "User Data Stream subscriptions".
        """
        if self in account.subscribers:
            raise BinanceAPIException(400, -2035, "This account is already subscribed to on the connection.")
        if len(self.subscriptions) >= _MOST_ACTIVE or self._made >= _MOST_MADE:
            raise BinanceAPIException(400, -2042, "The connection has had its number of subscriptions.")
        subscription = Subscription(self._made, account, means, expires_ms)
        self._made += 1
        self.subscriptions[subscription.number] = subscription
        account.subscribers[self] = subscription.number
        return subscription

    def end(self, subscription: Subscription) -> None:
        """End a subscription."""
        del self.subscriptions[subscription.number]
        del subscription.account.subscribers[self]

    def close(self) -> None:
        """End all subscriptions."""
        for subscription in tuple(self.subscriptions.values()):
            self.end(subscription)

    def log_off(self) -> None:
        """Forget who has logged on."""
        self.api_key = None
        self.authorized_ms = 0.0

    def revoke(self, api_key: str | None) -> bool:
        """End what a revoked key has opened, or any key; return whether there was anything."""
        lost = [s for s in self.subscriptions.values() if api_key in (None, s.account.api_key)]
        for subscription in lost:
            self.end(subscription)
        logged_on = self.api_key is not None and api_key in (None, self.api_key)
        if logged_on:
            self.log_off()
            self.lost_key = True
        self.warned = self.warned or logged_on or bool(lost)
        return logged_on or bool(lost)

    def state(self) -> dict[str, Any]:
        """Return its state, in a form that JSON can carry, without keys."""
        listed = [{"id": s.number, "account": s.account.kind} for s in self.subscriptions.values()]
        return {"logged_on": self.api_key is not None, "subscriptions": listed}
