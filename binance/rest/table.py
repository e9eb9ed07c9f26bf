"""All rows of the table of REST calls, by the names of the client's methods. Values only."""

from __future__ import annotations

from binance.exceptions import Retired
from binance.rest import calls_futures, calls_margin, calls_options, calls_spot, calls_wallet, ended
from binance.rest.calls import Call, Ended

#: Calls that the exchange has.
CALLS: dict[str, Call] = {
    call.name: call
    for part in (calls_spot, calls_wallet, calls_margin, calls_futures, calls_options)
    for call in part.CALLS
}
#: Calls that it had.
ENDED: dict[str, Ended] = {call.name: call for call in ended.ENDED}


def retired(name: str) -> Retired:
    """The error of a call that the exchange has ended."""
    call = ENDED[name]
    return Retired(
        f"{name}: the exchange has ended this call ({call.since}); use {call.use}", call.since, call.use
    )
