"""The pulse of one exchange: what is done every hundredth of a second."""

import math
from typing import Any, Final

from binance.sandbox.calls import Cut
from binance.sandbox.market.feeds import Feeds
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.delivery import Delivery
from binance.sandbox.net.users import Users

# The market is moved in batches: a timer for every message would cost more than the message.
TICK_S: Final = 0.01

# After a pause longer than this (a sleeping computer, an overloaded one) the market was idle meanwhile.
LONGEST_CATCH_UP_S: Final = 0.5


class Pulse:
    """Moves the market, runs accounts, writes, and sees to pings and lifetimes.

    :param speed: how fast the market's time goes.
    :param lifetime_s: seconds of the market's time after which a connection is ended as *lifetime_end* says.
    """

    def __init__(
        self,
        reactor: Any,
        feed: Feeds,
        delivery: Delivery,
        users: Users,
        connections: Connections,
        *,
        speed: float,
        ping_interval_s: float,
        pong_timeout_s: float,
        lifetime_s: float | None,
        lifetime_end: Cut,
    ) -> None:
        self._reactor = reactor
        self._feed = feed
        self._delivery = delivery
        self._users = users
        self._connections = connections
        self._speed = speed
        self._ping_interval_s = ping_interval_s
        self._pong_timeout_s = pong_timeout_s
        self._lifetime_s = lifetime_s
        self._lifetime_end = lifetime_end
        self._last_s: float = reactor.seconds()
        self._timer: Any = None

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._timer is None:
            self._timer = self._reactor.callLater(TICK_S, self._tick)

    def stop(self) -> None:
        """Do nothing more until it is started again."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _tick(self) -> None:
        self._timer = self._reactor.callLater(TICK_S, self._tick)
        now_s = self._reactor.seconds()
        elapsed_s = max(0.0, now_s - self._last_s)
        self._last_s = now_s
        market = self._feed.market
        if elapsed_s > LONGEST_CATCH_UP_S:
            self._feed.idle((elapsed_s - LONGEST_CATCH_UP_S) * 1000 * self._speed)
        deliver = self._delivery.deliver
        for stream, payload in self._feed.advance(market.now_ms + elapsed_s * 1000 * self._speed):
            deliver(stream, payload)
        self._users.run(now_s)
        self._connections.traffic.flush()
        self._look_after(now_s)

    def _look_after(self, now_s: float) -> None:
        """End connections that are too old or do not answer, and send pings to the others."""
        journal = self._connections.journal
        oldest_ms = -math.inf
        if self._lifetime_s is not None:
            oldest_ms = self._feed.market.now_ms - self._lifetime_s * 1000
        for connection in self._connections.open():
            if connection.opened_ms <= oldest_ms:
                journal.note("lifetime", [connection], how=self._lifetime_end)
                connection.end(self._lifetime_end)
                continue
            if connection.stalled:
                continue
            pinger, pace = connection.pinger, connection.route.pace
            if pinger.is_overdue(now_s, self._pong_timeout_s * pace.pong):
                journal.note("pong_timeout", [connection])
                connection.close(1008, "Pong timeout")
            elif pinger.is_due(now_s):
                pinger.next_s = now_s + self._ping_interval_s * pace.ping
                connection.ping()
