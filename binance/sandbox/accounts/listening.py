"""Listen keys and listen tokens: made, extended, expired."""

import base64
import random
import string
from typing import Final, NamedTuple

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account

LISTEN_KEY_MS: Final = 60 * 60_000
LISTEN_KEY_LENGTH: Final = 64
LISTEN_TOKEN_MS: Final = 24 * 60 * 60_000
_LETTERS: Final = string.ascii_letters + string.digits
_TOKEN_BYTES: Final = 63


class ListenKeys:
    """The listen keys of one exchange; an account has at most one.

    :param rng: makes the keys.
    :param validity_ms: how long a key is valid after it was made or extended.
    """

    def __init__(self, rng: random.Random, validity_ms: float = LISTEN_KEY_MS) -> None:
        self._rng = rng
        self._validity_ms = validity_ms
        self._accounts: dict[str, Account] = {}

    def open(self, account: Account, now_ms: float) -> str:
        """Return the account's listen key, made if it has none, and valid for the whole time again.

        Source: binance.us *User Data Streams*, "Create a listenKey".
        """
        if account.listen_key is None:
            account.listen_key = "".join(self._rng.choices(_LETTERS, k=LISTEN_KEY_LENGTH))
            self._accounts[account.listen_key] = account
        account.expires_ms = now_ms + self._validity_ms
        return account.listen_key

    def extend(self, account: Account, listen_key: str, now_ms: float) -> None:
        """Make a listen key valid for as long as a new one.

        :raises BinanceAPIException: 400 with -1125 if the account has no such key (any more).

        Source: binance.us *User Data Streams*, "Ping/Keep-alive a listenKey".
        """
        self._check(account, listen_key)
        account.expires_ms = now_ms + self._validity_ms

    def close(self, account: Account, listen_key: str) -> None:
        """End a listen key without an event; :raises BinanceAPIException: as :meth:`extend`."""
        self._check(account, listen_key)
        self.drop(account)

    def _check(self, account: Account, listen_key: str) -> None:
        if account.listen_key is None or account.listen_key != listen_key:
            raise BinanceAPIException(400, -1125, "This listenKey does not exist.")

    def drop(self, account: Account) -> None:
        """Forget an account's listen key, if it has one."""
        if account.listen_key is not None:
            del self._accounts[account.listen_key]
            account.listen_key = None

    def accounts(self, api_key: str | None = None, kind: str | None = None) -> list[Account]:
        """List the accounts that have a listen key: those of an API key and of a kind, None for any."""
        return [
            account
            for account in self._accounts.values()
            if api_key in (None, account.api_key) and kind in (None, account.kind)
        ]

    def find(self, listen_key: str) -> Account | None:
        """Find the account of a listen key; None if there is no such key, or no longer."""
        return self._accounts.get(listen_key)

    def expired(self, now_ms: float) -> list[Account]:
        """List the accounts whose listen key has expired and is not yet dropped."""
        return [account for account in self._accounts.values() if account.expires_ms <= now_ms]


class Token(NamedTuple):
    """A listen token: the account whose events it opens, and when it expires on the exchange's clock."""

    account: Account
    expires_ms: float


class ListenTokens:
    """The listen tokens of one exchange.

    :param rng: makes the tokens.
    :param longest_ms: the longest validity that a token is given.
    """

    def __init__(self, rng: random.Random, longest_ms: float = LISTEN_TOKEN_MS) -> None:
        self._rng = rng
        self._longest_ms = longest_ms
        self._tokens: dict[str, Token] = {}

    def open(self, account: Account, validity_ms: float, now_ms: float) -> tuple[str, float]:
        """Make a listen token; those made before stay valid.

        :param validity_ms: the validity asked for; cut to what this exchange gives.
        :returns: the token, and when it expires on the exchange's clock, in milliseconds.

        Source: Margin *Trade Data Stream*, "Create Margin Account listenToken".
        """
        token = base64.b64encode(self._rng.randbytes(_TOKEN_BYTES)).decode()
        expires_ms = now_ms + min(validity_ms, self._longest_ms)
        self._tokens[token] = Token(account, expires_ms)
        return token, expires_ms

    def find(self, token: str, now_ms: float) -> Token:
        """Find a listen token.

        :raises BinanceAPIException: 400 with -1209 if it does not exist or has expired.
        """
        found = self._tokens.get(token)
        if found is None or found.expires_ms <= now_ms:
            raise BinanceAPIException(400, -1209, "The listenToken is invalid or has expired.")
        return found

    def drop(self, api_key: str | None) -> int:
        """Forget the listen tokens of a key, or all; returns the number."""
        dropped = [text for text, token in self._tokens.items() if api_key in (None, token.account.api_key)]
        for text in dropped:
            del self._tokens[text]
        return len(dropped)

    def forget_expired(self, now_ms: float) -> None:
        """Forget the listen tokens that have expired."""
        for text in [text for text, token in self._tokens.items() if token.expires_ms <= now_ms]:
            del self._tokens[text]
