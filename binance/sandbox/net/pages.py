"""HTTP answers, as twisted.web writes them."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from twisted.web.server import NOT_DONE_YET

from binance.sandbox.answers.codec import encode
from binance.sandbox.answers.rest import Answer, gateway_page


def address_of(request: Any) -> str:
    """Return the client's address, to which limits apply."""
    return str(getattr(request.getClientAddress(), "host", ""))


def query_of(uri: str) -> dict[str, str]:
    """Read the query of a path."""
    return dict(parse_qsl(uri.partition("?")[2], keep_blank_values=True))


def page(request: Any, status: int, body: str = "", retry_after_s: float | None = None) -> bytes:
    """Answer with a page, and end the connection."""
    reason = HTTPStatus(status).phrase
    request.setResponseCode(status, reason.encode())
    request.setHeader("content-type", "text/html")
    request.setHeader("connection", "close")
    request.channel.persistent = False
    if retry_after_s is not None:
        request.setHeader("retry-after", f"{retry_after_s:g}")
    return (body or gateway_page(status, reason)).encode()


def reply(request: Any, answer: Answer) -> bytes:
    """Answer with what REST says."""
    status, body = answer
    if isinstance(body, str):
        return page(request, status, body)
    request.setResponseCode(status)
    request.setHeader("content-type", "application/json;charset=UTF-8")
    return encode(body)


def no_answer(request: Any, how: str, hanging: set[Any]) -> Any:
    """Reset the connection of a request, or leave it without an answer.

    :param how: ``"reset"`` or ``"hang"``.
    :param hanging: keeps the channels that wait.
    """
    if how == "reset":
        request.channel.transport.abortConnection()
    else:
        channel = request.channel  # which the request forgets
        hanging.add(channel)
        request.notifyFinish().addBoth(lambda _: hanging.discard(channel))
    return NOT_DONE_YET
