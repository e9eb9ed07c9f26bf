"""All accounts of one exchange.

Pure: time is an argument, in milliseconds of the exchange's clock. An API key has a spot account, a cross
margin account, an isolated margin account for each pair, and one account of each kind of derivatives.
"""

import random
from collections.abc import Collection

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import SPOT, Account
from binance.sandbox.accounts.keys import ApiKeys, is_key
from binance.sandbox.accounts.listening import LISTEN_KEY_MS, LISTEN_TOKEN_MS, ListenKeys, ListenTokens
from binance.sandbox.accounts.orders import Orders


class Accounts:
    """All accounts of one exchange.

    :param seed: makes the listen keys, the listen tokens and order ids.
    :param api_keys: the keys that exist, as in :class:`~binance.sandbox.accounts.keys.ApiKeys`.
    :param listen_key_ms: how long a listen key is valid.
    :param listen_token_ms: how long a listen token is valid at most.
    :raises InvalidArgument: if a secret or public key cannot be one.

    :ivar keys: the API keys; ``listen_keys``, ``tokens`` and ``orders`` likewise.
    """

    def __init__(
        self,
        seed: int,
        api_keys: Collection[str] | None = None,
        listen_key_ms: float = LISTEN_KEY_MS,
        listen_token_ms: float = LISTEN_TOKEN_MS,
    ) -> None:
        rng = random.Random(f"{seed}/accounts")
        self.keys = ApiKeys(api_keys)
        self.orders = Orders(rng)
        self.listen_keys = ListenKeys(rng, listen_key_ms)
        # A source of its own, so that a token changes no listen key of the same seed.
        self.tokens = ListenTokens(random.Random(f"{seed}/tokens"), listen_token_ms)
        self._accounts: dict[tuple[str, str], Account] = {}
        self._latest: dict[str, Account] = {}

    def authenticate(self, api_key: str | None, kind: str = SPOT) -> Account:
        """Find the account of a call.

        :param api_key: the header ``X-MBX-APIKEY``, or the parameter ``apiKey``.
        :raises BinanceAPIException: 401 with -2014 without a key, with -2015 for an unknown or revoked one.

        Source: Spot *Error codes*.
        """
        return self._account(self.keys.check(api_key), kind)

    def _account(self, api_key: str, kind: str) -> Account:
        account = self._accounts.get((api_key, kind))
        if account is None:
            account = self._accounts[api_key, kind] = Account(api_key, kind)
        return account

    def revoke(self, api_key: str | None) -> None:
        """Refuse all calls with a key, or with any if None; forget its listen keys and tokens."""
        self.keys.revoke(api_key)
        for account in self.listen_keys.accounts(api_key):
            self.listen_keys.drop(account)
        self.tokens.drop(api_key)

    def choose(self, api_key: str | None, kind: str = SPOT) -> Account:
        """Find the account to act for: of the key named, or the last of its kind that began to listen.

        :raises InvalidArgument: if there is none.
        """
        if api_key is not None:
            if not is_key(api_key) or not self.keys.exists(api_key):
                raise InvalidArgument("no account has that api_key")
            return self._account(api_key, kind)
        if kind not in self._latest:
            raise InvalidArgument(
                f"no {kind} account has begun to listen, by listen key or subscription; name an api_key"
            )
        return self._latest[kind]

    def kind_of(self, listen_key: str) -> str | None:
        """Return the kind of account that has a listen key; None if there is no such key, or no longer."""
        account = self.listen_keys.find(listen_key)
        return None if account is None else account.kind

    def listens(self, account: Account) -> None:
        """Note that an account begins to listen."""
        self._latest[account.kind] = account

    def listening(self) -> list[Account]:
        """List the accounts that have a listen key or a subscription."""
        subscribed = [a for a in self._accounts.values() if a.subscribers and a.listen_key is None]
        return [*self.listen_keys.accounts(), *subscribed]
