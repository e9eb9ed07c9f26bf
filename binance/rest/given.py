"""What is sent of what a caller gave, by the row of the call. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binance.exceptions import InvalidArgument
from binance.rest.calls import Call
from binance.rest.params import text


def given(call: Call, params: Mapping[str, Any]) -> dict[str, Any]:
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
