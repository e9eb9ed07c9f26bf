"""Calls of the sandbox's REST, answered without a socket."""

from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.answers import rest


def asked(market, path, status=200, time_unit=None, **params):
    """Return REST's answer to a call without a key; the path is one of ``/api/v3/`` unless it is whole."""
    call = rest.RestCall("GET", path if path.startswith("/") else f"/api/v3/{path}", params)
    answer = rest.answer(call, None, market, Accounts(1), True, time_unit)
    assert answer.status == status, answer
    return answer.body
