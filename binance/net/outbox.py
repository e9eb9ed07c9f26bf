"""The outbox of one open connection: sends no faster than the exchange allows.

The exchange closes a connection on which more than five messages come within a second, pongs counted. What
is written to a connection leaves when the reactor next turns to it, which a slow callback delays: so it is
not the writing that is counted here. One message is sent in each turn of the reactor, so only one can be
late, and one less than the exchange allows.

A pong goes before any message. Of pings that piled up only the latest is answered: RFC 6455, section 5.5.3,
allows that, and the others' pongs would use up what is allowed and say nothing more.

Source: Spot *Web Socket Streams*, "WebSocket Limits".
"""

from __future__ import annotations

from collections.abc import Callable

from binance.net.interfaces import Options
from binance.net.timer import Timer
from binance.wire.budgets import Budget


class Outbox:
    """Pongs and messages of one connection; in the reactor's thread.

    :param send: sends a text message; *pong*: sends a pong.
    """

    __slots__ = (
        "_budget",
        "_has_ended",
        "_is_set",
        "_options",
        "_pong",
        "_send",
        "_send_pong",
        "_texts",
        "_timer",
    )

    def __init__(
        self, options: Options, send: Callable[[bytes], object], pong: Callable[[bytes], object]
    ) -> None:
        self._options = options
        self._send = send
        self._send_pong = pong
        self._budget = Budget(max(options.timings.messages - 1, 1), options.timings.messages_span_s)
        self._texts: list[bytes] = []
        self._pong: bytes | None = None
        self._timer = Timer(options.clock)
        self._is_set = False  # the next one will be sent
        self._has_ended = False

    def message(self, payload: bytes) -> float:
        """Send a text message as soon as the exchange's limit allows.

        :returns: about how many seconds until then, 0 if in the reactor's next turn.
        """
        ahead = len(self._texts) + (self._pong is not None)
        self._texts.append(payload)
        self._soon()
        return self._budget.wait_s(self._options.clock.seconds(), ahead)

    def pong(self, payload: bytes) -> None:
        """Answer a ping as soon as the limit allows; it is one to the pings before it, too."""
        self._pong = payload
        self._soon()

    def end(self) -> None:
        """Send nothing more."""
        self._has_ended = True
        self._timer.stop()
        self._texts.clear()

    def _soon(self) -> None:
        if not self._is_set:
            self._is_set = True
            # in its next turn, whatever the clocks do; a reactor that has no turns is a test's
            in_next_turn = getattr(self._options.reactor, "callFromThread", _at_once)
            in_next_turn(self._next)

    def _next(self) -> None:
        self._is_set = False
        if self._has_ended:
            return
        now = self._options.clock.seconds()
        wait_s = self._budget.wait_s(now)
        if wait_s:
            self._is_set = True
            self._timer.set(wait_s, self._next)
            return
        self._budget.take(now)
        pong, self._pong = self._pong, None
        if pong is not None:
            self._send_pong(pong)
        else:
            self._send(self._texts.pop(0))
        if self._texts:
            self._soon()


def _at_once(call: Callable[[], None]) -> None:
    call()
