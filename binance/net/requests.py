"""Requests on an open connection: sent with an id, answered by it, or timed out.

Source: Spot *WebSocket API*, "Request format", "Response format".
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from twisted.internet.defer import Deferred

from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.net.interfaces import Options
from binance.net.protocol import StreamProtocol
from binance.wire.waits import error_retry_after_s


class NotConnected(BinanceRequestException):
    """A request or its answer was lost, because there is no connection."""


class Requests:
    """What was asked on one connection at a time and is not answered yet."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._numbers = itertools.count(1)
        self._asked: dict[int, Deferred[Any]] = {}

    def ask(
        self, connection: StreamProtocol, method: str, params: dict[str, Any] | list[str] | None
    ) -> tuple[Deferred[Any], float]:
        """Ask the exchange something, as soon as its limit allows.

        :param params: of the WebSocket API a dict, of a connection of streams a list of names.
        :returns: what fires with the answer's ``result``, and fails with
            :exc:`~binance.exceptions.BinanceAPIException` if that is an error, with :exc:`NotConnected` if
            the connection is lost, with :exc:`~binance.exceptions.BinanceRequestException` if no answer
            comes; and the seconds until it is sent.
        """
        number = next(self._numbers)
        asked = {"id": number, "method": method, **({"params": params} if params else {})}
        answer: Deferred[Any] = Deferred()
        self._asked[number] = answer
        wait_s = connection.ask(json.dumps(asked).encode())
        answer.addTimeout(wait_s + self._options.timings.request_s, self._options.clock, no_answer)
        answer.addBoth(self._forget, number)
        return answer, wait_s

    def answered(self, message: dict[str, Any]) -> bool:
        """Take an answer; whether somebody waited for it.

        :param message: with ``id``, and ``result`` or ``error``.
        """
        outcome = error_of(message) if "error" in message else message["result"]
        return self.settle(message["id"], outcome)

    def settle(self, number: Any, outcome: Any) -> bool:
        """Take the outcome of the request of that id, an exception if it failed; whether somebody waited."""
        answer = self._asked.pop(number, None) if isinstance(number, int) else None
        if answer is None:
            return False
        if isinstance(outcome, Exception):
            answer.errback(outcome)
        else:
            answer.callback(outcome)
        return True

    def only(self) -> int | None:
        """The id of the open request, if there is exactly one; else None."""
        return next(iter(self._asked)) if len(self._asked) == 1 else None

    def lost(self) -> None:
        """The connection was lost: fail every open request."""
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            answer.errback(NotConnected("the connection was lost before the answer"))

    def _forget(self, result: Any, number: int) -> Any:
        self._asked.pop(number, None)
        return result


def error_of(message: dict[str, Any]) -> BinanceAPIException:
    """The exception that an answer with ``error`` means."""
    error = message["error"] if isinstance(message["error"], dict) else {"msg": str(message["error"])}
    status, code = message.get("status"), error.get("code")
    return BinanceAPIException(
        status if isinstance(status, int) else 400,
        code if isinstance(code, int) else None,
        str(error.get("msg", "")),
        error_retry_after_s(error),
    )


def no_answer(_: Any, timeout_s: float) -> None:
    """What a Deferred with a timeout fails with."""
    raise BinanceRequestException(f"no answer for {timeout_s:g} s")
