"""One account of an API key, and the names of its kinds."""

from collections.abc import Collection
from typing import Any, Final
from zlib import crc32

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.holdings import Holdings
from binance.sandbox.accounts.venues import VENUES
from binance.sandbox.market.amounts import UNIT

SPOT: Final = "spot"
MARGIN: Final = "margin"
_ISOLATED: Final = "isolated_margin:"

# What an account owns of every asset when it is first seen.
_WEALTH: Final = 1_000_000 * UNIT


class Account:
    """One account of an api key.

    :ivar kind: ``"spot"``, ``"margin"``, ``"isolated_margin:BNBBTC"``, or one of
        :data:`binance.sandbox.accounts.venues.VENUES`.
    :ivar symbol: the pair of an isolated margin account, else None.
    :ivar listen_key: the one live key of the account, or None; margin accounts have none.
    :ivar expires_ms: when it ends, on the exchange's clock.
    :ivar uid: the number of its owner, made of the API key.
    :ivar updated_ms: when a balance last changed, on the exchange's clock; 0 for never.
    :ivar orders: how many orders the random trader has sent for an account of derivatives.
    :ivar free: by asset what it can spend, ``locked`` what its open orders hold, in units of 1e-8.
    :ivar subscribers: sessions of the WebSocket API that get its events, with the subscription's id.
    """

    def __init__(self, api_key: str, kind: str = SPOT) -> None:
        self.api_key = api_key
        self.kind = kind
        self.symbol = kind.removeprefix(_ISOLATED) if kind.startswith(_ISOLATED) else None
        self.listen_key: str | None = None
        self.expires_ms = 0.0
        self.uid = crc32(api_key.encode())
        self.updated_ms = 0
        self.orders = 0
        self.free: dict[str, int] = {}
        self.locked: dict[str, int] = {}
        self.subscribers: dict[Any, int] = {}
        self._legs: dict[str, Holdings] = {}
        self._stamps: dict[str, int] = {}

    def balance(self, asset: str) -> int:
        """Return what the account can spend of an asset, in units of 1e-8."""
        return self.free.setdefault(asset, _WEALTH)

    def add(self, asset: str, amount: int) -> None:
        """Add to what the account can spend, or take from it."""
        self.free[asset] = self.balance(asset) + amount

    def lock(self, asset: str, amount: int) -> None:
        """Lock some of what the account can spend, or release it again where *amount* is below 0."""
        self.add(asset, -amount)
        self.locked[asset] = self.locked.get(asset, 0) + amount

    def leg(self, name: str) -> Holdings:
        """Return what a leg of an account of derivatives holds."""
        return self._legs.setdefault(name, Holdings())

    def stamp(self, event: str, now_ms: int) -> int:
        """Return the time of an event, later than that of any before it of the same name."""
        self._stamps[event] = max(now_ms, self._stamps.get(event, 0) + 1)
        return self._stamps[event]


def account_kind(text: str, symbols: Collection[str]) -> str:
    """Return the kind of an account, its pair in capitals.

    :param text: ``"spot"``, ``"margin"``, ``"isolated_margin:"`` with a market symbol in any case,
        ``"usdm"``, ``"coinm"``, ``"options"`` or ``"portfolio_margin"``.
    :param symbols: the pairs there are.
    :raises InvalidArgument: if it is another text.
    """
    if text in (SPOT, MARGIN, *VENUES):
        return text
    if text.startswith(_ISOLATED):
        symbol = text.removeprefix(_ISOLATED).upper()
        if symbol in symbols:
            return _ISOLATED + symbol
        raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(symbols)}")
    known = ", ".join((SPOT, MARGIN, *VENUES))
    raise InvalidArgument(f"no account is {text!r}; use one of {known}, or {_ISOLATED}BNBBTC")


def isolated_kind(symbol: str) -> str:
    """Return the kind of the isolated margin account of a pair."""
    return _ISOLATED + symbol
