"""The answers of REST: JSON, or an exception."""

from __future__ import annotations

import time
from typing import Any

import requests

from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.rest.calls import Call
from binance.wire.waits import ban_wait_s, retry_after_s

_OBJECT: tuple[type, str] = (dict, "an object")
#: What an answer has to be, by the first sign of its shape.
_SHAPES: dict[str, tuple[type, str]] = {"{": _OBJECT, "[": (list, "a list")}

#: What does the work of a call, by its path, on a venue that answers 410 to it.
_USE_INSTEAD = {"/api/v3/userDataStream": " here: use start_user_socket, which needs no listen key"}


def read(call: str, response: requests.Response) -> Any:
    """The JSON of an answer.

    :param call: verb and path, for the error.
    :raises BinanceAPIException: if it is an error.
    :raises BinanceRequestException: if it is not JSON.
    """
    status = response.status_code
    wait_s = retry_after_s(response.headers.get("Retry-After"))
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        kind = response.headers.get("Content-Type", "no content type")
        words = f"{call}: the answer is not JSON ({kind}, {len(response.content)} bytes)"
        if status == 410:
            use = _USE_INSTEAD.get(call.partition(" ")[2], "")
            words = f"{call}: the exchange has ended this call{use}"
        if 200 <= status < 300:
            raise BinanceRequestException(words, status) from None
        raise BinanceAPIException(status, None, words, wait_s) from None
    if 200 <= status < 300:
        return answer
    code = answer.get("code") if isinstance(answer, dict) else None
    message = str(answer.get("msg", "")) if isinstance(answer, dict) else ""
    data = answer.get("data") if isinstance(answer, dict) else None
    message = message or f"{call}: refused with HTTP {status}"
    if wait_s is None and status == 418:
        wait_s = ban_wait_s(message, time.time())
    raise BinanceAPIException(status, code if isinstance(code, int) else None, message, wait_s, data)


def returned(call: Call, answer: Any) -> Any:
    """What the client's method returns: the answer, or the member of it that the row of the table names.

    :raises BinanceRequestException: if the answer to a GET has another shape than the row says, or that
        member is missing. Other calls have done what they do, whatever the answer looks like.
    """
    expected = _SHAPES.get(call.returns[:1]) if call.verb == "GET" else None
    if call.picks:
        expected = _OBJECT
    if expected is not None and not isinstance(answer, expected[0]):
        raise BinanceRequestException(
            f"{call.verb} {call.path}: the answer is a {type(answer).__name__}, not {expected[1]}"
        )
    if not call.picks:
        return answer
    picked = answer.get(call.picks)
    if not isinstance(picked, str):
        raise BinanceRequestException(f"{call.verb} {call.path}: the answer has no {call.picks}")
    return picked
