"""What accounts of derivatives trade: futures and options, and what they are worth."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.futures.contracts import Contract as Spec
from binance.sandbox.market.times import DAY_MS

#: The legs of an account: USD-M, COIN-M, options.
UM: Final = "UM"
CM: Final = "CM"
OPTION: Final = "OPTION"

# There are options on these.
_UNDERLYINGS: Final = ("BTCUSDT", "ETHUSDT")

# Options here expire so many days after the market has opened, at 8:00 UTC.
_OPTION_DAYS: Final = 30
_EXPIRY_MS: Final = 8 * 3_600_000


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that accounts of derivatives trade.

    :ivar symbol: its own; ``pair`` is that of its index.
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
def contracts(specs: tuple[Spec, ...], start_ms: int) -> dict[str, Contract]:
    """Return what accounts trade, by symbol: contracts of the market, and a call and a put of the largest.

    :param specs: the contracts of USD-M and COIN-M.
    :param start_ms: when their market opened.
    """
    found = [_future(spec) for spec in specs]
    expires_ms = int(start_ms // DAY_MS + _OPTION_DAYS) * DAY_MS + _EXPIRY_MS
    day = time.strftime("%y%m%d", time.gmtime(expires_ms / 1000))
    for spec in specs:
        if spec.symbol not in _UNDERLYINGS:
            continue
        strike = spec.price // UNIT // 100 * 100
        found += [
            Contract(
                f"{spec.base}-{day}-{strike}-{letter}", OPTION, spec.pair, spec.base, spec.quote, UNIT // 100,
                UNIT // 10, strike=strike * UNIT, expires_ms=expires_ms, is_call=letter == "C",
            )
            for letter in "CP"
        ]  # fmt: skip
    return {contract.symbol: contract for contract in found}


def _future(spec: Spec) -> Contract:
    leg, asset = (CM, spec.base) if spec.size else (UM, spec.quote)
    return Contract(
        spec.symbol, leg, spec.pair, spec.base, asset, spec.step, spec.tick, face=spec.size * UNIT
    )
