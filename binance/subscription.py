"""What a user asked for: a key, streams, a callback. It outlives its connections; it ends when stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.reflect import safe_repr

from binance.exceptions import MalformedMessage
from binance.messages import MAX_RETRIES_MESSAGE, ControlReply, ServerShutdown, control, decode
from binance.protocol import ConnectionOptions, Ending, StreamFactory
from binance.usercode import Callback, UserCode

log = logging.getLogger(__name__)

#: One line a minute for what may happen with every message.
LOG_EVERY_S = 60.0
#: A wait that is longer was asked for by the exchange, and is a warning.
LONG_WAIT_S = 60.0


@dataclass(frozen=True)
class Context:
    """What the subscriptions of one manager share.

    :ivar serving: told which factory serves a subscription from now on.
    :ivar given_up: told that a subscription will deliver nothing more; its key is to be freed.
    """

    options: ConnectionOptions
    decoder: Callable[[bytes], Any]
    user_code: UserCode
    serving: Callable[[Subscription, StreamFactory], None]
    given_up: Callable[[Subscription], None]


class _Seldom:
    """Says whether it is time for another log line."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def due(self, now: float) -> bool:
        if now - self._last < LOG_EVERY_S:
            return False
        self._last = now
        return True


class Subscription:
    """One connection key: its callback, its counters, and the factory that serves it.

    :param conn_key: what ``start_*`` returns.
    :param callback: called with each message, in order, in the reactor's thread.
    :param array: the messages are lists.
    :param retired: the info of a ``retired`` event for each stream that the venue has ended.
    """

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        array: bool = False,
        retired: tuple[dict[str, str], ...] = (),
    ) -> None:
        self.context = context
        self.options = context.options
        self.conn_key = conn_key
        self.callback = callback
        self.array = array
        self.stopped = False  # set from any thread; looked at before each call of the callback
        self.factory: StreamFactory | None = None
        self.malformed = 0
        self.callback_errors = 0
        self.retired = retired
        self._in_outage = False
        self._reason = ""  # of the last failure
        self._malformed_log = _Seldom()
        self._error_log = _Seldom()
        self._factories: list[StreamFactory] = []  # not ended yet: the serving one, and those being left
        self._ended: Deferred[None] | None = None

    # -- from the manager, in the reactor's thread --------------------------------------------------------

    def connect_to(self, url: str) -> StreamFactory:
        """Make the factory that serves this key from now on; any thread."""
        self.factory = StreamFactory(url, self, self.options)
        self._factories.append(self.factory)
        self.context.serving(self, self.factory)
        return self.factory

    def open(self) -> None:
        """Dial."""
        for info in self.retired:
            self._tell("retired", **info)
        assert self.factory is not None
        self.factory.dial()

    def stop(self) -> Deferred[None]:
        """Close for good; fires when no connection is left and ``disconnected`` has been told."""
        if self._ended is None:
            self.stopped = True
            self._ended = Deferred()
            if not self._factories:
                self._finish(Ending(None, "stopped while no connection was open"))
            for factory in list(self._factories):
                factory.stop()
        return self._ended

    def url_for_humans(self, factory: StreamFactory) -> str:
        """The URL of a factory without what is secret in it."""
        return str(factory.url)

    def masked(self, words: str) -> str:
        """The words of a factory or of the exchange without what is secret in them."""
        return words

    # -- from the factory: binance.protocol.Listener ------------------------------------------------------

    def dialling(self, factory: StreamFactory, attempt: int) -> None:
        self._tell("connecting", url=self.url_for_humans(factory), attempt=attempt)

    def opened(self, factory: StreamFactory, attempt: int) -> None:
        log.info("%s: %s", self.conn_key, "recovered" if self._in_outage else "opened")
        self._in_outage = False
        self._tell("connected", url=self.url_for_humans(factory), attempt=attempt)

    def lost(self, factory: StreamFactory, ending: Ending, retry: bool) -> None:
        reason = self.masked(ending.reason)
        if not self._in_outage:  # a warning an outage, not one an attempt
            what = "not connected" if ending.code is None else "lost"
            if ending.clean:
                what += f": closed by the exchange with code {ending.code}"
            then = "; dialling again" if retry else ""
            log.warning("%s: %s: %s%s", self.conn_key, what, reason, then)
        self._in_outage = True
        self._reason = reason
        self._tell("disconnected", code=ending.code, reason=reason, clean=ending.clean, retry=retry)

    def retrying(self, factory: StreamFactory, attempt: int, delay_s: float) -> None:
        level = logging.WARNING if delay_s > LONG_WAIT_S else logging.INFO
        log.log(level, "%s: retry %d in %.1f s: %s", self.conn_key, attempt, delay_s, self._reason)
        self._tell("retrying", attempt=attempt, delay_s=delay_s)

    def outage(self, factory: StreamFactory, attempts: int, reason: str, final: bool) -> None:
        if self.stopped:
            return  # from another thread, a moment ago
        if final:
            self.give_up(attempts, reason)
        else:
            log.error("%s: %d retries failed, going on: %s", self.conn_key, attempts, self.masked(reason))
        self._call_back(dict(MAX_RETRIES_MESSAGE))

    def give_up(self, attempts: int, reason: str) -> None:
        """Free the key, leave what is still connected, and say why."""
        reason = self.masked(reason)
        log.error("%s: given up: %s", self.conn_key, reason)
        self.stopped = True
        for factory in list(self._factories):
            factory.stop()
        self.context.given_up(self)
        self._tell("gave_up", attempts=attempts, reason=reason)

    def ended(self, factory: StreamFactory, ending: Ending) -> None:
        self._factories.remove(factory)
        if self._ended is not None and not self._factories:
            self._finish(ending)

    def received(self, factory: StreamFactory, payload: bytes, is_binary: bool) -> None:
        """Deliver one payload; never raises."""
        if self.stopped:
            return
        try:
            if is_binary:
                raise MalformedMessage("is a binary frame")
            message = decode(payload, self.context.decoder, self.array)
        except MalformedMessage as exc:
            self._malformed(len(payload), str(exc))
            return
        factory.messages += 1
        said = control(message)
        if said is None:
            self.deliver(factory, message)
        elif isinstance(said, ServerShutdown):
            log.info("%s: the exchange announces that it will end this connection", self.conn_key)
        elif isinstance(said, ControlReply) and said.refused:
            log.warning("%s: refused by the exchange: %s %s", self.conn_key, said.code, said.message)
            self._tell("refused", code=said.code, message=said.message)

    def deliver(self, factory: StreamFactory, message: Any) -> None:
        """Hand one message to the user."""
        self._call_back(message)

    # -- within -------------------------------------------------------------------------------------------

    def _tell(self, kind: str, **info: Any) -> None:
        self.context.user_code.tell(kind, self.conn_key, info)

    def _call_back(self, message: Any) -> None:
        error = self.context.user_code.call(self.callback, message)
        if error is None:
            return
        self.callback_errors += 1
        if self._error_log.due(self.options.reactor.seconds()):
            log.error(
                "%s: the callback raised (%d so far; one line a minute)",
                self.conn_key,
                self.callback_errors,
                exc_info=error,
            )
        self._tell("callback_error", count=self.callback_errors, error=safe_repr(error))

    def _malformed(self, length: int, error: str) -> None:
        self.malformed += 1
        if self._malformed_log.due(self.options.reactor.seconds()):
            log.warning(
                "%s: a payload of %d bytes %s (%d so far; one line a minute)",
                self.conn_key,
                length,
                error,
                self.malformed,
            )
        self._tell("malformed", count=self.malformed, length=length, error=error)

    def _finish(self, ending: Ending) -> None:
        log.info("%s: stopped", self.conn_key)
        reason = self.masked(ending.reason)
        self._tell("disconnected", code=ending.code, reason=reason, clean=ending.clean, retry=False)
        assert self._ended is not None
        self._ended.callback(None)
