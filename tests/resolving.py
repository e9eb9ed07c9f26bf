"""A resolver that knows the names that a test gives it, installed on the reactor for the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.trial.unittest import TestCase
from zope.interface import implementer


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError


@implementer(IHostnameResolver)
class FakeResolver:
    """Answers lookups at once, or when the test lets it.

    :ivar known: the addresses of each name, in the system's order; a name without has none.
    :ivar asked: the names that were looked up, in order.
    """

    def __init__(self, known: dict[str, list[str]]) -> None:
        self.known = known
        self.asked: list[str] = []
        self._holds = False
        self._held: list[Callable[[], None]] = []

    def hold(self) -> None:
        """Answer no lookup from now on."""
        self._holds = True

    def release(self) -> None:
        """Answer those that wait, and the next ones at once."""
        self._holds = False
        held, self._held = self._held, []
        for answer in held:
            answer()

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(name)
        resolution = _Resolution(name)
        receiver.resolutionBegan(resolution)

        def answer() -> None:
            for address in self.known.get(name, []):
                made: Any = IPv6Address if ":" in address else IPv4Address
                receiver.addressResolved(made("TCP", address, port))
            receiver.resolutionComplete()

        if self._holds:
            self._held.append(answer)
        else:
            answer()
        return resolution


def install(test: TestCase, known: dict[str, list[str]]) -> FakeResolver:
    """Install a resolver for the rest of the test."""
    made = FakeResolver(known)
    installing: Any = reactor
    before = installing.installNameResolver(made)
    test.addCleanup(installing.installNameResolver, before)
    return made
