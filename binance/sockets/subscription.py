"""What a user asked for: a key, streams, a callback. It outlives its connections; it ends when stopped."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.reflect import safe_repr

from binance.exceptions import MalformedMessage
from binance.net.protocol import ConnectionOptions, Ending, Line, StreamFactory
from binance.order.quiet_streams import Silence
from binance.order.sequence import Deliver, Gap, Sequence, Verdict
from binance.sockets.counts import Counts
from binance.sockets.delivery import Callback, UserCode
from binance.sockets.moves import Rotation
from binance.streams import listed
from binance.wire.codec import (
    MAX_RETRIES_MESSAGE,
    Decoder,
    ServerShutdown,
    batch_decoder,
    checked,
    control,
    event_time_s,
)

log = logging.getLogger(__name__)

#: One line a minute for what may happen with every message.
LOG_EVERY_S = 60.0
#: A wait that is longer was asked for by the exchange, and is a warning.
LONG_WAIT_S = 60.0
#: So many messages are decoded and delivered together. With fewer, more time goes into calls; with more, the
#: garbage collector has more to walk.
BATCH = 64
#: A callback that takes longer for such a batch, or for one message of it, is told of.
SLOW_S = 0.1


@dataclass(frozen=True)
class Context:
    """What the subscriptions of one manager share.

    :ivar decoder: the user's, or None.
    :ivar lifetime_s: seconds after which a connection is left for a new one, or None.
    :ivar handover_s: no message takes longer than this on its way; for the move to a new connection.
    :ivar serving: told which factory serves a subscription from now on.
    :ivar given_up: told that a subscription will deliver nothing more; its key is to be freed.
    """

    options: ConnectionOptions
    decoder: Decoder | None
    user_code: UserCode
    serving: Callable[[Subscription, StreamFactory], None]
    given_up: Callable[[Subscription], None]
    lifetime_s: float | None = None
    handover_s: float = 5.0


class Subscription:
    """One connection key: its callback, its counters, and the factory that serves it.

    :param conn_key: what ``start_*`` returns.
    :param callback: called with each message, in order, in the reactor's thread.
    :param sequence: the order of its messages; None: they have none that could be checked.
    :param array: the messages are lists.
    :param retired: the info of a ``retired`` event for each stream that the venue has ended.
    :param watched: seconds after which a stream counts as silent, by name; the others are not watched.
    """

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        sequence: Sequence | None = None,
        array: bool = False,
        retired: tuple[dict[str, str], ...] = (),
        watched: Mapping[str, float] | None = None,
    ) -> None:
        self.context = context
        self.options = context.options
        self.conn_key = conn_key
        self.callback = callback
        self.array = array
        self.stopped = False  # set from any thread; looked at before each call of the callback
        self.factory: Line | None = None
        self.retired = retired
        self.bytes_received = 0
        self.counts = Counts()
        self.sequence = sequence or Sequence()
        self._decoded = batch_decoder(context.decoder, array)
        self._in_outage = False
        self._reason = ""  # of the last failure
        self._logged: dict[str, float] = {}  # when a line of each kind was last logged
        self._reset_timer: Any = None
        self._silence = Silence(watched) if watched else None
        self._silence_timer: Any = None
        self._moved_from: Line | None = None  # what its last chunk still holds came on the new one, too
        self._factories: list[Line] = []  # not ended yet: the serving one, a new one, and those being left
        clock = StreamFactory.clock or self.options.reactor
        self.rotation = Rotation(self, clock, context.lifetime_s, context.handover_s)
        self._ended: Deferred[None] | None = None

    # -- from the manager, in the reactor's thread ------------------------------------------

    def connect_to(self, url: str) -> StreamFactory:
        """Make the factory that serves this key from now on; any thread."""
        factory = StreamFactory(url, self, self.options)
        self.served_by(factory)
        return factory

    def served_by(self, line: Line) -> None:
        """Let *line* serve this key from now on; any thread."""
        self.factory = line
        self._factories.append(line)
        self.context.serving(self, line.factory)

    def open(self) -> None:
        """Dial."""
        for info in self.retired:
            self.tell("retired", **info)
        assert self.factory is not None
        self.factory.dial()

    def stop(self) -> Deferred[None]:
        """Close for good; fires when no connection is left and ``disconnected`` has been told."""
        if self._ended is None:
            self.stopped = True
            self._ended = Deferred()
            self._end_timers()
            if not self._factories:
                self._finish(Ending(None, "stopped while no connection was open"))
            for factory in list(self._factories):
                factory.stop()
        return self._ended

    def stats(self) -> dict[str, Any]:
        """What has been counted; any thread."""
        return {
            **self.counts.report(time.time()),
            "bytes": self.bytes_received,
            "gaps": self.sequence.gaps,
            "missed": self.sequence.missed,
            "duplicates": self.sequence.duplicates,
            "resets": self.sequence.resets,
        }

    def url_for_humans(self, factory: Line) -> str:
        """The URL of a factory without what is secret in it."""
        return str(factory.url)

    def masked(self, words: str) -> str:
        """The words of a factory or of the exchange without what is secret in them."""
        return words

    # -- for the moves to new connections: binance.sockets.moves.Owner -----------------------------

    def may_move(self) -> bool:
        return True

    def another_line(self) -> Line:
        assert self.factory is not None
        line = StreamFactory(self.factory.url, self, self.options)
        self._factories.append(line)
        return line

    def lines(self) -> int:
        return len(self._factories)

    def moved(self, line: Line, verdicts: Iterable[Verdict]) -> None:
        old, self.factory = self.factory, line
        self._moved_from = old
        self.context.serving(self, line.factory)
        if old is not None and old in self._factories:
            old.stop()
        self.counts.moved(time.time())
        self.rotation.plan(line)
        self._settle(line, verdicts)

    def promoted(self, line: Line) -> None:
        self.factory = line
        self.context.serving(self, line.factory)

    def tell(self, kind: str, **info: Any) -> None:
        """Hand an event of this key to the user."""
        self.context.user_code.tell(kind, self.conn_key, info)

    # -- from the factory: binance.net.protocol.Listener ------------------------------------------

    def dialling(self, factory: Line, attempt: int) -> None:
        if factory is self.rotation.line:
            return  # nothing that concerns what the user gets
        self.tell("connecting", url=self.url_for_humans(factory), attempt=attempt)

    def opened(self, factory: Line, attempt: int) -> None:
        if factory is self.rotation.line:
            self.rotation.opened()
            return
        log.info("%s: %s", self.conn_key, "recovered" if self._in_outage else "opened")
        self._in_outage = False
        self.counts.opened(time.time())
        self._listen()
        self.rotation.plan(factory)
        self.tell("connected", url=self.url_for_humans(factory), attempt=attempt)

    def lost(self, factory: Line, ending: Ending, retry: bool) -> None:
        if factory is self.rotation.line:
            self.rotation.lost(ending)
            return
        if self.rotation.line is not None:
            factory.stop()
            if self.rotation.old_lost():
                return
            retry = True
        reason = self.masked(ending.reason)
        if not self._in_outage:  # a warning an outage, not one an attempt
            what = "not connected" if ending.code is None else "lost"
            if ending.clean:
                what += f": closed by the exchange with code {ending.code}"
            then = "; dialling again" if retry else ""
            log.warning("%s: %s: %s%s", self.conn_key, what, reason, then)
        self._in_outage = True
        self._reason = reason
        self.counts.connected_since = None
        self._no_silence()
        self.sequence.interrupted()
        self.tell("disconnected", code=ending.code, reason=reason, clean=ending.clean, retry=retry)

    def retrying(self, factory: Line, attempt: int, delay_s: float) -> None:
        if factory is self.rotation.line:
            return
        level = logging.WARNING if delay_s > LONG_WAIT_S else logging.INFO
        log.log(level, "%s: retry %d in %.1f s: %s", self.conn_key, attempt, delay_s, self._reason)
        self.tell("retrying", attempt=attempt, delay_s=delay_s)

    def outage(self, factory: Line, attempts: int, reason: str, final: bool) -> None:
        if self.stopped or factory is self.rotation.line:
            return  # stopped from another thread, a moment ago; or the old connection goes on
        if final:
            self.give_up(attempts, reason)
        else:
            log.error("%s: %d retries failed, going on: %s", self.conn_key, attempts, self.masked(reason))
        self.context.user_code.call(self, [dict(MAX_RETRIES_MESSAGE)])

    def give_up(self, attempts: int, reason: str) -> None:
        """Free the key, leave what is still connected, and say why."""
        reason = self.masked(reason)
        log.error("%s: given up: %s", self.conn_key, reason)
        self.stopped = True
        self._end_timers()
        for factory in list(self._factories):
            factory.stop()
        self.context.given_up(self)
        self.tell("gave_up", attempts=attempts, reason=reason)

    def ended(self, factory: Line, ending: Ending) -> None:
        if factory not in self._factories:
            return  # told already
        self._factories.remove(factory)
        if factory is self.rotation.line:
            self.rotation.try_another()
        if self._ended is not None and not self._factories:
            self._finish(ending)

    def received(self, factory: Line, payloads: list[bytes], is_binary: bool = False) -> None:
        """Deliver payloads; never raises."""
        now = time.time()
        self.counts.received(now)
        messages: list[Any] = []
        for begin in range(0, len(payloads), BATCH):
            if self.stopped or factory is self._moved_from:
                return
            batch = payloads[begin : begin + BATCH]
            messages = [MalformedMessage("is a binary frame")] if is_binary else self._decoded(batch)
            if self.rotation.line is None:
                self._take(factory, batch, messages)
            else:
                self._take_in_move(factory, batch, messages)
        self._lagged(now, messages[-1])

    def deliver(self, factory: Line, messages: list[Any]) -> None:
        """Hand messages to the user."""
        factory.messages += len(messages)
        called, seconds = self.context.user_code.call(self, messages)
        self.counts.called(called, seconds)
        if seconds >= SLOW_S:
            self._slow(called, seconds)

    def shutdown_announced(self, factory: Line) -> None:
        """The exchange will end this connection."""
        log.info("%s: the exchange announces that it will end this connection", self.conn_key)
        if factory is self.rotation.line:
            self.rotation.try_another()
        elif factory is self.factory:
            self.rotation.begin("serverShutdown")

    def limited(self, factory: Line, what: str, budget: str, seconds: float) -> None:
        """See :class:`binance.net.protocol.Listener`."""
        log.info("%s: a %s waits %.1f s: %s", self.conn_key, what, seconds, budget)
        self.tell("limited", what=what, budget=budget, seconds=seconds)

    def refused(self, code: int | None, message: str) -> None:
        """The exchange answered with an error that belongs to no request of ours."""
        log.warning("%s: refused by the exchange: %s %s", self.conn_key, code, message)
        self.tell("refused", code=code, message=message)

    def malformed_payload(self, length: int, error: str) -> None:
        """A payload was no message."""
        self.counts.malformed += 1
        count = self.counts.malformed
        self._log_seldom(logging.WARNING, count, "a payload of %d bytes %s", length, error)
        self.tell("malformed", count=count, length=length, error=error)

    # -- from the user's code: binance.sockets.delivery.Receiver ------------------------------------------

    def callback_raised(self, error: BaseException) -> None:
        self.counts.callback_errors += 1
        count = self.counts.callback_errors
        self._log_seldom(logging.ERROR, count, "the callback raised", error=error)
        self.tell("callback_error", count=count, error=safe_repr(error))

    # -- within ------------------------------------------

    def _lagged(self, now: float, message: Any) -> None:
        happened_at = event_time_s(message)
        if happened_at is not None:
            self.counts.lagged(now - happened_at)

    def _now(self) -> float:
        return float(self.options.reactor.seconds())

    def _log_seldom(
        self, level: int, count: int, words: str, *arguments: Any, error: BaseException | None = None
    ) -> None:
        """Log what may happen with every message once a minute.

        :param count: how often it has happened so far.
        """
        now = self._now()
        if now - self._logged.get(words, float("-inf")) >= LOG_EVERY_S:
            self._logged[words] = now
            line = f"%s: {words} (%d so far; one line a minute)"
            log.log(level, line, self.conn_key, *arguments, count, exc_info=error)

    def _take_in_move(self, factory: Line, payloads: list[bytes], messages: list[Any]) -> None:
        """There are two connections: deliver what the old one brings, hold what the new one does."""
        if factory is not self.rotation.line:
            self._take(factory, payloads, messages)
            self.rotation.delivered(payloads, messages)
            return
        kept: list[int] = []
        for number, message in enumerate(messages):
            if self._is_for_user(factory, message, len(payloads[number])):
                kept.append(number)
        if factory is self.rotation.line:  # still
            self.rotation.held([payloads[number] for number in kept], [messages[number] for number in kept])

    def _take(self, factory: Line, payloads: list[bytes], messages: list[Any]) -> None:
        """Deliver those that are next in their order, all at once; look at each of the others by itself."""
        begin, count = 0, len(messages)
        while begin < count and not self.stopped:
            end = self.sequence.in_order(messages, begin)
            if end > begin:
                self.deliver(factory, messages if end - begin == count else messages[begin:end])
            if end < count and not self.stopped:
                self._odd(factory, messages[end], len(payloads[end]))
            begin = end + 1

    def _odd(self, factory: Line, message: Any, length: int) -> None:
        """One that is malformed, or for us, or not plainly the next."""
        if self._is_for_user(factory, message, length):
            self._settle(factory, self.sequence.judge(message, self._now()))

    def _is_for_user(self, factory: Line, message: Any, length: int) -> bool:
        """Whether it is one for the user; what it is else is seen to."""
        try:
            said = control(checked(message, self.array))
        except MalformedMessage as exc:
            self.malformed_payload(length, str(exc))
            return False
        except (SystemExit, KeyboardInterrupt) as exc:  # of a decoder of the user's
            self.context.user_code.exits(exc)
            return False
        if said is None:
            return True
        if isinstance(said, ServerShutdown):
            self.shutdown_announced(factory)
        elif said.refused:
            self.refused(said.code, said.message)
        return False

    def _settle(self, factory: Line, verdicts: Iterable[Verdict]) -> None:
        """Do what the sequence has decided."""
        for verdict in verdicts:
            if isinstance(verdict, Deliver):
                self.deliver(factory, [verdict.message])
            elif isinstance(verdict, Gap):
                self._gap(verdict)
            else:
                info = {name: value for name, value in asdict(verdict).items() if value is not None}
                log.warning("%s: the exchange began its ids anew: %s", self.conn_key, info)
                self.tell("reset", **info)
            if self.stopped:
                return
        deadline = self.sequence.deadline()
        if deadline is not None and self._reset_timer is None:
            delay_s = max(deadline - self._now(), 0.0)
            self._reset_timer = self.options.reactor.callLater(delay_s, self._reset_due, factory)

    def _reset_due(self, factory: Line) -> None:
        self._reset_timer = None
        if not self.stopped:
            self._settle(factory, self.sequence.expire(self._now()))

    def _end_timers(self) -> None:
        self._no_reset()
        self._no_silence()
        self.rotation.stop()

    def _no_reset(self) -> None:
        if self._reset_timer is not None:
            self._reset_timer.cancel()
            self._reset_timer = None

    def _listen(self) -> None:
        """A connection is open: look from time to time which of its streams have brought nothing."""
        self._no_silence()
        if self._silence is not None:
            self.sequence.heard()  # before now does not count
            self._silence.begin(self._now())
            self._silence_timer = self.options.reactor.callLater(self._silence.every_s, self._silence_due)

    def _silence_due(self) -> None:
        # a callback may have kept the reactor from reading: what waits to be read comes first
        self._silence_timer = self.options.reactor.callLater(0, self._look_for_silence)

    def _look_for_silence(self) -> None:
        assert self._silence is not None
        self._silence_timer = self.options.reactor.callLater(self._silence.every_s, self._silence_due)
        silent = self._silence.check(self.sequence.heard(), self._now())
        if silent and not self.stopped:
            log.warning(
                "%s: nothing has come for %.0f s from %s; "
                "the exchange accepts misspelt and retired names without a word",
                *(self.conn_key, min(silent.values()), listed(list(silent))),
            )
        for stream, seconds in silent.items():
            if self.stopped:
                return
            self.tell("silent", stream=stream, seconds=seconds)

    def _no_silence(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()
            self._silence_timer = None

    def _gap(self, gap: Gap) -> None:
        count = gap.last - gap.first + 1
        words = "%s lacks %d ids, %d to %d, %s"
        about = (gap.stream, count, gap.first, gap.last, gap.cause)
        self._log_seldom(logging.WARNING, self.sequence.gaps, words, *about)
        self.tell("gap", **asdict(gap), count=count)

    def _slow(self, messages: int, seconds: float) -> None:
        self.counts.callback_slow += 1
        count = self.counts.callback_slow
        words = "the callback took %.2f s for %d messages, and all sockets waited"
        self._log_seldom(logging.WARNING, count, words, seconds, messages)
        self.tell("callback_slow", count=count, seconds=seconds, messages=messages)

    def _finish(self, ending: Ending) -> None:
        log.info("%s: stopped", self.conn_key)
        reason = self.masked(ending.reason)
        self.tell("disconnected", code=ending.code, reason=reason, clean=ending.clean, retry=False)
        assert self._ended is not None
        self._ended.callback(None)
