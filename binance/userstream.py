"""How account events are obtained and kept alive: by listen key.

The key comes from the injected client (REST), is kept alive with ``reactor.callLater`` every
``user_timeout`` seconds, and is replaced when the exchange no longer knows it. REST blocks, so it runs in
daemon threads, never in the reactor's.

Source: binance.us *User Data Streams*; the spot listen keys of binance.com ended on 2026-02-20.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr, safe_str

from binance.exceptions import InvalidArgument, MalformedMessage
from binance.protocol import Ending, StreamFactory
from binance.streams import raw_path
from binance.subscription import Context, Subscription
from binance.threads import in_daemon_thread, log_failure
from binance.usercode import Callback
from binance.waits import LONGEST_WAIT_S

log = logging.getLogger(__name__)

CLIENT_CALLS = ("stream_get_listen_key", "stream_keepalive")

#: Seconds before a failed call is made again; doubled each time, up to the keepalive interval or a minute.
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
#: A call that has not come back by then has failed; an injected client may have no timeout of its own.
CALL_TIMEOUT_S = 60.0

_UNKNOWN_KEY = -1125
#: Codes about the API key or the signature: the same call will fail again however often it is made.
_FINAL_CODES = frozenset({-2014, -2015, -1022})
_FINAL_STATUSES = frozenset({401, 410})
_NO_ERROR = {"status": None, "code": None, "message": "", "final": False}


def check_client(client: Any) -> None:
    """Raise at the call, not in a thread later, if *client* cannot get a listen key.

    :raises InvalidArgument: naming what is missing.
    """
    missing = [name for name in CLIENT_CALLS if not callable(getattr(client, name, None))]
    if missing:
        # not its repr: who knows what a client of somebody else's prints
        kind = type(client).__name__
        raise InvalidArgument(f"a user socket needs a client with {', '.join(missing)}; {kind} has none")
    if not getattr(client, "API_KEY", True):
        raise InvalidArgument("a user socket needs an API key: Client(api_key='...')")


class UserSubscription(Subscription):
    """A subscription whose path is a secret that expires.

    :param client: ``stream_get_listen_key()`` and ``stream_keepalive(listenKey)`` are called, in threads.
    :param stream_base: ``wss://host[:port]``.
    :param user_timeout: seconds between keepalives.
    """

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        client: Any,
        stream_base: str,
        user_timeout: float,
    ) -> None:
        super().__init__(context, conn_key, callback)
        self._client = client
        self._stream_base = stream_base
        self._user_timeout = user_timeout
        self._listen_key: str | None = None
        self._had: set[str] = set()  # all keys so far, to be masked
        self._key_is_gone = False
        self._timer: Any = None
        self._call: Deferred[Any] | None = None
        self._failures = 0
        self._final_reason: str | None = None

    # -- from the manager ---------------------------------------------------------------------------------

    def open(self) -> None:
        self._get_key()

    def stop(self) -> Deferred[None]:
        self.stopped = True
        self._end_calls()
        return super().stop()

    def url_for_humans(self, factory: StreamFactory) -> str:
        return f"{self._stream_base}/ws/***"

    def masked(self, words: str) -> str:
        for listen_key in self._had:
            words = words.replace(listen_key, "***")
        return words

    # -- from the factories -------------------------------------------------------------------------------

    def opened(self, factory: StreamFactory, attempt: int) -> None:
        again = self._in_outage
        super().opened(factory, attempt)
        for old in self._left():
            old.stop()
        if again and self._final_reason is None:
            self._keep_alive()  # the exchange lets a connection with a dead key open, and is silent

    def lost(self, factory: StreamFactory, ending: Ending, retry: bool) -> None:
        if factory is not self.factory:
            factory.stop()  # its key is gone, and its successor is on the way
            return
        hopeless = retry and self._final_reason is not None
        super().lost(factory, ending, retry and not hopeless)
        if hopeless:
            self.give_up(0, str(self._final_reason))

    def give_up(self, attempts: int, reason: str) -> None:
        self.stopped = True  # first, or the end of a call under way is taken for its failure
        self._end_calls()
        super().give_up(attempts, reason)

    def deliver(self, factory: StreamFactory, messages: list[Any]) -> None:
        super().deliver(factory, messages)
        expired = any(message.get("e") == "listenKeyExpired" for message in messages)
        if expired and factory is self.factory:
            log.warning("%s: the listen key has expired", self.conn_key)
            self._key_is_gone = True
            self._get_key()

    def _left(self) -> list[StreamFactory]:
        """Connections on a key that is gone, kept until the new one is open."""
        return [factory for factory in self._factories if factory is not self.factory]

    # -- the key ------------------------------------------------------------------------------------------

    def _get_key(self) -> None:
        self._ask(self._client.stream_get_listen_key, (), self._got_key)

    def _keep_alive(self) -> None:
        self._ask(self._client.stream_keepalive, (self._listen_key,), self._kept_alive)

    def _ask(self, call: Callable[..., Any], args: tuple[Any, ...], done: Callable[[Any], None]) -> None:
        """Make one REST call, unless one is under way; then *done*, or :meth:`_failed`."""
        if self._call is not None or self.stopped:
            return
        self._set_timer(None)
        self._call = answer = in_daemon_thread(self.options.reactor, call, *args)
        answer.addTimeout(CALL_TIMEOUT_S, self.options.reactor)
        answer.addBoth(self._answered, done)
        answer.addErrback(log_failure, self.conn_key)

    def _answered(self, result: Any, done: Callable[[Any], None]) -> None:
        self._call = None
        if self.stopped:
            return
        if isinstance(result, Failure):
            error: Any = result.value
            self._failed(error)
        else:
            done(result)

    def _got_key(self, listen_key: Any) -> None:
        if not isinstance(listen_key, str) or not listen_key:
            self._failed(
                MalformedMessage(f"stream_get_listen_key gave no key but {type(listen_key).__name__}")
            )
            return
        self._key_is_gone = False
        if listen_key == self._listen_key:
            self._kept_alive(None)
            return
        if self._listen_key is not None:
            log.info("%s: the listen key was replaced, the socket moves", self.conn_key)
            self._tell("key_replaced", **_NO_ERROR)
        self._listen_key = listen_key
        self._had.add(listen_key)
        old, new = self.factory, self.connect_to(self._stream_base + raw_path(listen_key))
        if old is not None and not old.is_open():
            old.stop()  # else when the new one is open: until then it may still bring something
        self._keep_alive_later()
        new.dial()

    def _kept_alive(self, _: Any) -> None:
        if self._key_is_gone:  # told while the call was under way
            self._get_key()
            return
        log.debug("%s: the listen key was kept alive", self.conn_key)
        self._tell("key_renewed", **_NO_ERROR)
        self._keep_alive_later()

    def _keep_alive_later(self) -> None:
        self._failures = 0
        self._set_timer(self._user_timeout, self._keep_alive)

    def _failed(self, error: BaseException) -> None:
        about = self._about(error)
        self._tell("key_failed", **about)
        words = str(about["message"])
        if about["status"] is not None and not words.startswith("HTTP "):
            words = f"HTTP {about['status']}: {words}"
        if about["final"]:
            log.error("%s: the listen key was refused, trying again is pointless: %s", self.conn_key, words)
            self._final_reason = words
            may_bring_more = self.factory is not None and self.factory.is_open() and not self._key_is_gone
            if not may_bring_more:
                self.give_up(0, f"the listen key was refused: {words}")
        elif about["code"] == _UNKNOWN_KEY and not self._key_is_gone:
            log.warning("%s: the exchange no longer knows the listen key", self.conn_key)
            self._key_is_gone = True
            self._get_key()
        else:
            delay_s = min(FIRST_RETRY_S * 2 ** min(self._failures, 10), self._user_timeout, LONGEST_RETRY_S)
            delay_s = max(delay_s, asked_wait_s(error))
            self._failures += 1
            log.warning("%s: a listen key call failed, again in %.1f s: %s", self.conn_key, delay_s, words)
            anew = self._listen_key is None or self._key_is_gone
            self._set_timer(delay_s, self._get_key if anew else self._keep_alive)

    def _about(self, error: BaseException) -> dict[str, Any]:
        """The info of a key event; status and code where the client's error has them."""
        status, code = _number(error, "status_code"), _number(error, "code")
        if isinstance(error, TimeoutError):
            message = f"no answer for {CALL_TIMEOUT_S:g} s"
        elif status == 410:
            message = "HTTP 410: binance.com ended spot listen keys on 2026-02-20"
        else:
            message = self.masked(_words(error))  # an injected client may quote its URL
        final = status in _FINAL_STATUSES or code in _FINAL_CODES
        return {"status": status, "code": code, "message": message, "final": final}

    def _end_calls(self) -> None:
        self._set_timer(None)
        if self._call is not None:
            self._call.cancel()  # its thread goes on; nobody hears it

    def _set_timer(self, delay_s: float | None, call: Callable[[], None] | None = None) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None if delay_s is None else self.options.reactor.callLater(delay_s, call)


def asked_wait_s(error: BaseException) -> float:
    """Seconds that the exchange asked to wait in refusing a REST call; 0 if it did not."""
    wait_s = _attribute(error, "retry_after_s")
    return min(float(wait_s), LONGEST_WAIT_S) if isinstance(wait_s, (int, float)) and wait_s > 0 else 0.0


def _attribute(error: BaseException, name: str) -> Any:
    """An attribute of an error of any client's; None if it has none, or one that cannot be read."""
    try:
        return getattr(error, name, None)
    except Exception as exc:
        log.debug("an error's %s cannot be read: %s", name, safe_repr(exc))
        return None


def _number(error: BaseException, name: str) -> int | None:
    value = _attribute(error, name)
    return value if isinstance(value, int) else None


def _words(error: BaseException) -> str:
    message = _attribute(error, "message")
    if isinstance(message, str) and message:
        return message
    return safe_str(error) or type(error).__name__
