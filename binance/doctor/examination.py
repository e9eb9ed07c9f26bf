"""Makes checks, one after the other: each has a time limit, and what depends on a failed one is skipped.

Theory of operation. A check is made once for each of the services that it is about, for all of them at the
same time; services at the same place share the result of a check that is about places. A check is *blocked*
for a service if it failed, or if one of its ``needs`` is blocked for that service; then it is skipped, and
the report names the check that failed first. The limit of a check is cut to what is left of the limit of all
of them, so an examination ends in time even if everything hangs.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, TimeoutError, gatherResults

from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, State, failed, skipped

#: Seconds for all checks together.
ALL_S = 28.0

Show = Callable[[str, Finding], None]


class Check(NamedTuple):
    """One row of the table of checks.

    :ivar name: its name in the report.
    :ivar make: looks, and returns what it finds; nothing if there is nothing to check.
    :ivar of: the services that it is made for.
    :ivar needs: names of the checks without which it makes no sense.
    :ivar by_place: one result will do for all services at one place.
    """

    name: str
    make: Callable[[Case, Service], Coroutine[Any, Any, list[Finding]]]
    of: tuple[str, ...]
    needs: tuple[str, ...] = ()
    by_place: bool = False
    limit_s: float = 6.0


async def examine(
    case: Case, checks: Iterable[Check], begin: Callable[[str], None], show: Show, all_s: float = ALL_S
) -> None:
    """Make the checks, in their order.

    :param begin: called with the name of a check before it is made.
    :param show: called with the name of a check and what it found, as soon as it is found.
    :param all_s: the limit of all of them together.
    """
    ends_at = case.seconds() + all_s
    blocked: dict[tuple[str, str], str] = {}  # by check and service: the check that failed first
    for check in checks:
        services = [service for service in case.services if service.name in check.of]
        if not services:
            continue
        begin(check.name)
        shared: dict[Any, Service] = {}
        for service in services:
            shared.setdefault(_sharing(check, service), service)
        causes = {
            key: next((blocked[need, one.name] for need in check.needs if (need, one.name) in blocked), None)
            for key, one in shared.items()
        }
        limit_s = min(check.limit_s, ends_at - case.seconds())
        made = [_made(case, check, one, limit_s) for key, one in shared.items() if causes[key] is None]
        found = await gatherResults([Deferred.fromCoroutine(one) for one in made], consumeErrors=True)
        results = dict(zip([key for key in shared if causes[key] is None], found, strict=True))
        for finding in [*_with_advice_once(results.values()), *_skipped(check, shared, causes)]:
            show(check.name, finding)
        for service in services:
            key = _sharing(check, service)
            cause = causes[key] or (check.name if _has_failed(results[key]) else None)
            if cause is not None:
                blocked[check.name, service.name] = cause


def _sharing(check: Check, service: Service) -> Any:
    return service.place if check.by_place else service.name


def _where(check: Check, service: Service) -> str:
    return str(service.place) if check.by_place else service.url


def _has_failed(findings: list[Finding]) -> bool:
    return any(finding.state in (State.FAILED, State.SKIPPED) for finding in findings)


def _skipped(check: Check, shared: dict[Any, Service], causes: dict[Any, str | None]) -> Iterator[Finding]:
    """One finding for all services for which one check was the cause."""
    for cause in dict.fromkeys(filter(None, causes.values())):
        places = [_where(check, one) for key, one in shared.items() if causes[key] == cause]
        yield skipped(f"{', '.join(places)}: not checked, because {cause} failed")


def _with_advice_once(results: Iterable[list[Finding]]) -> list[Finding]:
    """All findings; an advice that several have is kept with the last of them."""
    findings = [finding for some in results for finding in some]
    last = {finding.advice: number for number, finding in enumerate(findings)}
    return [
        finding if last[finding.advice] == number else replace(finding, advice="")
        for number, finding in enumerate(findings)
    ]


async def _made(case: Case, check: Check, service: Service, limit_s: float) -> list[Finding]:
    where = _where(check, service)
    if limit_s <= 0:
        return [skipped(f"{where}: not checked, because the time for all checks is over")]
    try:
        made: Deferred[list[Finding]] = Deferred.fromCoroutine(check.make(case, service))
        return await made.addTimeout(limit_s, case.options.clock)
    except TimeoutError:
        return [failed(f"{where}: no result in {limit_s:.1f} s", "Run it again; the network may be slow")]
    except Exception as exc:
        seen = f"{where}: the check itself failed: {type(exc).__name__}: {exc}"
        return [failed(seen, "Please report it as a fault of this package")]
