"""What accounts of derivatives trade: perpetual contracts and options, and what they are worth."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.times import DAY_MS

#: The legs of an account: USD-M, COIN-M, options.
UM: Final = "UM"
CM: Final = "CM"
OPTION: Final = "OPTION"

_DOLLAR: Final = "USDT"

# Face value of a COIN-M contract, in dollars; others than Bitcoin's are 10.
_FACES: Final = {"BTC": 100}
_FACE: Final = 10

# What has more than a USD-M perpetual.
_BASES: Final = ("BTC", "ETH")

# Options here expire so many days after the market has opened, at 8:00 UTC.
_OPTION_DAYS: Final = 30
_EXPIRY_MS: Final = 8 * 3_600_000


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that accounts of derivatives trade.

    :ivar symbol: its own; ``pair`` is that of the spot market which its price follows.
    :ivar leg: :data:`UM`, :data:`CM` or :data:`OPTION`.
    :ivar base: what is bought with it; ``asset`` is what profits, premiums and fees are paid in.
    :ivar step: smallest quantity, in units of 1e-8; of COIN-M whole contracts.
    :ivar tick: smallest price step, in units of 1e-8.
    :ivar face: dollars of one COIN-M contract, in units of 1e-8; 0 if the contract is linear.
    :ivar strike: of an option, in units of 1e-8; ``expires_ms`` and ``is_call`` likewise.

    Source: *USD-M* and *COIN-M Futures*, *European Options*: "Exchange information".
    """

    symbol: str
    leg: str
    pair: str
    base: str
    asset: str
    step: int
    tick: int
    face: int = 0
    strike: int = 0
    expires_ms: int = 0
    is_call: bool = False

    def value(self, price: int, quantity: int) -> int:
        """Return what a quantity is worth at a price, in units of 1e-8 of :attr:`asset`."""
        return quantity * self.face // price if self.face else price * quantity // UNIT

    def price(self, value: int, quantity: int) -> int:
        """Return the price at which a quantity is worth a value."""
        return quantity * self.face // value if self.face else value * UNIT // quantity

    @property
    def sense(self) -> int:
        """1 if a rising price raises :meth:`value`; -1 of COIN-M, where it lowers it."""
        return -1 if self.face else 1


@lru_cache(maxsize=64)
def contracts(pairs: tuple[tuple[str, str, int, int, int], ...], start_ms: int) -> dict[str, Contract]:
    """Return the contracts of a market, by symbol.

    Of each pair in USDT there is a USD-M perpetual. Of Bitcoin and Ether there are a COIN-M perpetual, a call
    and a put too.

    :param pairs: (symbol, base, tick, step, price) of each instrument of the spot market.
    :param start_ms: when that market opened.
    """
    found: list[Contract] = []
    expires_ms = int(start_ms // DAY_MS + _OPTION_DAYS) * DAY_MS + _EXPIRY_MS
    day = time.strftime("%y%m%d", time.gmtime(expires_ms / 1000))
    for pair, base, tick, step, price in pairs:
        if pair != base + _DOLLAR:
            continue
        found.append(Contract(pair, UM, pair, base, _DOLLAR, step, tick))
        if base not in _BASES:
            continue
        face = _FACES.get(base, _FACE) * UNIT
        found.append(Contract(f"{base}USD_PERP", CM, pair, base, base, UNIT, tick * 10, face))
        strike = price // UNIT // 100 * 100
        for letter in "CP":
            found.append(
                Contract(
                    f"{base}-{day}-{strike}-{letter}", OPTION, pair, base, _DOLLAR, UNIT // 100, UNIT // 10,
                    strike=strike * UNIT, expires_ms=expires_ms, is_call=letter == "C",
                )
            )  # fmt: skip
    return {contract.symbol: contract for contract in found}
