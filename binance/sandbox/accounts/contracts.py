"""What accounts of derivatives trade: futures and options, and what they are worth."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from binance.sandbox.market.amounts import UNIT, units
from binance.sandbox.market.futures.contracts import Contract as Spec
from binance.sandbox.market.options.contracts import OptionContract

#: The legs of an account: USD-M, COIN-M, options.
UM: Final = "UM"
CM: Final = "CM"
OPTION: Final = "OPTION"


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
    :ivar spec: what the market says of an option; None of futures.

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
    spec: OptionContract | None = None

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


@lru_cache(maxsize=10_000)
def contract(spec: Spec) -> Contract:
    """Return the contract that an instrument of the market is."""
    if isinstance(spec, OptionContract):
        return Contract(
            spec.symbol, OPTION, spec.pair, spec.base, spec.quote, spec.step, spec.tick,
            strike=units(spec.strike), expires_ms=spec.delivery_ms, is_call=spec.is_call, spec=spec,
        )  # fmt: skip
    leg, asset = (CM, spec.base) if spec.size else (UM, spec.quote)
    return Contract(
        spec.symbol, leg, spec.pair, spec.base, asset, spec.step, spec.tick, face=spec.size * UNIT
    )
