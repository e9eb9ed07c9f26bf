"""Every error this package raises, under one root.

Those that quote the exchange make its words printable, and cut them at 1,000 characters.
"""

from binance.packaging.newer import explain_names_of as _explain_names_of
from binance.text.printable import printable

_explain_names_of(__name__)


class BinanceError(Exception):
    """Root of all errors of this package."""


class InvalidArgument(BinanceError, ValueError):
    """An argument is outside what the exchange or this package offers."""


class InvalidStream(InvalidArgument):
    """A stream that the exchange does not offer, or a symbol that cannot be one."""


class MalformedMessage(BinanceError, ValueError):
    """A payload from the exchange that is no message."""

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


class BinanceAPIException(BinanceRequestException):
    """The exchange answered a REST call with an error.

    :ivar status_code: HTTP status, e.g. 400.
    :ivar code: the exchange's error code, e.g. -1121; None if the body held none (HTML, say).
    :ivar message: the exchange's words, or ours if it sent none.
    :ivar retry_after_s: seconds the exchange asked to wait, or None.

    Source: Spot *Error codes*.
    """

    def __init__(
        self, status_code: int, code: int | None, message: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, status_code)
        self.code = code
        self.retry_after_s = retry_after_s

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


class _OrderRule(BinanceOrderException):
    """An order that breaks one rule; the rule's words hold a value."""

    _words = "{}"

    def __init__(self, value: object) -> None:
        super().__init__(-1013, self._words.format(value))
        self.args = (value,)  # what it is made of, so that it can be copied


class BinanceOrderMinAmountException(_OrderRule):
    """For older scripts; nothing raises it. *value* is the step of the quantity."""

    _words = "the quantity is not a multiple of {}"


class BinanceOrderMinPriceException(_OrderRule):
    """For older scripts; nothing raises it. *value* is the lowest price."""

    _words = "the price is below {}"


class BinanceOrderMinTotalException(_OrderRule):
    """For older scripts; nothing raises it. *value* is the lowest price times quantity."""

    _words = "price times quantity is below {}"


class BinanceOrderUnknownSymbolException(_OrderRule):
    """For older scripts; nothing raises it. *value* is the symbol."""

    _words = "there is no symbol {}"


class BinanceOrderInactiveSymbolException(_OrderRule):
    """For older scripts; nothing raises it. *value* is the symbol."""

    _words = "the symbol {} is not traded at present"


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
