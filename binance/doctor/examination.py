"""Makes checks, one after the other: each has a time limit, and what depends on a failed one is skipped.

Theory of operation. A check is made once for each of the services that it is about, for all of them at the
same time; services at the same place share the result of a check that is about places. A check is *passed* for
a service if it found nothing that failed. One whose ``needs`` are not passed for the same service is skipped,
and so not passed either. The limit of a check is cut to what is left of the limit of all of them, so an
examination ends in time even if everything hangs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, TimeoutError, gatherResults

from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, State, failed, skipped

#: Seconds for all checks together.
ALL_S = 28.0

Show = Callable[[str, Finding], None]


class Check(NamedTuple):
    """One row of the table of checks.

    :ivar name: what it is about, for the report.
    :ivar make: looks, and returns what it finds; nothing if there is nothing to check.
    :ivar of: the services that it is made for.
    :ivar needs: names of the checks that have to be passed before.
    :ivar by_place: one result will do for all services at one place.
    """

    name: str
    make: Callable[[Case, Service], Awaitable[list[Finding]]]
    of: tuple[str, ...]
    needs: tuple[str, ...] = ()
    by_place: bool = False
    limit_s: float = 6.0


async def examine(case: Case, checks: Iterable[Check], begin: Callable[[str], None], show: Show) -> None:
    """Make the checks, in their order.

    :param begin: called with the name of a check before it is made.
    :param show: called with the name of a check and what it found, as soon as it is found.
    """
    ends_at = case.seconds() + ALL_S
    passed: set[tuple[str, str]] = set()
    for check in checks:
        services = [service for service in case.services if service.name in check.of]
        shared: dict[Any, Service] = {}
        for service in services:
            shared.setdefault(_sharing(check, service), service)
        begin(check.name)
        limit_s = min(check.limit_s, ends_at - case.seconds())
        made = [_made(case, check, service, limit_s, passed) for service in shared.values()]
        found = await gatherResults([Deferred.fromCoroutine(one) for one in made], consumeErrors=True)
        results = dict(zip(shared, found, strict=True))
        for finding in (finding for findings in results.values() for finding in findings):
            show(check.name, finding)
        for service in services:
            findings = results[_sharing(check, service)]
            if not any(finding.state in (State.FAILED, State.SKIPPED) for finding in findings):
                passed.add((check.name, service.name))


def _sharing(check: Check, service: Service) -> Any:
    return service.place if check.by_place else service.name


def _made(
    case: Case, check: Check, service: Service, limit_s: float, passed: set[tuple[str, str]]
) -> Coroutine[Any, Any, list[Finding]]:
    missing = [need for need in check.needs if (need, service.name) not in passed]

    async def make() -> list[Finding]:
        where = service.place if check.by_place else service.url
        if missing:
            return [skipped(f"{where}: {missing[-1]} did not pass")]
        if limit_s <= 0:
            return [skipped(f"{where}: the {ALL_S:g} s for all checks are over")]
        try:
            made: Deferred[list[Finding]] = Deferred.fromCoroutine(_coroutine(check.make(case, service)))
            return await made.addTimeout(limit_s, case.options.clock)
        except TimeoutError:
            return [failed(f"{where}: no result in {limit_s:.0f} s", "Run it again; the network may be slow")]
        except Exception as exc:
            seen = f"{where}: the check itself failed: {type(exc).__name__}: {exc}"
            return [failed(seen, "Please report it as a fault of this package")]

    return make()


async def _coroutine(found: Awaitable[list[Finding]]) -> list[Finding]:
    return await found
