"""Transport of REST calls: sends one and returns its whole answer, or raises the reason."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ProtocolError

from binance.exceptions import InvalidArgument
from binance.net.rest_bounds import Deadline, TooMuch
from binance.net.rest_session import RestSession, signature_apart
from binance.net.trust import chosen_trust, requests_bundle
from binance.process import blocking
from binance.rest.lost import ReadTimedOut, kind_of
from binance.text.printable import printable_error
from binance.wire.timings import Timings

_CONNECTION = re.compile(r"^<?[\w.]+(?:\([^)]*\)| object at )[^:]*: ")
_FORM = "application/x-www-form-urlencoded"

#: Seconds to connect, and seconds between two bytes of an answer.
DEFAULT_TIMEOUT_S = 10.0


class Transport:
    """Sends calls by sessions of the requests library, one for each thread.

    :param requests_params: keyword arguments for every call of that library.
    """

    def __init__(self, requests_params: Mapping[str, Any], timings: Timings) -> None:
        self._params = requests_params
        self._timings = timings
        self._sessions = threading.local()  # a session is not made for several threads

    @property
    def has_sent(self) -> bool:
        """Whether anything of the call that this thread made last can have reached the exchange."""
        deadline: Deadline | None = getattr(self._sessions, "deadline", None)
        return deadline is not None and deadline.sending

    def send(
        self, verb: str, base: str, path: str, form: str, signature: str, headers: Mapping[str, str]
    ) -> requests.Response:
        """Send one call.

        A GET is sent again if the connection that it went by turns out to have been closed.

        :param base: scheme and host; *form*: the parameters, percent-encoded, without the *signature*.
        :raises BinanceRequestException: if there is no whole answer within the bounds.
        """
        options: dict[str, Any] = {
            "allow_redirects": False,  # our key header would travel along
            **self._params,
            "stream": False,  # the whole answer, within the bounds of the call
        }
        limit_s = max(self._timings.rest_s, _sum_s(options.get("timeout")))
        if options.get("timeout") is None:
            options["timeout"] = DEFAULT_TIMEOUT_S
        options["headers"] = {**(options.get("headers") or {}), **headers}
        # everything but a GET's parameters goes in the body: URLs are logged
        if verb == "GET":
            options["params"] = form
        else:
            options["data"] = f"{form}&signature={signature}" if signature else form
            if form:
                options["headers"]["Content-Type"] = _FORM
        url, began = base + path, time.monotonic()
        try:
            return self._answer(verb, url, signature if verb == "GET" else "", options, limit_s)
        finally:
            blocking.note(f"{verb} {path}", time.monotonic() - began)

    def _answer(
        self, verb: str, url: str, signature: str, options: dict[str, Any], limit_s: float
    ) -> requests.Response:
        session, deadline = self._session(), Deadline(limit_s)
        self._sessions.deadline = deadline
        try:
            if "verify" not in options and url.startswith("https"):
                options["verify"] = requests_bundle(chosen_trust())
            with deadline, signature_apart(signature):
                try:
                    response = session.request(verb, url, **options)
                except requests.ConnectionError as exc:
                    if verb != "GET" or deadline.passed or not _was_closed(exc):
                        raise
                    response = session.request(verb, url, **options)
        except (requests.RequestException, HTTPError, OSError, InvalidArgument, TooMuch) as exc:
            kind, words = kind_of(exc), _short(exc)
            if deadline.passed:
                kind, words = ReadTimedOut, _too_long(limit_s)
            error = kind(f"{verb} {url}: {words}")
            error.was_sent = deadline.sending
            raise error from printable_error(exc)
        if deadline.passed:  # what came until then may look like a whole answer
            raise ReadTimedOut(f"{verb} {url}: {_too_long(limit_s)}")
        return response

    def _session(self) -> RestSession:
        mine: tuple[int, RestSession] | None = getattr(self._sessions, "session", None)
        process = os.getpid()
        if mine is None or mine[0] != process:  # after a fork: its connections are the parent's, too
            mine = self._sessions.session = (process, RestSession(self._timings.rest_bytes))
        return mine[1]


def _sum_s(timeout: Any) -> float:
    """Seconds of a timeout of the requests library's: of connecting and of reading, or the same for both."""
    both = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return float(sum(one for one in both if isinstance(one, (int, float))))


def _too_long(limit_s: float) -> str:
    return f"no complete answer in {limit_s:g} s; the call was aborted"


def _reason(error: BaseException) -> object:
    """What requests wraps in its error, and urllib3 in that."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", None) or inner


def _was_closed(error: requests.ConnectionError) -> bool:
    """Whether the server had closed the connection before it answered anything."""
    return isinstance(_reason(error), ProtocolError) and not isinstance(error, requests.Timeout)


def _short(error: BaseException) -> str:
    if isinstance(error, TooMuch):
        return f"{error}; the call was aborted"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    # requests wraps urllib3's error, which wraps the reason, which begins with the connection's repr
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return f"{type(error).__name__}: {_CONNECTION.sub('', str(reason or error))}"
