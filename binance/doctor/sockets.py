"""Checks of WebSocket connections: of the stream host and of the WebSocket API."""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError

from binance.doctor.advice import advice_for, in_words
from binance.doctor.calling import LARGE_MS, refused, until
from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, failed, ok, warning
from binance.exceptions import BinanceRequestException
from binance.net.factory import StreamFactory
from binance.net.interfaces import Arrival, Ending, Line, Listener
from binance.net.protocol import StreamProtocol
from binance.net.requests import Requests
from binance.sockets.counts import Counts

#: Of each market a stream that sends a message at least every second.
PROBES = {
    "spot": "!miniTicker@arr",
    "usdm": "!markPrice@arr@1s",
    "coinm": "btcusd_perp@markPrice@1s",
    "options": "!index@arr",
}
#: A message that comes this long after its event time is late.
LATE_MS = 3_000.0

_SILENT = (
    "Something on the way may let connections through but no messages: a proxy, a firewall, a VPN. Try "
    "another network"
)


class NotOpened(Exception):
    """The connection was not opened, or was lost.

    :ivar ending: how it ended.
    """

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


class _Protocol(StreamProtocol):
    """Reports pongs, too."""

    def onPong(self, payload: bytes) -> None:
        listener: Any = self.factory.listener
        listener.pong()


class _Factory(StreamFactory):
    protocol = _Protocol


class Opening(Listener):
    """One connection: whether it opens, its pong, and its messages.

    :ivar pong_s: seconds until the pong; None if none came.
    :ivar first: the first message, and when it came.
    """

    def __init__(self, url: str, case: Case) -> None:
        self.pong_s: float | None = None
        self.first: tuple[Any, Arrival] | None = None
        self.requests = Requests(case.options)
        self._case = case
        self._line = _Factory(url, self, case.options, Counts())
        self._opened: Deferred[None] = Deferred()
        self._both: Deferred[None] | None = None
        self._ended: Deferred[None] = Deferred()
        self._pinged_at = 0.0

    async def open(self) -> float:
        """Connect; returns the seconds that it took.

        :raises NotOpened: if it did not open.
        """
        began = self._case.seconds()
        self._line.connect()
        await self._opened
        return self._case.seconds() - began

    async def hear(self) -> None:
        """Send a ping, and wait for its pong and a message; less may have come when this returns.

        :raises NotOpened: if the connection was lost.
        """
        self._pinged_at = self._case.seconds()
        self._both = Deferred()
        self.connection.sendPing(b"doctor")
        try:
            await self._both.addTimeout(self._case.attempt_s, self._case.options.clock)
        except TimeoutError:
            return

    async def close(self) -> None:
        """Close it, and wait until it is closed."""
        self._line.stop()
        await self._ended

    @property
    def where(self) -> str:
        """Host and port; a host with two ports is connected to on the one that was reached."""
        return f"{self._line.host}:{self._line.port}"

    @property
    def connection(self) -> Any:
        """The connection, while it is open."""
        return self._line.connection

    def pong(self) -> None:
        """The pong came."""
        if self.pong_s is None:
            self.pong_s = self._case.seconds() - self._pinged_at
            self._look()

    # -- binance.net.interfaces.Listener ------------------------------------------------------------------

    def opened(self, line: Line, attempt: int) -> None:
        self._opened.callback(None)

    def limited(self, line: Line, what: str, budget: str, seconds: float) -> None:
        if not self._opened.called:
            why = f"not connected: {budget}"
            self._opened.errback(NotOpened(Ending(None, why, retry_after_s=seconds, status=429)))

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        for message in messages:
            if isinstance(message, dict) and "id" in message and ("result" in message or "error" in message):
                self.requests.answered(message)
            elif self.first is None:
                self.first = message, at
                self._look()

    def ended(self, line: Line, ending: Ending) -> None:
        self.requests.lost()
        for waiting in (self._opened, self._both):
            if waiting is not None and not waiting.called:
                waiting.errback(NotOpened(ending))
        self._ended.callback(None)

    def _look(self) -> None:
        waiting = self._both
        if waiting is not None and not waiting.called and self.pong_s is not None and self.first is not None:
            waiting.callback(None)


async def stream(case: Case, service: Service) -> list[Finding]:
    """Open a stream; wait for the pong to a ping, and for its first message."""
    name = PROBES[case.asked.market]
    opening = Opening(case.venue.raw_url(case.venue.stream(name), None), case)
    try:
        open_s = await opening.open()
        began = case.seconds()
        await opening.hear()
        return [_heard(case, opening, name, open_s, case.seconds() - began)]
    except NotOpened as exc:
        return [_not_opened(opening, exc.ending)]
    finally:
        await opening.close()


def _heard(case: Case, opening: Opening, name: str, open_s: float, waited_s: float) -> Finding:
    words = f"{opening.where}: open in {open_s * 1000:.0f} ms"
    pong = "no pong" if opening.pong_s is None else f"pong in {opening.pong_s * 1000:.0f} ms"
    if opening.first is None:
        words = f"{words}, {pong}, no message of {name} in {waited_s:.0f} s"
        return failed(words, _SILENT) if opening.pong_s is None else warning(words, _SILENT)
    message, arrival = opening.first
    lag_ms = _lag_ms(message, arrival, case.offset_ms)
    words = f"{words}, {pong}, first message of {name} received"
    if lag_ms is None:
        return ok(words)
    words = f"{words} {lag_ms:,.0f} ms after its event time"
    if case.offset_ms is None:
        return ok(f"{words}, by this machine's clock")
    if lag_ms > LATE_MS and abs(case.offset_ms) < LARGE_MS:  # else the line of the clock says it
        return warning(words, "The network is slow or congested; a machine nearer to the exchange is faster")
    return ok(words)


async def ws_api(case: Case, service: Service) -> list[Finding]:
    """Open the WebSocket API, and send the request ``ping``."""
    opening = Opening(case.venue.api_url(None), case)
    try:
        open_s = await opening.open()
        began = case.seconds()
        answer, _ = opening.requests.ask(opening.connection, "ping", None)
        await answer
        took_s = case.seconds() - began
        words = f"{opening.where}: open in {open_s * 1000:.0f} ms, ping answered in {took_s * 1000:.0f} ms"
        return [ok(words)]
    except NotOpened as exc:
        return [_not_opened(opening, exc.ending)]
    except BinanceRequestException as exc:
        return [refused(service, exc) if exc.status_code else failed(f"{opening.where}: {exc}", _SILENT)]
    finally:
        await opening.close()


def _not_opened(opening: Opening, ending: Ending) -> Finding:
    seen = f"{opening.where}: {in_words(ending.status)}{ending.reason}{until(ending.retry_after_s)}"
    return failed(seen, advice_for(ending.status))


def _lag_ms(message: Any, arrival: Arrival, offset_ms: float | None) -> float | None:
    one = message[0] if isinstance(message, list) and message else message
    event_ms = one.get("E") if isinstance(one, dict) else None
    if not isinstance(event_ms, int) or abs(event_ms / 1000 - time.time()) > 86_400:
        return None
    return max(arrival.epoch_s * 1000 + (offset_ms or 0.0) - event_ms, 0.0)  # below 0 is within the error
