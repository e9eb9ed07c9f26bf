"""What to do about an error that the exchange answers with: by its code, else by its HTTP status. Pure.

Source: Spot *Error codes*; Spot *REST API*, "HTTP Return Codes", "IP Limits", "Timing security".
"""

from __future__ import annotations

_LOCATION = (
    "The exchange does not serve this location or network (a restricted country, a cloud provider, a VPN). "
    "Use the venue of your country, such as --venue us, or run the program where this one may be used"
)
_LIMITED = "Wait until then, and send fewer calls: every program at this address counts"

_OF_CODE = {
    -1003: _LIMITED,
    -1021: "Set this machine's clock, as the line of the clock says",
    -1022: "The secret, or the private key, does not belong to this API key: copy it again, or make "
    "a new key",
    -2014: "The API key is not complete: copy it again, and do not confuse it with the secret",
    -2015: "Check that the key is of this venue (testnet and demo have keys of their own), that this address "
    "is on its list of allowed addresses, and that it has the permission for this market",
}

_OF_STATUS = {
    401: "The API key is not accepted: check that it is of this venue and still exists",
    403: "A firewall refuses the call: the exchange's own, or one of your network. If --venue data works, "
    "it is the location",
    404: "Check --url: something else than the exchange may be there",
    407: "The proxy wants a user and a password: http://user:password@host:port in HTTPS_PROXY",
    410: "The exchange has ended this; update this package",
    418: f"The address is banned, for calls that went on after 429. {_LIMITED}",
    429: _LIMITED,
    451: _LOCATION,
}
_BROKEN = "The exchange, or a gateway in front of it, has a problem: try again in a minute"
_NETWORK = "Check the internet connection, firewalls and proxies between this machine and the exchange"


def advice_for(status: int | None, code: int | None = None) -> str:
    """Return what to do.

    :param status: HTTP status; None if nothing was answered.
    :param code: the exchange's error code, if it sent one.
    """
    if status in (418, 451) or code not in _OF_CODE:
        if status is None:
            return _NETWORK
        if status < 400:  # of a web page, say
            return _OF_STATUS[404]
        return _OF_STATUS.get(status, _BROKEN if status >= 500 else "See the exchange's list of error codes")
    return _OF_CODE[code]


def in_words(status: int | None) -> str:
    """Return what an HTTP status says of this machine, for the front of a line; empty for most."""
    return {
        403: "forbidden: ",
        418: "banned: ",
        429: "rate limited: ",
        451: "restricted location: ",
    }.get(status or 0, "")
