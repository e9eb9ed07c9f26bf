"""Checks of the environment variables that this package and its libraries read. No Twisted here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from binance.doctor.finding import Asked, Finding, failed, ok, warning
from binance.endpoints import EVERYTHING, everything_to
from binance.exceptions import InvalidArgument
from binance.net.rest_session import proxy_of

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
#: Libraries would read them, but this package passes them a trust store of its own.
_UNUSED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_KEYS = ("BINANCE_API_KEY", "BINANCE_API_SECRET")


def environment(asked: Asked) -> list[Finding]:
    """All of them; one line if none is set."""
    environ = os.environ
    findings = [
        *_everything(environ),
        *_proxies(environ, asked.rest),
        *_certificates(environ),
        *_keys(environ),
    ]
    return findings or [ok("no variables are set that matter here")]


def proxy_place(url: str) -> str | None:
    """A proxy without its user and password: ``"proxy:3128"``; None if *url* cannot be the URL of one."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        is_one = parts.hostname and parts.port != 0  # reading the port raises, too
    except ValueError:
        return None
    return parts.netloc.rpartition("@")[2] if is_one else None


def _everything(environ: Mapping[str, str]) -> list[Finding]:
    if EVERYTHING not in environ:
        return []
    try:
        local = everything_to()
    except InvalidArgument as exc:
        return [failed(str(exc), f"Unset {EVERYTHING}")]
    assert local is not None
    seen = f"{EVERYTHING}: all clients and managers connect to {local.rest}, not to the exchange"
    return [warning(seen, f"Unset {EVERYTHING} to reach the exchange")]


def _proxies(environ: Mapping[str, str], url: str) -> list[Finding]:
    named = [name for name in _PROXIES if environ.get(name) or environ.get(name.lower())]
    proxy = proxy_of(url)
    if proxy is not None:
        whose = ", ".join(named) or "the system's settings"
        place = proxy_place(proxy)
        if place is None:  # which may hold a password, so it is not shown
            advice = "Use the form http://user:password@host:port, or unset the variable"
            return [failed(f"{whose}: this is not the URL of a proxy, and REST uses it", advice)]
        seen = f"{whose}: REST uses the proxy {place}; sockets do not, they connect directly"
        return [warning(seen, "Where only the proxy may connect, ask for direct access to the stream hosts")]
    return [ok(f"{', '.join(named)}: not used for {urlsplit(url).hostname}")] if named else []


def _certificates(environ: Mapping[str, str]) -> list[Finding]:
    used = [f"{name}={environ[name]}" for name in _TRUST if environ.get(name)]
    findings = [ok(f"{', '.join(used)}: the only trusted certificates, for sockets and REST")] if used else []
    for name in _UNUSED:
        if environ.get(name) and environ[name] != environ.get("SSL_CERT_FILE"):
            seen = f"{name} is set, and is not used"
            advice = f"Set SSL_CERT_FILE to {environ[name]}, which sockets and REST use"
            findings.append(warning(seen, advice))
    if environ.get("SSLKEYLOGFILE"):
        seen = "SSLKEYLOGFILE: the TLS keys of REST calls are written to a file, which decrypts them"
        findings.append(warning(seen, "Unset it, unless you are analysing network traffic"))
    return findings


def _keys(environ: Mapping[str, str]) -> list[Finding]:
    named = [f"{name} ({len(environ[name])} characters)" for name in _KEYS if environ.get(name)]
    return [ok(f"{' and '.join(named)}: set")] if named else []
