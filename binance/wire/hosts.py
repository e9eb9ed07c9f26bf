"""What counts as one host, where something is counted or remembered by host. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def place(host: str, port: int | None) -> str:
    """The name under which a host is counted, whatever the port.

    Servers at a bare address are somebody's own, one at each port.
    """
    return f"{host}:{port}" if _is_address(host) else host


def place_of(url: str) -> str:
    """The same for the host of a URL; of a text that is none, that text."""
    try:
        parts = urlsplit(url)
        return place(parts.hostname or url, parts.port)
    except ValueError:
        return url


def _is_address(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
