"""Account events, whichever way they are obtained: something that authorises is got, kept, and replaced.

What differs between the ways is in :mod:`~binance.account.listen_key` and
:mod:`~binance.account.signature`. What they share is here: one call at a time, blocking ones in daemon
threads; a call that failed is made again, later and later, unless that is pointless; and each step is an
event.

Source: Spot *Error codes*.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr, safe_str

from binance.exceptions import BinanceRequestException, InvalidArgument
from binance.net.protocol import Ending, Line
from binance.process.threads import in_daemon_thread, log_failure
from binance.sockets.delivery import Callback
from binance.sockets.subscription import Context, Subscription
from binance.wire.waits import LONGEST_WAIT_S

log = logging.getLogger(__name__)

#: Seconds before a failed call is made again; doubled each time, up to *longest_retry_s* or a minute.
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
#: A call that has not come back by then has failed; an injected client may have no timeout of its own.
CALL_TIMEOUT_S = 60.0

#: Codes about the API key or the signature: the same call will fail again however often it is made.
_FINAL_CODES = frozenset({-2014, -2015, -1022})
_FINAL_STATUSES = frozenset({401, 410})
#: The info of a key event that tells of no failure.
NO_ERROR = {"status": None, "code": None, "message": "", "final": False}


def check_client(client: Any, calls: tuple[str, ...], what: str) -> None:
    """Raise at the call, not in a thread later, if *client* lacks what a socket needs.

    :param what: the socket, e.g. ``"a user socket"``.
    :raises InvalidArgument: naming what is missing.
    """
    missing = [name for name in calls if not callable(getattr(client, name, None))]
    if missing:
        # not its repr: who knows what a client of somebody else's prints
        kind = type(client).__name__
        raise InvalidArgument(f"{what} needs a client with {', '.join(missing)}; {kind} has none")
    if not getattr(client, "API_KEY", True):
        raise InvalidArgument(f"{what} needs an API key: Client(api_key='...', api_secret='...')")


class UserSubscription(Subscription):
    """A subscription to an account's events.

    :param client: the injected one.
    :param longest_retry_s: at most so long is waited before a failed call is made again, and a minute.

    :cvar what: what authorises, for the log: ``"listen key"`` ...
    """

    what = "authorisation"

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        client: Any,
        longest_retry_s: float = LONGEST_RETRY_S,
    ) -> None:
        super().__init__(context, conn_key, callback)
        self._client = client
        self._longest_retry_s = min(longest_retry_s, LONGEST_RETRY_S)
        self._secrets: set[str] = set()  # all so far, to be masked
        self._timer: Any = None
        self._call: Deferred[Any] | None = None
        self._failures = 0
        self._not_before = float("-inf")  # the exchange asked to be left alone until then
        self._final_reason: str | None = None

    # -- from the manager ------------------------------------------

    def stop(self) -> Deferred[None]:
        self.stopped = True
        self._end_calls()
        return super().stop()

    def masked(self, words: str) -> str:
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return words

    # -- from the lines ------------------------------------------

    def lost(self, factory: Line, ending: Ending, retry: bool) -> None:
        hopeless = retry and self._final_reason is not None and factory is not self.rotation.line
        super().lost(factory, ending, retry and not hopeless)
        if hopeless and not self.stopped:
            self.give_up(0, str(self._final_reason))

    def give_up(self, attempts: int, reason: str) -> None:
        self.stopped = True  # first, or the end of a call under way is taken for its failure
        self._end_calls()
        super().give_up(attempts, reason)

    def may_move(self) -> bool:
        return self._final_reason is None

    # -- what the ways differ in ------------------------------------------

    def _again(self) -> None:
        """Make the call that failed once more."""
        raise NotImplementedError

    def _may_bring_more(self) -> bool:
        """Whether events may come although the next authorisation was refused."""
        raise NotImplementedError

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        """Take another way at once, if the failure shows one; who does tells of it, too."""
        return False

    def _is_final(self, status: int | None, code: int | None) -> bool:
        return status in _FINAL_STATUSES or code in _FINAL_CODES

    def _words_for(self, status: int | None, code: int | None) -> str | None:
        """Better words than the exchange's, if there are any."""
        return None

    # -- calls ------------------------------------------

    def _in_thread(self, call: Callable[..., Any], *args: Any) -> Deferred[Any]:
        """A blocking call of the client's; fails if it is not back in a minute."""
        answer = in_daemon_thread(self.options.reactor, call, *args)
        return answer.addTimeout(CALL_TIMEOUT_S, self.options.reactor, _no_answer)

    def _ask(self, ask: Callable[[], Deferred[Any]], done: Callable[[Any], None]) -> None:
        """Ask something, unless a call is under way; then *done*, or :meth:`_failed`."""
        if self._call is not None or self.stopped:
            return
        wait_s = self._not_before - self._now()
        if wait_s > 0:
            self._set_timer(wait_s, self._again)
            return
        self._set_timer(None)
        self._call = answer = maybeDeferred(ask)
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

    def _succeeded(self) -> None:
        self._failures = 0

    def _failed(self, error: BaseException) -> None:
        about = self._about(error)
        if self._mends(about, error):
            return
        self.tell("key_failed", **about)
        if self.stopped:
            return  # by who was told
        words = str(about["message"])
        if about["status"] is not None and not words.startswith("HTTP "):
            words = f"HTTP {about['status']}: {words}"
        if about["final"]:
            log.error(
                "%s: the %s was refused, trying again is pointless: %s", self.conn_key, self.what, words
            )
            self._final_reason = words
            if not self._may_bring_more():
                self.give_up(0, f"the {self.what} was refused: {words}")
            return
        self._not_before = self._now() + asked_wait_s(error)
        delay_s = max(self._next_delay_s(), self._not_before - self._now())
        log.warning("%s: a %s call failed, again in %.1f s: %s", self.conn_key, self.what, delay_s, words)
        self._set_timer(delay_s, self._again)

    def _next_delay_s(self) -> float:
        delay_s = min(FIRST_RETRY_S * 2 ** min(self._failures, 10), self._longest_retry_s)
        self._failures += 1
        return delay_s

    def _about(self, error: BaseException) -> dict[str, Any]:
        """The info of a key event; status and code where the client's error has them."""
        status, code = _number(error, "status_code"), _number(error, "code")
        # masked: an injected client may quote its URL
        message = self._words_for(status, code) or self.masked(_words(error))
        return {"status": status, "code": code, "message": message, "final": self._is_final(status, code)}

    def _end_calls(self) -> None:
        self._set_timer(None)
        if self._call is not None:
            self._call.cancel()  # a thread goes on; nobody hears it

    def _set_timer(self, delay_s: float | None, call: Callable[[], None] | None = None) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self.stopped:
            delay_s = None
        self._timer = None if delay_s is None else self.options.reactor.callLater(delay_s, call)


def _no_answer(_: Any, timeout_s: float) -> None:
    raise BinanceRequestException(f"no answer for {timeout_s:g} s")


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
