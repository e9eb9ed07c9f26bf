"""Payloads to messages. Pure: bytes in, what the exchange meant out.

Source: Spot *Web Socket Streams*; the two shapes of a control error are both accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from binance.exceptions import MalformedMessage

Decoder = Callable[[bytes], Any]

#: The one message that does not come from the exchange, sent when a connection could not be had again.
MAX_RETRIES_MESSAGE = {"e": "error", "m": "Max reconnect retries reached"}


#: Epoch times from here on are microseconds; as milliseconds they would be in the year 5138.
_FIRST_MICROSECONDS = 10**14
_NO_TIME = 10**18


@dataclass(frozen=True)
class ControlReply:
    """The answer to a control request, or an error about one.

    :ivar code: error code, None if it is no error or has none.
    :ivar message: the exchange's words, "" if it is no error.
    :ivar refused: it is an error.
    """

    code: int | None
    message: str
    refused: bool


@dataclass(frozen=True)
class ServerShutdown:
    """The exchange is about to end this connection."""


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_decode_json = json.JSONDecoder(parse_constant=_no_number).decode


def _json_loads(payload: bytes) -> Any:
    # strict UTF-8: json.loads alone lets lone surrogates pass
    return _decode_json(payload.decode())


def default_decoder() -> Decoder:
    """orjson's if it is installed (extra ``speed``), else the standard library's."""
    try:
        import orjson
    except ImportError:
        return _json_loads
    loads: Decoder = orjson.loads
    return loads


def batch_decoder(decoder: Decoder | None, array: bool = False) -> Callable[[Sequence[bytes]], list[Any]]:
    """A function that decodes some payloads at once.

    It returns a message for each payload, or the :class:`MalformedMessage` that tells why it is none, or what
    a decoder raised to end the program. There may be values that are no message, too: see :func:`checked`.

    :param decoder: bytes to Python objects; None: :func:`default_decoder`. The default decoder is called once
        for all payloads, joined as an array, and for each by itself if that fails or yields another number of
        messages. (Malformed payloads that complete one another pass if a third one makes up for the number.)
        Any other decoder is called for each payload.
    :param array: as for :func:`decode`.
    """
    together = decoder is None
    loads = default_decoder() if decoder is None else decoder

    def decoded(payloads: Sequence[bytes]) -> list[Any]:
        if together and len(payloads) > 1:
            try:
                messages: list[Any] = loads(b"[%b]" % b",".join(payloads))
            except Exception:
                messages = []  # one of them is malformed: which is found below
            if len(messages) == len(payloads):
                return messages
        return [_decoded(payload, loads, array) for payload in payloads]

    return decoded


def _decoded(payload: bytes, decoder: Decoder, array: bool) -> Any:
    try:
        return decode(payload, decoder, array)
    except (MalformedMessage, SystemExit, KeyboardInterrupt) as exc:
        return exc


def decode(payload: bytes, decoder: Decoder, array: bool = False) -> Any:
    """Turn one payload into the message it carries.

    :param payload: one whole WebSocket message.
    :param decoder: bytes to Python objects; whatever it raises means malformed.
    :param array: the stream is one of those that send lists.
    :returns: a dict (or, on an *array* stream, a list).
    :raises MalformedMessage: if the payload is no message of such a stream.
    """
    try:
        message = decoder(payload)
    except Exception as exc:
        raise MalformedMessage(f"cannot be decoded: {exc}") from exc
    return checked(message, array)


def checked(message: Any, array: bool = False) -> Any:
    """The same message, if it is one.

    :raises MalformedMessage: if it is no dict (nor, on an *array* stream, a list).
    :raises BaseException: if it is an exception: that one.
    """
    if isinstance(message, BaseException):
        raise message
    if isinstance(message, dict) or (array and isinstance(message, list)):
        return message
    raise MalformedMessage(f"is no message of this stream but a bare {_json_name(message)}")


def _json_name(value: Any) -> str:
    if value is None:
        return "null"
    names: dict[type, str] = {list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), type(value).__name__)


def event_time_s(message: Any) -> float | None:
    """When the exchange says that what a message tells happened, in epoch seconds; None if it does not say.

    Of a combined message it is the inner one's, of a list the last item's. Milliseconds and microseconds are
    told apart by their size.
    """
    if isinstance(message, dict) and "stream" in message:
        message = message.get("data")
    if isinstance(message, list) and message:
        message = message[-1]
    return epoch_s(message.get("E")) if isinstance(message, dict) else None


def epoch_s(time: Any) -> float | None:
    """Epoch seconds of a time of the exchange's, milliseconds or microseconds; None if it is no time."""
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
        return ControlReply(error.get("code"), str(error.get("msg", "")), True)
    if "code" in message and "msg" in message:
        return ControlReply(message["code"], str(message["msg"]), True)
    if "result" in message and "id" in message:
        return ControlReply(None, "", False)
    return None
