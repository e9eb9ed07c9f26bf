"""The checks, in their order: those of this machine, and those of connections."""

from __future__ import annotations

from binance.doctor.account import account
from binance.doctor.calling import clock, ping
from binance.doctor.case import REST, STREAMS, WS_API
from binance.doctor.connecting import certificate, look_up, reach
from binance.doctor.examination import Check
from binance.doctor.sockets import stream, ws_api

_ALL = (REST, STREAMS, WS_API)

#: Checks of connections; see :class:`~binance.doctor.examination.Check` for the columns.
CHECKS = (
    Check("names", look_up, _ALL, by_place=True),
    Check("TCP", reach, _ALL, ("names",), by_place=True),
    Check("TLS", certificate, _ALL, ("TCP",), by_place=True),
    Check("REST", ping, (REST,), ("TLS",)),
    Check("clock", clock, (REST,), ("REST",)),
    Check("streams", stream, (STREAMS,), ("TLS",)),
    Check("WS API", ws_api, (WS_API,), ("TLS",)),
    Check("account", account, (REST,), ("REST",)),
)
