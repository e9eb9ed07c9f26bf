"""The session of REST calls: bounded answers, no credentials of the environment. Without Twisted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

from binance.net.rest_bounds import ENCODING, BoundedAdapter, signatures
from binance.wire.hosts import is_loopback

#: What a redirect does not take along to another host.
SECRET_HEADERS = ("Authorization", "X-MBX-APIKEY")


class RestSession(requests.Session):
    """A session of the requests library, with three differences.

    An answer has a bound, see :mod:`binance.net.rest_bounds`.

    What is on this machine is reached directly, whoever named a proxy for it: the environment
    (``HTTP_PROXY``, ``ALL_PROXY``), or the arguments of the call. A proxy would get API keys and signatures
    in clear, and could not reach the sandbox anyway.

    Credentials for a host in ``~/.netrc``, its ``default`` entry included, are not sent: they are for other
    programs, and nothing that the exchange knows. Who passes ``auth=`` gets it.

    :param most_bytes: of an answer, decoded.
    """

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self.headers.update(
            {"Accept": "application/json", "Accept-Encoding": ENCODING, "User-Agent": "binance-twisted"}
        )
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter(most_bytes))
        self.auth = _unchanged  # the library looks into .netrc only if there is nothing here

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if is_loopback(urlsplit(request.url or "").hostname or ""):
            options["proxies"] = {}
        return super().send(request, **options)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Of a redirect, which a caller may have allowed: the library's would look into .netrc here, too.

        The signature is over the query of the call before it, and does not go along.
        """
        signatures.of_call = ""
        strips: Any = self.should_strip_auth  # which the library's types do not describe
        if strips(str(response.request.url), str(prepared_request.url)):
            for name in SECRET_HEADERS:
                prepared_request.headers.pop(name, None)


def proxy_of(url: str) -> str | None:
    """The proxy that a call goes through by the environment and the system's settings.

    :param url: of the call.
    :returns: e.g. ``"http://user:password@proxy:3128"``; None if the call goes directly.
    """
    if is_loopback(urlsplit(url).hostname or ""):
        return None
    return select_proxy(url, get_environ_proxies(url))


@contextmanager
def signature_apart(signature: str) -> Iterator[None]:
    """Send what this thread sends meanwhile with a signature at the end of its query.

    It is added below the libraries, because they log URLs.

    :param signature: percent-encoded; empty: not signed.
    """
    signatures.of_call = signature
    try:
        yield
    finally:
        signatures.of_call = ""


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
