"""Errors of calls without an answer: each is also the error of the requests library that it stands for.

In 0.7 these came from that library as they were, so older scripts name them in their ``except`` clauses.
"""

from __future__ import annotations

import requests

from binance.exceptions import BinanceRequestException


class ConnectTimedOut(BinanceRequestException, requests.ConnectTimeout):
    """The exchange could not be connected to in time."""


class ReadTimedOut(BinanceRequestException, requests.ReadTimeout):
    """The answer did not come in time, or not all of it."""


class ConnectionLost(BinanceRequestException, requests.ConnectionError):
    """There was no connection, or it broke."""


class AnswerCutOff(BinanceRequestException, requests.exceptions.ChunkedEncodingError):
    """The answer ended before its end."""


_KINDS: tuple[tuple[type[Exception], type[BinanceRequestException]], ...] = (
    (requests.ConnectTimeout, ConnectTimedOut),
    (requests.Timeout, ReadTimedOut),
    (requests.ConnectionError, ConnectionLost),
    (requests.exceptions.ChunkedEncodingError, AnswerCutOff),
)


def kind_of(error: BaseException) -> type[BinanceRequestException]:
    """The kind of error that a script gets for one of the requests library's, or for any other."""
    return next((ours for theirs, ours in _KINDS if isinstance(error, theirs)), BinanceRequestException)
