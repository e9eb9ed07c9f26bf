"""Hosts in URLs: addresses, this machine, and what counts as one host. Pure; no name is looked up."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import urlsplit


def place(host: str, port: int | None) -> str:
    """The name under which something is counted or remembered of a host, whatever the port.

    Servers at a bare address are somebody's own, one at each port.
    """
    return f"{host}:{port}" if host == "localhost" or is_address(host) else host


def place_of(url: str) -> str:
    """The same for the host of a URL; of a text that is not a URL, that text."""
    try:
        parts = urlsplit(url)
        return place(parts.hostname or url, parts.port)
    except ValueError:
        return url


def is_address(host: str) -> bool:
    """Whether a host is an IP address, which needs no lookup."""
    return _address(host) is not None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, and nothing that is sent to it reaches a network.

    ``localhost``, all of 127.0.0.0/8 however it is written, ``::1``, and the addresses that mean any address
    of this machine.

    :param host: a name or address, as it stands in a URL.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    address = _address(name)
    if address is None:
        try:
            address = IPv4Address(inet_aton(name))  # 127.1, 0x7f000001: what is connected to takes them
        except (OSError, UnicodeError):
            return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """An IP address in its usual form; None if it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None
