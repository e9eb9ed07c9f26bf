"""Control messages that are refused, ignored, never answered or answered late; late frames of streams."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

from binance.sandbox.answers.control import Reply, refused
from binance.sandbox.calls import Control, ControlMethod, Shape
from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.faults.quiet import is_whole
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.delivery import Delivery
from binance.sandbox.net.gate import Treated
from binance.sandbox.net.match import names

_METHODS: Final = ("SUBSCRIBE", "UNSUBSCRIBE")


class _Control(Rule):
    """One call of ``control`` in force.

    :param treat: what becomes of a message; of its reply, and whether errors are flat here.

    :ivar how: what the call asked for.
    :ivar times: how many messages it is still for; None for all.
    """

    def __init__(
        self,
        match: str | None,
        times: int | None,
        how: Control,
        method: ControlMethod | None,
        stream: str | None,
        treat: Callable[[Reply, bool], Treated],
    ) -> None:
        super().__init__(match)
        self.times = times
        self.treat = treat
        self.how = how
        self._method = method
        self._stream = stream

    def is_for(self, connection: Connection, reply: Reply) -> bool:
        return (
            self._method in (None, reply.method)
            and self._stream in (None, *reply.params)
            and connection.matches(self.match)
        )

    def state(self) -> dict[str, Any]:
        return {
            "how": self.how, "match": self.match, "times": self.times, "method": self._method,
            "stream": self._stream,
        }  # fmt: skip


class ControlFaults(Fault):
    """Keeps clients from what they ask for by SUBSCRIBE and UNSUBSCRIBE, or from the answer."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._rules: list[_Control] = []

    def state(self) -> dict[str, Any]:
        return {"control": [rule.state() for rule in self._rules]}

    def lift(self) -> None:
        for rule in self._rules:
            rule.forget_end()
        self._rules = []

    def control(
        self,
        how: Control,
        times: int | None,
        match: str | None,
        method: ControlMethod | None,
        stream: str | None,
        seconds: float,
        code: int,
        message: str,
        shape: Shape | None,
        null_id: bool,
        lasting_s: float | None,
    ) -> None:
        """Treat control messages otherwise than they ask for."""
        self._note(
            "control",
            how=how,
            times=times,
            match=match,
            method=method,
            stream=stream,
            seconds=seconds or None,
        )
        if how == "obey":
            self.lift()
            return

        def refuse(reply: Reply, flat_errors: bool) -> Treated:
            flat = flat_errors if shape is None else shape == "flat"
            return Treated(
                refused(code, message, None if null_id else reply.body["id"], flat), False, seconds
            )

        treat = {
            "refuse": refuse,
            "ignore": lambda reply, _: Treated(None, obeyed=False),
            "unanswered": lambda reply, _: Treated(None, obeyed=True),
            "late": lambda reply, _: Treated(reply.body, obeyed=True, delay_s=seconds),
        }[how]
        rule = _Control(match, times, how, method, stream, treat)
        self._end_after(lasting_s, rule, self._rules.remove, rule)
        self._rules.append(rule)

    def treated(self, connection: Connection, reply: Reply, flat_errors: bool) -> Treated:
        """Return what becomes of a control message whose reply would be *reply*, counting it."""
        rule = None
        if reply.method in _METHODS:
            rule = next((rule for rule in self._rules if rule.is_for(connection, reply)), None)
        if rule is None:
            return Treated(reply.body, obeyed=True)
        if rule.times is not None:
            rule.times -= 1
            if not rule.times:
                rule.forget_end()
                self._rules.remove(rule)
        details = {"method": reply.method, "streams": len(reply.params), "id": reply.body["id"]}
        self._note("controlled", [connection], how=rule.how, **details)
        return rule.treat(reply, flat_errors)


class _Trail:
    """The late frames of one stream on one connection.

    :param end: called once the last of them has been taken.

    :ivar left: how many are still to come.
    :ivar combined: the form of the messages when the stream was left.
    """

    def __init__(self, left: int, combined: bool, end: Callable[["_Trail"], object]) -> None:
        self.left = left
        self.combined = combined
        self._end = end

    def take(self) -> None:
        self.left -= 1
        if not self.left:
            self._end(self)


class LateFrames(Fault):
    """Goes on sending streams that were unsubscribed, for some messages."""

    def __init__(self, connections: Connections, delivery: Delivery) -> None:
        super().__init__(connections)
        self._delivery = delivery
        self._rule: Rule | None = None
        self._times = 0
        self._trails: dict[Connection, dict[str, _Trail]] = {}

    def state(self) -> dict[str, Any]:
        return {"late_frames": None if self._rule is None else [self._rule.match, self._times]}

    def lift(self) -> None:
        if self._rule is not None:
            self._rule.forget_end()
            self._rule = None
        for connection in list(self._trails):
            self.left(connection)

    def apply(self, connection: Connection) -> None:
        for stream in [s for s in self._trails.get(connection, ()) if s in connection.subscribed.streams]:
            self._end(connection, stream)

    def left(self, connection: Connection) -> None:
        for stream in list(self._trails.get(connection, ())):
            self._end(connection, stream)

    def late_frames(self, times: int, match: str | None, lasting_s: float | None) -> None:
        """Send messages of streams after they were unsubscribed."""
        self.lift()
        self._note("late_frames", times=times, match=match)
        if times:
            self._times = times
            self._rule = Rule(match)
            self._end_after(lasting_s, self._rule, self.lift)

    def unsubscribing(self, connection: Connection, streams: Collection[str]) -> None:
        """Let streams that a connection is about to leave have their late frames."""
        rule = self._rule
        if rule is None:
            return
        for stream in streams:
            if is_whole(rule.match, connection) or names(rule.match, stream):
                self._begin(connection, stream)

    def _begin(self, connection: Connection, stream: str) -> None:
        # not at once: the last one is taken while its stream is being delivered
        end = partial(self._timers.later, 0, self._end_used_up, connection, stream)
        trail = _Trail(self._times, connection.combined, end)
        self._trails.setdefault(connection, {})[stream] = trail
        for name in connection.route.feeds(stream):
            self._delivery.add(connection.outbox, name, trail.combined)
            connection.outbox.trail(name, trail)

    def _end_used_up(self, connection: Connection, stream: str, trail: _Trail) -> None:
        if self._trails.get(connection, {}).get(stream) is trail:
            self._end(connection, stream)

    def _end(self, connection: Connection, stream: str) -> None:
        trails = self._trails[connection]
        trail = trails.pop(stream)
        if not trails:
            del self._trails[connection]
        for name in connection.route.feeds(stream):
            connection.outbox.trail(name, None)
            self._delivery.remove(connection.outbox, name, trail.combined)
