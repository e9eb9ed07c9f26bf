"""Client order ids, made where a caller gave none, so that an order can be queried if its answer is lost.
Pure.

Source: Spot *REST API*, "New order"; *USD-M Futures*, "Place Multiple Orders".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from binance.exceptions import BinanceRequestException, InvalidArgument
from binance.rest.params import text

#: What venues call it.
_NAMES = ("newClientOrderId", "listClientOrderId", "clientOrderId", "clientAlgoId")


def new_id() -> str:
    """An id that no order had before: 32 letters and digits, which all venues take."""
    return os.urandom(16).hex()


def with_ids(
    made: str, params: Mapping[str, Any], new: Callable[[], str] = new_id
) -> tuple[dict[str, Any], list[str]]:
    """The parameters of an order with its client order id, and that id; of a list of orders with all of them.

    :param made: the parameter that holds it; ``"batchOrders.newClientOrderId"`` for the one of each of the
        orders in a list.
    :raises InvalidArgument: if that is not a list of dicts.
    """
    name, _, member = made.partition(".")
    if not member:
        given = params.get(name)
        order_id = new() if given is None else text(name, given)
        return {**params, name: order_id}, [order_id]
    orders = params.get(name)
    if not isinstance(orders, (list, tuple)) or not all(isinstance(one, Mapping) for one in orders):
        raise InvalidArgument(f"{name} is a {type(orders).__name__}; use a list of dicts, one for each order")
    both = [with_ids(member, one, new) for one in orders]
    return {**params, name: [one for one, _ in both]}, [order_id for _, ids in both for order_id in ids]


def ids_in(params: Mapping[str, Any]) -> list[str]:
    """The client order ids that a caller gave an order, whatever the call: it need not be in the table."""
    return [text(name, params[name]) for name in _NAMES if params.get(name) is not None]


def name_orders(error: BinanceRequestException, order_ids: Sequence[str]) -> None:
    """Add to the error of a call that it may have been executed, and how to ask for its orders."""
    if order_ids:
        error.client_order_id = order_ids[0]
    error.message += f"; {_words(order_ids)}"
    error.args = (error.message,)


def note_orders(error: BaseException, order_ids: Sequence[str]) -> None:
    """The same as a note of an exception that is not ours: Ctrl-C, or what a handler of a signal raised."""
    error.add_note(_words(order_ids))


def _words(order_ids: Sequence[str]) -> str:
    if not order_ids:
        return "the exchange may have executed the call: check before you repeat it"
    named = ", ".join(order_ids[:5]) + (" ..." if order_ids[5:] else "")
    return f"the exchange may have accepted the order: query it by its client order id, {named}"
