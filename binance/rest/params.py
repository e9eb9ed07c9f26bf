"""Parameters of a REST call: by today's names, and as text, exactly as they are sent and signed. Pure.

Source: Spot *REST API*, "General Information on Endpoints".
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import Any
from urllib.parse import quote, urlencode

from binance.exceptions import InvalidArgument
from binance.rest.calls import Call


def of_call(call: Call, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a call by the names that they have today, with those that it always has.

    :raises InvalidArgument: if one is given by its old and by its new name, or one that the call fixes has
        another value.
    """
    sent = {name: value for name, value in params.items() if value is not None}
    for old, new in call.renamed:
        if old in sent:
            if new in sent:
                raise InvalidArgument(f"{call.name}: {old} and {new} are the same parameter; use {new}")
            sent[new] = sent.pop(old)
    for name, value in call.fixed:
        if sent.setdefault(name, value) != value:
            raise InvalidArgument(f"{call.name}: {name} is {sent[name]!r}; this call is for {value!r} alone")
    for name, value in call.defaults:
        sent.setdefault(name, value)
    listed = sent.get(call.commas)
    if isinstance(listed, (list, tuple)):
        sent[call.commas] = ",".join(text(call.commas, one) for one in listed)
    return sent


def texts(params: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a call as text; those that are None are left out.

    An amount is sent digit by digit: a str as it is, a Decimal with all its digits, a float in the shortest
    form that is still the same float; never with an exponent. True is ``true``. A list is JSON, as
    ``symbols`` and ``batchOrders`` need it, and amounts in it are text.

    :raises InvalidArgument: if a value is of another type, is not a finite number, or cannot be encoded.
    """
    return {name: text(name, value) for name, value in params.items() if value is not None}


def encoded(params: Mapping[str, str]) -> str:
    """Parameters as a query or a form, percent-encoded, in their order."""
    return urlencode(params, quote_via=quote)


def text(name: str, value: Any) -> str:
    """One parameter as text.

    :raises InvalidArgument: as :func:`texts`.
    """
    try:
        found = _text(name, value)
        found.encode()
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name} contains a lone surrogate, which cannot be encoded") from None
    return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, (list, tuple, Mapping)):
        return json.dumps(_in_json(name, value), separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, str):
        return str.__str__(value)  # of an enumeration of texts: its value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, float):
        value = Decimal(float.__repr__(value))
    elif isinstance(value, Real):  # of numpy
        with contextlib.suppress(ArithmeticError):  # it is not one number with digits, but a fraction
            value = Decimal(str(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidArgument(f"{name} is {value}; use a finite number")
        return format(value, "f")
    raise InvalidArgument(
        f"{name} is a {type(value).__name__}; use a str, a number, a bool, or a list or dict of these"
    )


def _in_json(name: str, value: Any) -> Any:
    """A value inside of JSON: whole numbers and booleans as they are, amounts as text."""
    if isinstance(value, Mapping):
        return {str(key): _in_json(name, each) for key, each in value.items() if each is not None}
    if isinstance(value, (list, tuple)):
        return [_in_json(name, each) for each in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    return _text(name, value)
