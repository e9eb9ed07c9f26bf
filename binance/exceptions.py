"""Every error this package raises, under one root.

Those that quote the exchange make its words printable, and cut them at 1,000 characters.
"""

from __future__ import annotations

from binance.packaging.newer import explain_names_of as _explain_names_of
from binance.text.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_explain_names_of(__name__)


class BinanceError(Exception):
    """Root of all errors of this package."""


class InvalidArgument(BinanceError, ValueError):
    """An argument is outside what the exchange or this package offers."""


class InvalidStream(InvalidArgument):
    """A stream that the exchange does not offer, or a symbol that cannot be one."""


class MalformedMessage(BinanceError, ValueError):
    """A payload from the exchange that is not a message."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class ManagerError(BinanceError, RuntimeError):
    """The manager cannot do what was asked in the state the process is in."""


class Ended(BinanceError):
    """No message will come: no socket feeds the inbox that was asked for one, and it is empty."""


class BinanceRequestException(BinanceError):
    """A REST call got no answer that can be read: no line, a timeout, a body that is not JSON.

    :ivar message: what went wrong, in words: one line of printable text; never holds a key or a secret.
    :ivar status_code: HTTP status, or None if nothing was answered.
    :ivar was_sent: False if nothing of the call can have reached the exchange.
    :ivar client_order_id: of the order that was sent, if it is not known whether the exchange has taken it;
        of several, the first. Ask for it before you send it again.
    """

    was_sent = True
    client_order_id: str | None = None

    def __init__(self, message: str, status_code: int | None = None) -> None:
        self.message = printable(message)
        super().__init__(self.message)
        self.status_code = status_code

    def __reduce__(self) -> tuple[Any, ...]:
        """It can be pickled, whatever its kind is made of: a pool of processes sends it home."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class BinanceAPIException(BinanceRequestException):
    """The exchange answered a REST call with an error.

    :ivar status_code: HTTP status, e.g. 400.
    :ivar code: the exchange's error code, e.g. -1121; None if the body has no code (HTML, say).
    :ivar message: the exchange's words, or ours if it sent no message.
    :ivar retry_after_s: seconds the exchange asked to wait, or None.
    :ivar data: what else the exchange said, as it sent it, or None. With -2021 and -2022: what became of the
        cancel, and what of the order in its place.

    Source: Spot *Error codes*.
    """

    def __init__(
        self,
        status_code: int,
        code: int | None,
        message: str,
        retry_after_s: float | None = None,
        data: Any = None,
    ) -> None:
        super().__init__(message, status_code)
        self.code = code
        self.retry_after_s = retry_after_s
        self.data = data

    def __str__(self) -> str:
        if self.code is None:
            return f"HTTP {self.status_code}: {self.message}"
        return f"APIError(code={self.code}): {self.message} (HTTP {self.status_code})"


class RateLimited(BinanceAPIException):
    """The call was not made: the exchange had asked for a wait, which is not over.

    It holds for every client of the process that goes to the same host. ``status_code``, ``code`` and
    ``message`` are those of the answer that asked for it, 429 (too many calls) or 418 (banned).

    :ivar retry_after_s: seconds that are left.
    """

    was_sent = False


class Retired(BinanceRequestException):
    """A call of the client that the exchange has ended; nothing was sent.

    :ivar since: the day it ended, or what is known of it.
    :ivar use: what does its work now.
    """

    was_sent = False

    def __init__(self, message: str, since: str, use: str) -> None:
        super().__init__(message)
        self.since = since
        self.use = use


class BinanceOrderException(BinanceError):
    """An order that was refused before it was sent, for the ``except`` clauses of older scripts.

    Nothing raises it or one of its kinds: what an order needs is checked by the exchange, whose refusal is a
    :exc:`BinanceAPIException`.

    :ivar code: one of the exchange's error codes, e.g. -1013.
    :ivar message: what was wrong with the order.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{type(self).__name__}(code={self.code}): {self.message}"


class BinanceOrderMinAmountException(BinanceOrderException):
    """For older scripts; nothing raises it. *value* is the step of the quantity."""

    def __init__(self, value: object) -> None:
        super().__init__(-1013, f"the quantity is not a multiple of {value}")
        self.args = (value,)  # so that it can be copied; likewise below


class BinanceOrderMinPriceException(BinanceOrderException):
    """For older scripts; nothing raises it. *value* is the lowest price."""

    def __init__(self, value: object) -> None:
        super().__init__(-1013, f"the price is below {value}")
        self.args = (value,)


class BinanceOrderMinTotalException(BinanceOrderException):
    """For older scripts; nothing raises it. *value* is the lowest price times quantity."""

    def __init__(self, value: object) -> None:
        super().__init__(-1013, f"price times quantity is below {value}")
        self.args = (value,)


class BinanceOrderUnknownSymbolException(BinanceOrderException):
    """For older scripts; nothing raises it. *value* is the symbol."""

    def __init__(self, value: object) -> None:
        super().__init__(-1013, f"there is no symbol {value}")
        self.args = (value,)


class BinanceOrderInactiveSymbolException(BinanceOrderException):
    """For older scripts; nothing raises it. *value* is the symbol."""

    def __init__(self, value: object) -> None:
        super().__init__(-1013, f"the symbol {value} is not traded at present")
        self.args = (value,)


class BinanceWithdrawException(BinanceError):
    """A withdrawal that was refused, for the ``except`` clauses of older scripts.

    Nothing raises it: the exchange answers a refused withdrawal with an error, a :exc:`BinanceAPIException`.

    :ivar message: what was wrong.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.message}"
