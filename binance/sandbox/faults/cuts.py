"""Ends of connections, and their announcement."""

import json
from typing import Final

from binance.exceptions import InvalidArgument
from binance.sandbox.calls import Cut
from binance.sandbox.faults.fault import Fault
from binance.sandbox.limits import SPOT_PACE
from binance.sandbox.market.payloads import in_micros

# Close codes that never stand in a frame. Source: RFC 6455, section 7.4.1.
_UNSENT_CODES: Final = (1004, 1005, 1006, 1015)


class Cuts(Fault):
    """Ends connections, or announces that the server shuts down."""

    def cut(self, match: str | None, how: Cut, code: int, reason: str) -> int:
        """End connections."""
        if how == "close" and code in _UNSENT_CODES:
            raise InvalidArgument(f"{code} is not a close code to send; use 1000 to 4999 without it")
        touched = self._connections.matching(match)
        self._note("cut", touched, how=how, match=match, code=code if how == "close" else None)
        for connection in touched:
            connection.end(how, code, reason)
        return len(touched)

    def server_shutdown(self, match: str | None) -> int:
        """Announce that the server shuts down."""
        event = {"e": "serverShutdown", "E": self._connections.time_ms()}
        # Of derivatives none has been documented: they announce it only where they are meant.
        meant = self._connections.matching(match)
        touched = [c for c in meant if not c.stalled and (match is not None or c.route.pace == SPOT_PACE)]
        for connection in touched:
            stamped = in_micros(event) if connection.micros else event
            bare = json.dumps(stamped, separators=(",", ":")).encode()
            if connection.session is not None:
                connection.send_text(b'{"event":' + bare + b"}")
            elif connection.combined:
                connection.send_text(b'{"stream":"!serverShutdown","data":' + bare + b"}")
            else:
                connection.send_text(bare)
        self._note("server_shutdown", touched, match=match)
        return len(touched)
