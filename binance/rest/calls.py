"""The table of REST calls: one row for each call. Values only.

:mod:`binance.rest.methods` is made of it, and so is the page of the docs; :mod:`binance.rest.executor` makes
a call by its row. A new row is a new method, after ``python -m binance.rest.generate``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: What a call needs: nothing, an API key, or a key and a signature.
Security = Literal["none", "key", "signed"]


class Call(NamedTuple):
    """One call of the exchange.

    :ivar name: of the client's method.
    :ivar verb: of HTTP; *path*: from the host on.
    :ivar does: what it does, one sentence.
    :ivar params: names of its parameters, those that may be left out behind the others, in brackets. Every
        signed call takes ``recvWindow``, too.
    :ivar returns: shape of the answer, as text of Python; empty if it depends.
    :ivar venue: a key of :data:`HOSTS`; *security*: what it needs.
    :ivar weight: what it counts against the exchange's limit at least; *most*: at most, if that depends on
        its parameters; *by_account*: against the limit of the account, not of the address.
    :ivar fixed: parameters that are always sent; *defaults*: those that are sent where they are missing.
    :ivar renamed: names that parameters had, with those that they have.
    :ivar commas: the parameter whose list is joined by commas, and is not JSON.
    :ivar made: the parameter with the client's id of an order, which is made where it is missing.
    :ivar args: parameters that are arguments by position.
    :ivar unsent: an argument that is taken and not sent.
    :ivar picks: the member of the answer that is returned, a text.
    :ivar source: the exchange's page.
    """

    name: str
    verb: str
    path: str
    does: str
    params: str = ""
    returns: str = ""
    venue: str = "spot"
    security: Security = "none"
    weight: int = 1
    most: int = 0
    by_account: bool = False
    fixed: tuple[tuple[str, str], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    commas: str = ""
    made: str = ""
    args: str = ""
    unsent: str = ""
    picks: str = ""
    source: str = ""

    @property
    def needed(self) -> list[str]:
        """Names of the parameters that have to be given."""
        return self.params.partition("[")[0].split()

    @property
    def optional(self) -> list[str]:
        """Names of those that may be left out."""
        return self.params.partition("[")[2].rstrip("]").split()


class Ended(NamedTuple):
    """A call that the exchange has ended.

    :ivar name: of the client's method, which raises :exc:`~binance.exceptions.Retired`.
    :ivar did: what it did, one sentence.
    :ivar since: the day, ``"2023-06-01"``, or what is known of it, ``"2023"``.
    :ivar use: what does its work now.
    :ivar args: arguments by position.
    :ivar source: where the day, or the successor, is from.
    """

    name: str
    did: str
    since: str
    use: str
    args: str = ""
    source: str = ""


#: Venues, and the field of :class:`~binance.endpoints.Endpoints` with the host of each.
HOSTS = {
    "spot": "rest",
    "usdm": "usdm_rest",
    "coinm": "coinm_rest",
    "options": "options_rest",
    "portfolio_margin": "portfolio_rest",
    "web": "web",
}
