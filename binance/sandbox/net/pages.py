"""HTTP answers, as twisted.web writes them."""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twisted.web.server import NOT_DONE_YET

from binance.sandbox.answers.codec import encode
from binance.sandbox.answers.rest import Answer, gateway_page


def address_of(request: Any) -> str:
    """Return the client's address, to which limits apply."""
    return str(getattr(request.getClientAddress(), "host", ""))


def foreign(request: Any) -> str | None:
    """Return why a request may come from a page in somebody's browser; None if it does not.

    Browsers name the page's site as the ``Origin``. A page whose own name was made to lead to this machine
    has that name as the ``Host``, and an address cannot be such a name.
    """
    if request.requestHeaders.hasHeader("origin"):
        return "it has an Origin header, as requests of web pages do; send it without one"
    for sent in request.requestHeaders.getRawHeaders(b"host", [b""]):
        host = sent.decode("latin-1")
        if not is_here(host, request.getHost().host):
            return f"its Host is {host[:80]!r}; use 127.0.0.1, localhost, or the address it listens on"
    return None


def is_here(host: str, listening: str) -> bool:
    """Return whether a ``Host`` is this machine's name or address.

    :param listening: the address at which the request came in.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name == listening or ip_address(name).is_loopback
    except ValueError:  # neither a name and port, nor an address
        return False


def header_of(request: Any, name: bytes) -> str | None:
    """Return a header as text, which what a client sends need not be; None without it."""
    value: bytes | None = request.getHeader(name)
    return None if value is None else value.decode("latin-1")


def url_of(request: Any) -> str:
    """Return the URL of a request as the client has it, nothing decoded."""
    scheme = "ws" if is_upgrade(request) else "http"
    host, path = header_of(request, b"host") or "", request.uri.decode("latin-1")
    return f"{scheme}{'s' if request.isSecure() else ''}://{host}{path}"


def is_upgrade(request: Any) -> bool:
    """Return whether a request asks for a WebSocket."""
    return (header_of(request, b"upgrade") or "").lower() == "websocket"


def query_of(uri: str) -> dict[str, str]:
    """Read the query of a path; of a name that is repeated the last value."""
    return dict(pairs_of(uri.partition("?")[2]))


def pairs_of(text: str) -> tuple[tuple[str, str], ...]:
    """Read a query or a form: names and values in the order in which they were sent."""
    return tuple(parse_qsl(text, keep_blank_values=True))


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
    status, body, headers = answer
    for name, value in headers:
        request.setHeader(name, value)
    if isinstance(body, str):
        return page(request, status, body)
    request.setResponseCode(status)
    request.setHeader("content-type", "application/json;charset=UTF-8")
    return body if isinstance(body, bytes) else encode(body)


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
