"""Control messages of stream connections: SUBSCRIBE, UNSUBSCRIBE, and properties. Pure."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from binance.sandbox.answers.codec import is_request_id, read_json

_METHODS: Final = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")


class Subscribed(NamedTuple):
    """What a connection is subscribed to, and in which form its messages are.

    :ivar streams: names of streams, in the order of subscription.
    :ivar combined: whether messages go out as ``{"stream", "data"}``.
    """

    streams: Mapping[str, None]
    combined: bool


class Reply(NamedTuple):
    """The reply to a control message, and what the connection is subscribed to from now on.

    :ivar method: what was obeyed, with *params*; None if it is an error.
    :ivar asked_streams: how many streams the connection was to have, refused or not.
    """

    body: dict[str, Any]
    subscribed: Subscribed
    method: str | None
    params: list[Any]
    asked_streams: int


class _ControlError(Exception):
    """A control message that is answered with an error."""

    def __init__(self, code: int, message: str, asked_streams: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.asked_streams = asked_streams


def refused(code: int, message: str, request_id: int | str | None, flat_errors: bool) -> dict[str, Any]:
    """Return the body of an error; *flat_errors* as in :func:`answer`."""
    named = {"code": code, "msg": message}
    return (named if flat_errors else {"error": named}) | {"id": request_id}


def answer(
    payload: bytes, is_binary: bool, subscribed: Subscribed, most_streams: int | None, flat_errors: bool
) -> Reply:
    """Answer a control message.

    :param payload: the message as it was received.
    :param most_streams: the limit of streams on a connection, or None.
    :param flat_errors: False for errors as they have been seen, ``{"error": {"code", "msg"}, "id"}``; True
        for errors as documented, ``{"code", "msg", "id"}``.

    Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams".
    """
    request_id: Any = None
    try:
        request = _parse(payload, is_binary)
        request_id = _request_id(request)
        result, subscribed = _obey(request, subscribed, most_streams)
    except _ControlError as error:
        body = refused(error.code, error.message, request_id, flat_errors)
        return Reply(body, subscribed, None, [], error.asked_streams)
    body = {"result": result, "id": request_id}
    return Reply(body, subscribed, request["method"], request.get("params", []), len(subscribed.streams))


def _parse(payload: bytes, is_binary: bool) -> dict[str, Any]:
    try:
        if is_binary:
            raise ValueError("binary")
        request = read_json(payload)
    except ValueError as exc:
        line, column = getattr(exc, "lineno", 1), getattr(exc, "colno", 1)
        raise _ControlError(3, f"Invalid JSON: expected value at line {line} column {column}") from exc
    if not isinstance(request, dict):
        raise _ControlError(2, "Invalid request: missing field `method`")
    return request


def _request_id(request: dict[str, Any]) -> int | str | None:
    number = request.get("id", "")
    if is_request_id(number):
        return number
    raise _ControlError(2, "Invalid request: request ID must be an unsigned integer")


def _obey(
    request: dict[str, Any], subscribed: Subscribed, most_streams: int | None
) -> tuple[Any, Subscribed]:
    if "method" not in request:
        raise _ControlError(2, "Invalid request: missing field `method`")
    method, params = request["method"], request.get("params", [])
    if method not in _METHODS:
        expected = ", ".join(f"`{name}`" for name in _METHODS)
        raise _ControlError(2, f"Invalid request: unknown variant `{method}`, expected one of {expected}")
    if not isinstance(params, list):
        raise _ControlError(2, "Invalid request: params must be an array")
    if method == "LIST_SUBSCRIPTIONS":
        if params:
            raise _ControlError(2, "Invalid request: too many parameters")
        return list(subscribed.streams), subscribed
    if method in ("GET_PROPERTY", "SET_PROPERTY"):
        return _property(params, subscribed, method == "SET_PROPERTY")
    if not all(isinstance(stream, str) for stream in params):
        raise _ControlError(2, "Invalid request: a stream name must be a string")
    streams = dict(subscribed.streams)
    if method == "UNSUBSCRIBE":
        for stream in params:
            streams.pop(stream, None)
        return None, subscribed._replace(streams=streams)
    streams |= dict.fromkeys(stream for stream in params if stream)
    if most_streams is not None and len(streams) > most_streams:
        raise _ControlError(4, "Too many subscriptions", len(streams))
    return None, subscribed._replace(streams=streams)


def _property(params: list[Any], subscribed: Subscribed, write: bool) -> tuple[bool | None, Subscribed]:
    if not params or not isinstance(params[0], str):
        raise _ControlError(2, "Invalid request: property name must be a string")
    if len(params) > (2 if write else 1):
        raise _ControlError(2, "Invalid request: too many parameters")
    if params[0] != "combined":
        raise _ControlError(0, "Unknown property")
    if not write:
        return subscribed.combined, subscribed
    if len(params) < 2 or not isinstance(params[1], bool):
        raise _ControlError(1, "Invalid value type: expected Boolean")
    return None, subscribed._replace(combined=params[1])
