"""Sockets use no proxy; where the environment names one, the log says so."""

from __future__ import annotations

import pytest

from binance.net import proxies
from binance.process.once import Once

HOST = "stream.binance.com"
NAMES = ("http", "https", "ws", "wss", "all", "no")


@pytest.fixture(autouse=True)
def _without_proxies(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    monkeypatch.setattr(proxies, "_warned", Once())


@pytest.mark.parametrize(
    ("environ", "host", "secure", "found"),
    [
        ({}, HOST, True, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, HOST, True, "HTTPS_PROXY"),
        ({"https_proxy": "http://proxy:3128"}, HOST, True, "HTTPS_PROXY"),
        ({"ALL_PROXY": "socks5://proxy:1080"}, HOST, True, "ALL_PROXY"),
        ({"HTTP_PROXY": "http://proxy:3128"}, HOST, True, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, HOST, False, "HTTP_PROXY"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".binance.com"}, HOST, True, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "example.com"}, HOST, True, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": ""}, HOST, True, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "127.0.0.1", True, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "localhost", True, None),
    ],
)
def test_the_variable_that_names_a_proxy_for_a_host(monkeypatch, environ, host, secure, found):
    """As REST calls go by it: by scheme, for all, and not for hosts that are excepted or this machine."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxies.unused_proxy(host, secure) == found


def test_the_warning_comes_once_in_a_process_and_holds_no_credentials(monkeypatch, caplog):
    """However many hosts are connected to: it names the variable and the host, not the proxy's password."""
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy:3128")
    for host in ("127.0.0.1", HOST, HOST, "ws-api.binance.com"):
        proxies.warn_of_unused_proxy(host, True)
    [record] = caplog.records
    assert record.levelname == "WARNING" and "secret" not in record.getMessage()
    assert (
        f"HTTPS_PROXY is set, but sockets use no proxy: connecting to {HOST} directly" in record.getMessage()
    )
