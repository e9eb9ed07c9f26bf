"""The decoding of payloads to messages. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from binance.exceptions import MalformedMessage

Decoder = Callable[[bytes], Any]


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


class Codec:
    """Decodes what a connection sends, some payloads at once.

    :param decoder: bytes to Python objects; None: :func:`default_decoder`. The default decoder is called once
        for all payloads, joined as an array, and for each by itself if that fails or yields another number of
        messages. (Malformed payloads that complete one another pass if a third one makes up for the number.)
        Any other decoder is called for each payload.
    :param array: the messages may be lists.
    """

    def __init__(self, decoder: Decoder | None = None, array: bool = False) -> None:
        self._together = decoder is None
        self._loads = default_decoder() if decoder is None else decoder
        self._array = array

    def decoded(self, payloads: Sequence[bytes], is_binary: bool = False) -> list[Any]:
        """A message for each payload, or the exception with the reason.

        That is a :class:`MalformedMessage`, or what a decoder raised to end the program. There may be values
        that are not messages, too: see :meth:`checked`.
        """
        if is_binary:
            return [MalformedMessage("a binary frame") for _ in payloads]
        if self._together and len(payloads) > 1:
            try:
                messages: list[Any] = self._loads(b"[%b]" % b",".join(payloads))
            except Exception:
                messages = []  # one of them is malformed: which is found below
            if len(messages) == len(payloads):
                return messages
        return [self._one(payload) for payload in payloads]

    def checked(self, message: Any) -> Any:
        """The same message, if it is one; see :func:`checked`."""
        return checked(message, self._array)

    def _one(self, payload: bytes) -> Any:
        try:
            return decode(payload, self._loads, self._array)
        except (MalformedMessage, SystemExit, KeyboardInterrupt) as exc:
            return exc


def decode(payload: bytes, decoder: Decoder, array: bool = False) -> Any:
    """Turn one payload into the message it carries.

    :param payload: one whole WebSocket message.
    :param decoder: bytes to Python objects; whatever it raises means malformed.
    :param array: the stream is one of those that send lists.
    :returns: a dict (or, on an *array* stream, a list).
    :raises MalformedMessage: if the payload is not a message of such a stream.
    """
    try:
        message = decoder(payload)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as exc:  # asyncio's CancelledError, for one, is not an Exception
        raise MalformedMessage(f"cannot be decoded: {_words(exc)}") from exc
    return checked(message, array)


def checked(message: Any, array: bool = False) -> Any:
    """The same message, if it is one.

    :raises MalformedMessage: if it is not a dict (nor, on an *array* stream, a list).
    :raises SystemExit, KeyboardInterrupt: if that is what a decoder raised.
    """
    if isinstance(message, (MalformedMessage, SystemExit, KeyboardInterrupt)):
        raise message
    if isinstance(message, dict) or (array and isinstance(message, list)):
        return message
    raise MalformedMessage(f"not a message of this stream, but a JSON {_json_name(message)}")


def _words(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    except Exception:  # it cannot even be printed
        return type(error).__name__


def _json_name(value: Any) -> str:
    if value is None:
        return "null"
    names: dict[type, str] = {list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), type(value).__name__)
