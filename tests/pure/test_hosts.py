"""Hosts as URLs name them."""

from __future__ import annotations

import pytest

from binance.wire.hosts import is_loopback, place, place_of


def test_a_host_is_one_place_and_a_bare_address_one_a_port():
    """The exchange counts what comes to a host; servers of one's own share an address."""
    assert place("api.binance.com", 443) == place_of("https://api.binance.com") == "api.binance.com"
    assert place_of("http://127.0.0.1:81") == place("127.0.0.1", 81) != place_of("http://127.0.0.1:82")
    assert place_of("http://[::1]:81") == place("::1", 81)
    assert place_of("ws://localhost:81/ws-api/v3") == place("localhost", 81)
    assert place_of("") == ""
    assert place_of("http://[") == "http://["


LOOPBACK = [
    *(
        "localhost",
        "LocalHost",
        "localhost.",
        "127.0.0.1",
        "127.255.3.4",
        "127.1",
        "0x7f000001",
        "2130706433",
    ),
    *("::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "0.0.0.0", "::"),
]
ELSEWHERE = [
    *("api.binance.com", "10.0.0.1", "128.0.0.1", "126.255.255.255", "::2", "[fe80::1]", "::ffff:10.0.0.1"),
    *(
        "127.0.0.1.example",
        "localhost.example",
        "mylocalhost",
        "",
        "1",
        "16777343",
        "127.0.0.256",
        "ü",
        "[",
        ".",
    ),
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_known_in_every_spelling(host):
    """The name, the addresses of 127.0.0.0/8 as connect() reads them, and those of IPv6."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_any_other_host_is_not_this_machine(host):
    """Neither a neighbour, nor a name that only begins or ends like it."""
    assert not is_loopback(host)
