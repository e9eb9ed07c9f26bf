"""Control messages, for the client itself, and the times in messages. Pure.

Source: Spot *Web Socket Streams*; the two shapes of a control error are both accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Epoch times from here on are microseconds; as milliseconds they would be in the year 5138.
_FIRST_MICROSECONDS = 10**14
_NO_TIME = 10**18


@dataclass(frozen=True)
class ControlReply:
    """The answer to a control request, or an error about one.

    :ivar code: error code, None if it is not an error or has no code.
    :ivar message: the exchange's words, "" if it is not an error.
    :ivar refused: it is an error.
    :ivar number: the id of the request; None if it is not a number, as where the exchange could not read it.
    """

    code: int | None
    message: str
    refused: bool
    number: int | None = None


@dataclass(frozen=True)
class ServerShutdown:
    """The exchange is about to end this connection."""


def event_time_s(message: Any) -> float | None:
    """The event time of a message, in epoch seconds; None if it has no time.

    Of a combined message it is the inner one's, of a list the last item's. Milliseconds and microseconds are
    distinguished by their size.
    """
    if isinstance(message, dict) and "stream" in message:
        message = message.get("data")
    if isinstance(message, list) and message:
        message = message[-1]
    return epoch_s(message.get("E")) if isinstance(message, dict) else None


def epoch_s(time: Any) -> float | None:
    """Epoch seconds of a time of the exchange's, milliseconds or microseconds; None if it is not a time."""
    if type(time) is not int or not 0 <= time < _NO_TIME:
        return None
    return time / 1e3 if time < _FIRST_MICROSECONDS else time / 1e6


def control(message: Any) -> ControlReply | ServerShutdown | None:
    """What a decoded message says to the client itself; None if it is for the user.

    :param message: a dict or list as :func:`decode` returns it.
    """
    if not isinstance(message, dict):
        return None
    kind = message.get("e")
    if kind is not None:
        return ServerShutdown() if kind == "serverShutdown" else None
    if "stream" in message:
        return ServerShutdown() if message["stream"] == "!serverShutdown" else None
    if "error" in message:
        error = message["error"]
        error = error if isinstance(error, dict) else {"msg": str(error)}
        return ControlReply(_number(error, "code"), str(error.get("msg", "")), True, _number(message, "id"))
    if "code" in message and "msg" in message:
        return ControlReply(_number(message, "code"), str(message["msg"]), True, _number(message, "id"))
    if "result" in message and "id" in message:
        return ControlReply(None, "", False, _number(message, "id"))
    return None


def _number(said: dict[str, Any], member: str) -> int | None:
    number = said.get(member)
    return number if type(number) is int else None  # a code would be shown as it is, whatever it may be


def clock_words(ahead_ms: float) -> str:
    """In words, how far this machine's clock is off."""
    where = "behind" if ahead_ms > 0 else "ahead of"
    return f"this machine's clock is {abs(ahead_ms) / 1000:.1f} s {where} the exchange's"
