"""Name lookups that hang, in a reactor that the application runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from binance.sandbox import Sandbox

from ..scripts import Running


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Running]:
    with Sandbox() as sandbox:
        running = Running(tmp_path, sandbox)
        yield running
        running.stop()


HANGING = """
import socket
from twisted.internet import reactor

real, hangs, asked = socket.getaddrinfo, threading.Event(), threading.Event()

def getaddrinfo(host, *args, **kwargs):
    if host == "stream.example":
        asked.set()
        hangs.wait()
    return real(host, *args, **kwargs)

socket.getaddrinfo = getaddrinfo
"""


def test_a_lookup_that_hangs_does_not_hold_up_an_applications_reactor(run: Running) -> None:
    """Twisted would look names up in the reactor's pool, whose threads are joined when it stops."""
    script = run(
        HANGING
        + """
bm = manager(reactor=reactor, endpoints=Endpoints(stream="wss://stream.example:9"))
bm.start_trade_socket("BNBBTC", no_data)
bm.start()

def stop():
    assert asked.wait(15)
    reactor.callFromThread(reactor.stop)

threading.Thread(target=stop).start()
reactor.run()
say("stopped")
"""
    )
    script.wait_for("stopped")
    script.end_quietly()


def test_the_resolver_that_an_application_installed_looks_names_up(run: Running) -> None:
    """It may answer from a file, or ask servers of its own."""
    script = run(
        HANGING
        + """
from urllib.parse import urlsplit
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

@implementer(IHostnameResolver)
class Resolver:
    def resolveHostName(self, receiver, name, port=0, *args, **kwargs):
        say("asked for", name)
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", "127.0.0.1", port))
        receiver.resolutionComplete()

reactor.installNameResolver(Resolver())
port = urlsplit(VENUE.stream).port
bm = manager(reactor=reactor, endpoints=Endpoints(stream=f"ws://stream.example:{port}"))
key = bm.start_trade_socket(IDLE, no_data)
bm.start()

def stop():
    wait_for(f"connected {key}")
    reactor.callFromThread(reactor.stop)

threading.Thread(target=stop).start()
reactor.run()
"""
    )
    assert script.end() == 0
    assert (
        script.errors().startswith("stream.example is reached without TLS")
        and script.errors().count("\n") == 1
    )
    assert "asked for stream.example" in script.printed
    assert run.close_codes(script) == [1000]
