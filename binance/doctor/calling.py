"""Checks of REST: that it answers, what is used of its limits, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from binance.client import Client
from binance.doctor.advice import advice_for, in_words
from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, failed, ok, warning
from binance.exceptions import BinanceAPIException, BinanceRequestException

#: An offset of the clock that is a warning.
LARGE_MS = 500.0
#: Signed calls are refused if their timestamp is later than the exchange's clock by more than this ...
AHEAD_MS = 1_000.0
#: ... or earlier by more than this, the default of ``recvWindow``.
BEHIND_MS = 5_000.0
#: The part of a limit from which on its use is a warning.
MUCH = 0.8

_SET_CLOCK = (
    "Set this machine's clock. Linux: sudo timedatectl set-ntp true; macOS: sudo sntp -sS time.apple.com; "
    "Windows: w32tm /resync"
)


class Calls(NamedTuple):
    """The calls of one market."""

    ping: Callable[[Client], Any]
    time: Callable[[Client], dict[str, Any]]


CALLS = {
    "spot": Calls(Client.ping, Client.get_server_time),
    "usdm": Calls(Client.futures_ping, Client.futures_time),
    "coinm": Calls(Client.futures_coin_ping, Client.futures_coin_time),
    "options": Calls(Client.options_ping, Client.options_time),
}


async def ping(case: Case, service: Service) -> list[Finding]:
    """Call the exchange twice: with a new connection, and on that connection."""
    call = CALLS[case.asked.market].ping

    def both() -> tuple[float, float]:
        return _timed_s(call, case.client), _timed_s(call, case.client)

    try:
        first_s, second_s = await case.in_thread(both)
    except BinanceRequestException as exc:
        return [refused(service, exc)]
    words = (
        f"{service.url}: answer in {second_s * 1000:.0f} ms, with a new connection {first_s * 1000:.0f} ms"
    )
    return [ok(words), *_limits(case)]


async def clock(case: Case, service: Service) -> list[Finding]:
    """Compare this machine's clock with the exchange's."""
    call = CALLS[case.asked.market].time

    def offset() -> tuple[float, float]:
        call(case.client)  # the connection that this thread may not have yet would count as delay
        sent_s = time.time()
        server_ms = call(case.client)["serverTime"]
        received_s = time.time()
        return case.client.correct_clock(server_ms, sent_s, received_s), (received_s - sent_s) * 500

    try:
        offset_ms, unsure_ms = await case.in_thread(offset)
    except BinanceRequestException as exc:
        return [refused(service, exc)]
    case.offset_ms = offset_ms
    side = "behind" if offset_ms > 0 else "ahead of"
    seen = f"{abs(offset_ms):,.0f} ms {side} the exchange's (measured to within {unsure_ms:.0f} ms)"
    off_ms = max(abs(offset_ms) - unsure_ms, 0.0)
    limit_ms = BEHIND_MS if offset_ms > 0 else AHEAD_MS
    if off_ms > limit_ms:
        return [failed(f"{seen}; signed calls are refused from {limit_ms:,.0f} ms on", _SET_CLOCK)]
    if off_ms > LARGE_MS:
        return [warning(f"{seen}; signed calls are refused from {limit_ms:,.0f} ms on", _SET_CLOCK)]
    return [ok(seen)]


def refused(service: Service, exc: BinanceRequestException) -> Finding:
    """What an error of a call means."""
    status, code, wait_s = exc.status_code, None, None
    if isinstance(exc, BinanceAPIException):
        code, wait_s = exc.code, exc.retry_after_s
    where = "" if service.url in str(exc) else f"{service.url}: "
    return failed(f"{where}{in_words(status)}{exc}{until(wait_s)}", advice_for(status, code))


def until(wait_s: float | None) -> str:
    """The wait that the exchange asks for, in words, with the time of day; empty if there is none."""
    if not wait_s:
        return ""
    end = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time.time() + wait_s))
    return f"; nothing is accepted for {wait_s:,.0f} s more, until {end}"


def _limits(case: Case) -> list[Finding]:
    most = case.venue.snapshots.weight_per_min
    weights = [counts["weight_1m"] for counts in case.client.weight().values() if "weight_1m" in counts]
    if not weights:
        return []
    used = max(weights)
    seen = f"weight used in this minute by all programs at this address: {used:,} of {most:,}"
    if used >= MUCH * most:
        return [warning(seen, "Send fewer calls: above the limit they are refused with 429, then 418")]
    return [ok(seen)]


def _timed_s(call: Callable[[Client], Any], client: Client) -> float:
    began = time.monotonic()
    call(client)
    return time.monotonic() - began
