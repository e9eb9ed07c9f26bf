"""Faults of listen keys, listen tokens, subscriptions and API keys."""

import math
from typing import Any

from binance.sandbox.accounts.account import account_kind
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.faults.fault import Fault
from binance.sandbox.market.market import Market
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.users import Users


class AccountFaults(Fault):
    """Lets what authorises an account's events expire, or be forgotten."""

    def __init__(self, connections: Connections, accounts: Accounts, market: Market, users: Users) -> None:
        super().__init__(connections)
        self._accounts = accounts
        self._market = market
        self._users = users

    def state(self) -> dict[str, Any]:
        return {"revoke_key": self._accounts.keys.revoked()}

    def lift(self) -> None:
        self._accounts.keys.restore(None)

    def forget_listen_keys(self, api_key: str | None, account: str | None) -> int:
        """Forget listen keys."""
        kind = None if account is None else account_kind(account, self._market.books)
        forgotten = self._accounts.listen_keys.accounts(api_key, kind)
        for each in forgotten:
            self._accounts.listen_keys.drop(each)
        self._note("forget_listen_keys", keys=len(forgotten))
        return len(forgotten)

    def terminate_subscriptions(self, api_key: str | None, account: str | None) -> int:
        """End subscriptions."""
        kind = None if account is None else account_kind(account, self._market.books)
        touched = self._expire(api_key, kind)
        self._note("terminate_subscriptions", touched, account=kind)
        self._settle()
        return len(touched)

    def expire_listen_tokens(self, api_key: str | None) -> int:
        """Let listen tokens expire."""
        expired = self._accounts.tokens.drop(api_key)
        touched = self._expire(api_key, None, by_token=True)
        self._note("expire_listen_tokens", touched, tokens=expired)
        self._settle()
        return expired

    def _settle(self) -> None:
        self._users.settle()
        self._connections.traffic.flush()

    def _expire(self, api_key: str | None, kind: str | None, by_token: bool = False) -> list[Connection]:
        """Let subscriptions expire now; returns the connection of each."""
        touched = []
        for session, connection in self._connections.sessions():
            for subscription in session.subscriptions.values():
                account = subscription.account
                if (
                    api_key in (None, account.api_key)
                    and kind in (None, account.kind)
                    and not (by_token and subscription.means != "token")
                ):
                    subscription.expires_ms = -math.inf
                    touched.append(connection)
        return touched

    def revoke_key(self, api_key: str | None) -> int:
        """Refuse all calls with an API key."""
        self._accounts.revoke(api_key)
        touched = [c for session, c in self._connections.sessions() if session.revoke(api_key)]
        self._note("revoke_key", touched)
        self._users.settle()
        return len(touched)

    def restore_key(self, api_key: str | None) -> None:
        """Accept an API key again."""
        self._accounts.keys.restore(api_key)
        self._note("restore_key")
