"""The meaning of the exchange's errors: one table from code and status to remedy. Pure.

REST, the WebSocket API and listen keys go by it. An error that is not in it is worth another try, later.

Source: Spot *Error codes*; *Margin Trading*, "User Data Stream"; binance.us *User Data Streams*.
"""

from __future__ import annotations

from enum import Enum


class Remedy(Enum):
    """What to do about an error."""

    AGAIN = "repeat the call, a little later"
    FINAL = "none: the call would fail each time"
    NEW_KEY = "repeat it with a new listen key or token"
    CORRECT_CLOCK = "repeat it with the exchange's time"
    NEW_CONNECTION = "repeat it on a new connection"
    CLEAR_AWAY = "unsubscribe what the exchange has subscribed already, and repeat it"


#: The code of too many calls, and of a ban for them.
TOO_MANY = -1003
#: The code of too many orders of one account: whatever its status, others go on, and so do its cancels.
TOO_MANY_ORDERS = -1015

REMEDIES = {
    TOO_MANY: Remedy.AGAIN,  # too many requests, or a ban: it says until when
    -1021: Remedy.CORRECT_CLOCK,  # the timestamp is outside the window
    -1022: Remedy.FINAL,  # the signature is wrong: so is the secret
    -1121: Remedy.FINAL,  # no such symbol
    -1125: Remedy.NEW_KEY,  # no such listen key
    -1209: Remedy.NEW_KEY,  # a listen token that is not valid, or not any more
    -2014: Remedy.FINAL,  # the API key has a wrong form
    -2015: Remedy.FINAL,  # the API key, its addresses or its rights
    -2035: Remedy.CLEAR_AWAY,  # the account is subscribed on this connection, by a lost answer
    -2042: Remedy.NEW_CONNECTION,  # a connection has used all of its subscription ids
}

#: By HTTP status, where the code says nothing.
STATUS_REMEDIES = {
    401: Remedy.FINAL,  # the API key
    410: Remedy.FINAL,  # what was asked for has been ended
}


#: Exceptions for one method of authorising, with clearer words than the exchange's (a web page, or nothing).
OF_A_METHOD = {
    ("token", 404): (Remedy.FINAL, "HTTP 404: this venue has no margin accounts"),
    ("listen_key", 410): (Remedy.FINAL, "HTTP 410: binance.com ended spot listen keys on 2026-02-20"),
    ("derivatives_key", 404): (Remedy.FINAL, "HTTP 404: this venue has no such accounts"),
}

#: The code of a timestamp that the exchange's clock does not accept.
WRONG_CLOCK = -1021


def remedy(status: int | None, code: int | None) -> Remedy:
    """What to do about an error.

    :param status: HTTP status; *code*: the exchange's. None: without one.
    """
    by_status = STATUS_REMEDIES.get(status) if status is not None else None
    by_code = REMEDIES.get(code) if code is not None else None
    if Remedy.FINAL in (by_status, by_code):
        return Remedy.FINAL
    return by_code or by_status or Remedy.AGAIN


#: Codes of errors after which the exchange may yet have done what it was asked, or has done a part of it.
_UNKNOWN = (-1006, -1007, -2021)


def outcome_is_unknown(status: int | None, code: int | None) -> bool:
    """Whether the exchange may have done what it refused in words: it timed out within, broke, or did a part.

    Source: Spot *REST API*, "General Information", HTTP 409 and 5XX; *Error codes*, -1006, -1007 and -2021.
    """
    return code in _UNKNOWN or (status is not None and (status in (408, 409) or status >= 500))
