"""The warning that sockets use no proxy, where the environment names one. REST calls go through it."""

from __future__ import annotations

from typing import Any
from urllib import request as urllib_request

from binance.process.logs import Log
from binance.process.once import Once
from binance.wire.hosts import is_loopback

log = Log(__name__)

_library: Any = urllib_request  # whose types lack one of the two functions

_warned = Once()


def unused_proxy(host: str, secure: bool) -> str | None:
    """The variable of the environment that names a proxy for a host, e.g. ``"HTTPS_PROXY"``.

    :param secure: the connection is over TLS.
    :returns: None if no variable does, ``NO_PROXY`` excepts the host, or it is this machine.
    """
    if is_loopback(host):
        return None
    proxies = _library.getproxies_environment()
    schemes = ("wss", "https", "all") if secure else ("ws", "http", "all")
    found = next((scheme for scheme in schemes if proxies.get(scheme)), None)
    if found is None or _library.proxy_bypass_environment(host, proxies):
        return None
    return f"{found.upper()}_PROXY"


def warn_of_unused_proxy(host: str, secure: bool) -> None:
    """Log, once in a process, that a socket connects directly although a proxy is named for its host."""
    variable = unused_proxy(host, secure)
    if variable is not None and _warned.first("proxy"):
        log.warning(
            "%s is set, but sockets use no proxy: connecting to %s directly; NO_PROXY hides this line",
            variable,
            host,
        )
