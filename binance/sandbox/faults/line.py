"""What can be made to go wrong, each by one call.

``match`` says where: a part of a connection's path or of one of its stream names (a listen key is one, and
on the WebSocket API ``spot``, ``margin`` and ``isolated_margin:BNBBTC`` are), or ``"#7"`` for the connection
whose id is 7; None means everywhere. Every fault is told in the log, and in ``fault_log`` of the state, with
the connections it touched, and with the ids of messages where it touched single ones.
"""

import functools
import inspect
import json
import logging
import math
import random
import re
from collections import deque
from collections.abc import Callable, Collection
from http import HTTPStatus
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import account_kind
from binance.sandbox.accounts.events import listen_key_expired
from binance.sandbox.faults.chaos import Run, Step, plan
from binance.sandbox.faults.edits import Edit, Kind
from binance.sandbox.market.payloads import in_micros
from binance.sandbox.net.frames import BINARY, TEXT, frame

if TYPE_CHECKING:
    from binance.sandbox.accounts.accounts import Accounts
    from binance.sandbox.accounts.sessions import Session
    from binance.sandbox.market.market import Market
    from binance.sandbox.net.connection import Connection

log = logging.getLogger(__name__)

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

# The most seconds that a fault takes: a hundred years.
_LONGEST_S: Final = 3_155_760_000

Cut = Literal["reset", "close", "drop"]
Refusal = Literal["http", "reset", "hang"]
Malformed = Literal["not_json", "not_utf8", "binary", "empty", "list", "number", "string"]

_MALFORMED_FRAMES: Final[dict[str, bytes]] = {
    "not_json": frame(b'{"e":"trade","E":17'),
    "not_utf8": frame(b'{"e":"\xff\xfe"}'),
    "binary": frame(b'{"e":"trade"}', BINARY),
    "empty": frame(b"", TEXT),
    "list": frame(b"[]"),
    "number": frame(b"42"),
    "string": frame(b'"trade"'),
}

# What POST /sandbox/<name> may call.
REMOTE: Final = (
    "cut", "refuse", "accept", "stall", "resume", "quiet", "malformed", "fragments", "rest",
    "server_shutdown", "expire_listen_key", "forget_listen_keys", "clear", "fill", "deposit",
    "late_pings", "duplicate", "reorder", "skip", "delay", "slow_tls", "chaos", "stop_chaos",
    "add_api_key", "terminate_subscriptions", "expire_listen_tokens", "revoke_key", "restore_key", "clock",
)  # fmt: skip

# Arguments that no message may repeat.
_SECRET: Final = ("secret", "public_key", "api_key")

# Close codes that never stand in a frame. Source: RFC 6455, section 7.4.1.
_UNSENT_CODES: Final = (1004, 1005, 1006, 1015)

# What the log of faults remembers.
_MOST_NOTED: Final = 10_000


def mask(text: str) -> str:
    """Hide what looks like a listen key, for logs."""
    return re.sub(r"[A-Za-z0-9]{40,}", lambda found: found[0][:4] + "...", text)


def _one_of(what: str, value: str, choices: tuple[Any, ...]) -> None:
    if value not in choices:
        raise InvalidArgument(f"no {what} is {value!r}; use one of {', '.join(map(str, choices))}")


def _http_status(status: int) -> HTTPStatus:
    try:
        found = HTTPStatus(status)
    except ValueError as exc:
        raise InvalidArgument(f"{status} is no HTTP status") from exc
    if found < 300:
        raise InvalidArgument(f"{status} is no refusal; use 300 or above")
    return found


def _fits(value: Any, kind: Any) -> bool:
    """Say whether a value is what an annotation asks for."""
    if get_origin(kind) in (Union, UnionType):
        return any(_fits(value, each) for each in get_args(kind))
    if get_origin(kind) is Literal:
        return isinstance(value, str)  # which one is for the method, whose message names them all
    if get_origin(kind) is Collection:
        return isinstance(value, Collection) and not isinstance(value, str) and all(map(_is_text, value))
    if kind in (int, float):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (kind is float and isinstance(value, float) and math.isfinite(value))
    return _is_text(value) if kind is str else isinstance(value, kind)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value == value.encode("utf-8", "ignore").decode()


def checked(method: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Check the arguments of a call before it changes anything.

    :raises InvalidArgument: if one is not of its kind, or seconds are below 0.
    """
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        given = list(signature.bind(*args, **kwargs).arguments.items())[1:]
        for name, value in given:
            if not _fits(value, signature.parameters[name].annotation):
                shown = "that" if name in _SECRET else ascii(value)[:80]
                raise InvalidArgument(f"{name} cannot be {shown}")
            timed = value is not None and (name == "seconds" or name.endswith("_s"))
            if timed and not 0 <= value <= _LONGEST_S:
                raise InvalidArgument(f"{name} cannot be below 0, or above {_LONGEST_S}")
        return method(*args, **kwargs)

    return call


class _Rule:
    """One fault in force, told apart from others with the same arguments, and what will end it."""

    def __init__(self, match: str | None, seconds: float = 0.0, each: bool = False) -> None:
        self.match = match
        self.seconds = seconds
        self.each = each
        self.end: Any = None

    def forget_end(self) -> None:
        """Let nothing end it by itself."""
        if self.end is not None and self.end.active():
            self.end.cancel()


class Faults:
    """The faults of one exchange, which is made of this class and of what it declares below."""

    connections: list["Connection"]
    accounts: "Accounts"
    market: "Market"
    certificate_file: str | None
    later: Callable[..., Any]
    deliver_event: Callable[[str, dict[str, Any]], None]
    flush: Callable[[], None]
    leave: Callable[["Connection"], None]
    drop_hanging: Callable[[], None]
    sessions: Callable[[], list[tuple["Session", "Connection"]]]
    settle_sessions: Callable[[], None]

    @property
    def time_ms(self) -> int:
        """The exchange's time, milliseconds since the epoch."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.refusal: dict[str, Any] | None = None
        self.rest_fault: dict[str, Any] | None = None
        self.slow_start: dict[str, Any] | None = None
        self.fault_log: deque[dict[str, Any]] = deque(maxlen=_MOST_NOTED)
        self.clock_offset_ms = 0.0
        self._quiet: list[_Rule] = []
        self._stalls: list[_Rule] = []
        self._stall_new: list[_Rule] = []
        self._fragments: dict[str, Any] | None = None
        self._late_pings: dict[str | None, _Rule] = {}
        self._delays: dict[str | None, _Rule] = {}
        self._rest_end = _Rule(None)
        self._chaos: Run | None = None
        self._chaos_end = _Rule(None)

    def note(self, fault: str, touched: Collection["Connection"] = (), **details: Any) -> None:
        """Tell of a fault in the log, and keep it for the state.

        :param touched: the connections that it is felt on now.
        :param details: what else there is to know, in a form that JSON can carry.
        """
        numbers = [connection.id for connection in touched]
        known = {name: value for name, value in details.items() if value is not None}
        self.fault_log.append({"time_ms": self.time_ms, "fault": fault, "connections": numbers} | known)
        told = "".join(f" {name}={value!r}" for name, value in known.items())
        log.info("%s: connections %s%s", fault, numbers, mask(told))

    # -- what is in force --------------------------------------------------------------------------

    def faults(self) -> dict[str, Any]:
        """Return what is in force, in a form that JSON can carry."""
        stalled = [c.id for c in self.connections if c.stalled and c.open]
        in_force = {
            "refuse": self.refusal,
            "rest": self.rest_fault,
            "quiet": [rule.match for rule in self._quiet],
            "stall": stalled,
            "stall_new": [rule.match for rule in self._stall_new],
            "fragments": self._fragments,
            "late_pings": [[match, rule.seconds] for match, rule in self._late_pings.items()],
            "delay": [[match, rule.seconds] for match, rule in self._delays.items()],
            "slow_tls": self.slow_start,
            "edits": {str(c.id): [[e.kind, e.left] for e in c.edits] for c in self.connections if c.edits},
            "clock": self.clock_offset_ms,
            "revoke_key": self.accounts.keys.revoked(),
            "chaos": bool(self._chaos and self._chaos.running),
            "malformed": {str(c.id): c.malformed_left for c in self.connections if c.malformed_left},
        }
        return {name: value for name, value in in_force.items() if value}

    def refit(self, connection: "Connection") -> None:
        """Find out whether a connection needs more than the plain way of sending."""
        spec = self._fragments
        connection.pieces = spec["pieces"] if spec and connection.matches(spec["match"]) else 0
        connection.late_s = self._felt(self._late_pings, connection)
        connection.set_delay(self._felt(self._delays, connection))
        connection.faulty = bool(
            connection.stalled
            or connection.malformed_left
            or connection.pieces
            or connection.edits
            or any(connection.matches(rule.match) for rule in self._quiet)
        )

    @staticmethod
    def _felt(by_match: dict[str | None, _Rule], connection: "Connection") -> float:
        felt = (
            # drawn by the connection's number: the same ones each time
            rule.seconds * random.Random(connection.id).random() if rule.each else rule.seconds
            for rule in by_match.values()
            if connection.matches(rule.match)
        )
        return max(felt, default=0.0)

    def begin(self, connection: "Connection") -> None:
        """Put a connection that has just opened under the faults that are meant for new ones."""
        connection.stalls += [rule for rule in self._stall_new if connection.matches(rule.match)]
        if connection.stalled:
            self.note("stall", [connection])
        self.refit(connection)
        if any(self._silences(rule.match, connection) for rule in self._quiet):
            self.note("quiet", [connection])
        if connection.pieces:
            self.note("fragments", [connection], pieces=connection.pieces)
        for fault, seconds in (("delay", connection.delay_s), ("late_pings", connection.late_s)):
            if seconds:
                self.note(fault, [connection], seconds=seconds)

    @staticmethod
    def _means_all_of(match: str | None, connection: "Connection") -> bool:
        if match is None or match == f"#{connection.id}":
            return True
        return match.startswith("/") and match in connection.path

    def _silences(self, match: str | None, connection: "Connection") -> bool:
        if match is None or self._means_all_of(match, connection):
            return True
        return any(match in stream for stream in connection.streams)

    def is_quiet(self, connection: "Connection", stream: str) -> bool:
        """Say whether a stream delivers nothing on a connection for now."""
        return any(
            rule.match is None or self._means_all_of(rule.match, connection) or rule.match in stream
            for rule in self._quiet
        )

    def fragments_ping(self) -> bool:
        """Say whether pings come between fragments."""
        return bool(self._fragments and self._fragments["pings"])

    def _matching(self, match: str | None) -> list["Connection"]:
        return [c for c in self.connections if c.open and c.matches(match)]

    def _refit_all(self) -> None:
        for connection in self.connections:
            if connection.open:
                self.refit(connection)

    # -- faults of sockets --------------------------------------------------------------------------

    @checked
    def cut(self, match: str | None = None, how: Cut = "reset", code: int = 1001, reason: str = "") -> int:
        """End connections.

        :param how: ``"reset"`` by a TCP reset, ``"close"`` by a close frame with *code* and *reason*,
            ``"drop"`` by the end of TCP without a close frame.
        :returns: how many.
        :raises InvalidArgument: if there is no such *how*.
        """
        _one_of("cut", how, get_args(Cut))
        if how == "close" and (not 1000 <= code <= 4999 or code in _UNSENT_CODES):
            raise InvalidArgument(f"{code} is no close code to send; use 1000 to 4999, not 1004-1006 or 1015")
        touched = self._matching(match)
        self.note("cut", touched, how=how, match=match, code=code if how == "close" else None)
        for connection in touched:
            self.end(connection, how, code, reason)
        return len(touched)

    def end(self, connection: "Connection", how: Cut, code: int = 1001, reason: str = "") -> None:
        """End one connection, see :meth:`cut`."""
        if how == "close":
            connection.close(code, reason)
            return
        self.leave(connection)
        if how == "reset":
            connection.reset()
        else:
            connection.drop()

    @checked
    def refuse(
        self,
        status: int = 503,
        times: int | None = None,
        retry_after_s: float | None = None,
        body: str = "",
        match: str | None = None,
        how: Refusal = "http",
    ) -> None:
        """Refuse new WebSocket connections, until :meth:`accept`.

        :param status: HTTP status of the answer, 300 or above.
        :param times: how many to refuse; None for all.
        :param retry_after_s: seconds for the header ``Retry-After``, or None for no header.
        :param match: part of the path.
        :param how: ``"http"`` by an answer, ``"reset"`` by a TCP reset, ``"hang"`` by no answer at all.
        :raises InvalidArgument: if an argument is none of these.
        """
        _one_of("refusal", how, get_args(Refusal))
        _http_status(status)
        if times is not None and times < 1:
            raise InvalidArgument("refuse at least once, or leave times out")
        self.refusal = {
            "status": status, "times": times, "retry_after_s": retry_after_s, "body": body, "match": match,
            "how": how,
        }  # fmt: skip
        self.note("refuse", **self.refusal)

    def next_refusal(self, path: str) -> dict[str, Any] | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""
        spec = self.refusal
        if spec is None or (spec["match"] is not None and spec["match"] not in path):
            return None
        self.note("refused", path=path, how=spec["how"], status=spec["status"])
        if spec["times"] is not None:
            spec["times"] -= 1
            if not spec["times"]:
                self.refusal = None
        return spec

    @checked
    def accept(self) -> None:
        """Accept new connections again; those left hanging are closed."""
        self.refusal = None
        self.drop_hanging()
        self.note("accept")

    @checked
    def stall(self, match: str | None = None, seconds: float | None = None, new: bool = False) -> int:
        """Let connections send nothing more, TCP staying open; what they would have sent is lost.

        :param seconds: of the reactor's clock, after which this stall is over; None for never.
        :param new: True also stalls connections opened later, right after their handshake.
        :returns: how many connections were stalled now.
        """
        rule = self._ending(_Rule(match), seconds, self._end_stall)
        touched = self._matching(match)
        for connection in touched:
            connection.stalls.append(rule)
            self.refit(connection)
        self._stalls.append(rule)
        if new:
            self._stall_new.append(rule)
        self.note("stall", touched, match=match, seconds=seconds)
        return len(touched)

    @checked
    def resume(self, match: str | None = None) -> int:
        """End stalls: answer what clients have sent meanwhile, and send again.

        :returns: how many connections were stalled.
        """
        self._stall_new = [] if match is None else [r for r in self._stall_new if r.match != match]
        touched = [c for c in self._matching(match) if c.stalled]
        for connection in touched:
            connection.stalls.clear()
        self._forget_stalls()
        self._resumed(touched, match)
        return len(touched)

    def _end_stall(self, rule: _Rule) -> None:
        if rule in self._stall_new:
            self._stall_new.remove(rule)
        held = [c for c in self.connections if rule in c.stalls]
        for connection in held:
            connection.stalls.remove(rule)
        self._forget_stalls()
        self._resumed([c for c in held if not c.stalled], rule.match)

    def _forget_stalls(self) -> None:
        """Forget the stalls that hold nobody any more."""
        holding = {rule for connection in self.connections for rule in connection.stalls}
        for rule in tuple(self._stalls):
            if rule not in holding and rule not in self._stall_new:
                rule.forget_end()
                self._stalls.remove(rule)

    def _resumed(self, touched: list["Connection"], match: str | None) -> None:
        for connection in touched:
            self.refit(connection)
            connection.catch_up()
        self.note("resume", touched, match=match)
        self.tell_missed(touched)

    def tell_missed(self, connections: Collection["Connection"]) -> None:
        """Note which messages were lost to a stall or to quiet, and begin to count anew."""
        for connection in connections:
            for stream, missed in connection.missed.items():
                self.note("missed", [connection], stream=stream, **missed)
            connection.missed = {}

    @checked
    def quiet(self, match: str | None = None, lasting_s: float | None = None) -> int:
        """Let streams deliver nothing while pings go on, until :meth:`clear`.

        :param match: part of a stream name; with a slash in front, part of a path.
        :param lasting_s: seconds of the reactor's clock after which it is over; None for no such end.
        :returns: how many open connections that is felt on.
        """
        self._quiet.append(self._ending(_Rule(match), lasting_s, self._end_quiet))
        self._refit_all()
        touched = self._matching(match)
        self.note("quiet", touched, match=match)
        return len(touched)

    def _end_quiet(self, rule: _Rule) -> None:
        self._quiet.remove(rule)
        self._refit_all()
        self.tell_missed([c for c in self.connections if c.missed and not c.stalled])

    def _ending(self, rule: _Rule, lasting_s: float | None, call: Callable[..., Any], *args: Any) -> _Rule:
        """Let a fault end by itself after so many seconds, if any are given."""
        if lasting_s is not None:
            rule.end = self.later(lasting_s, call, rule, *args)
        return rule

    @checked
    def malformed(self, kind: Malformed = "not_json", times: int = 1, match: str | None = None) -> int:
        """Put malformed messages between good ones, of which none is lost.

        The first goes out at once, every other behind the next good message.

        :param kind: what is wrong: cut-off JSON, no UTF-8, a binary message, an empty one, or JSON that
            is no message.
        :param times: how many on each connection, behind those that are still to come.
        :returns: on how many connections.
        :raises InvalidArgument: if there is no such *kind*, or *times* is below 1.
        """
        _one_of("malformed message", kind, get_args(Malformed))
        if times < 1:
            raise InvalidArgument("send at least one malformed message")
        touched = [c for c in self._matching(match) if not c.stalled]
        for connection in touched:
            connection.add_malformed(_MALFORMED_FRAMES[kind], times)
            self.refit(connection)
        self.flush()
        self.note("malformed", touched, kind=kind, times=times, match=match)
        return len(touched)

    @checked
    def fragments(
        self, pieces: int = 3, match: str | None = None, times: int | None = None, pings: bool = True
    ) -> int:
        """Send messages in several frames each, on open and on new connections, until :meth:`clear`.

        :param pieces: frames a message, at least 2.
        :param times: how many messages in all; None for no end.
        :param pings: True puts a ping between any two of them.
        :returns: how many open connections that is felt on.
        :raises InvalidArgument: if *pieces* is below 2 or *times* below 1.
        """
        if pieces < 2 or (times is not None and times < 1):
            raise InvalidArgument("fragments need at least 2 pieces, and at least 1 message")
        self._fragments = {"pieces": pieces, "match": match, "times": times, "pings": pings}
        self._refit_all()
        touched = self._matching(match)
        self.note("fragments", touched, pieces=pieces, times=times, match=match)
        return len(touched)

    def count_fragmented(self) -> None:
        """Count one message sent in fragments; the last of ``times`` ends the fault."""
        spec = self._fragments
        if spec is not None and spec["times"] is not None:
            spec["times"] -= 1
            if not spec["times"]:
                self._fragments = None
                self._refit_all()

    @checked
    def server_shutdown(self, match: str | None = None) -> int:
        """Announce that the server goes down, in the form that each connection is in.

        :returns: to how many connections.

        Source: Spot *Web Socket Streams* and *WebSocket API*, "serverShutdown".
        """
        event = {"e": "serverShutdown", "E": self.time_ms}
        touched = [c for c in self._matching(match) if not c.stalled]
        for connection in touched:
            told = in_micros(event) if connection.suffix else event
            bare = json.dumps(told, separators=(",", ":")).encode()
            wrapped = b'{"stream":"!serverShutdown","data":' + bare + b"}"
            if connection.session is not None:
                connection.send_text(b'{"event":' + bare + b"}")
            else:
                connection.send_text(wrapped if connection.combined else bare)
        self.note("server_shutdown", touched, match=match)
        return len(touched)

    @checked
    def late_pings(self, seconds: float, match: str | None = None, lasting_s: float | None = None) -> int:
        """Let pings come late, on open and on new connections, until :meth:`clear`.

        :param seconds: how much later than they should each comes, of the reactor's clock; 0 ends it.
        :param lasting_s: as in :meth:`quiet`.
        :returns: how many open connections that is felt on.
        :raises InvalidArgument: if *seconds* is below 0.
        """
        return self._set_seconds("late_pings", self._late_pings, seconds, match, lasting_s)

    @checked
    def delay(
        self, seconds: float, match: str | None = None, lasting_s: float | None = None, each: bool = False
    ) -> int:
        """Let all that is sent arrive later, in order, on open and on new connections, until :meth:`clear`.

        What is delayed when a close frame goes out goes with it; what is when TCP ends is lost.

        :param seconds: how much later, of the reactor's clock; 0 ends it.
        :param lasting_s: as in :meth:`quiet`.
        :param each: True for a delay of its own for each connection, up to so many seconds, so that no two
            are in step.
        :returns: how many open connections that is felt on.
        :raises InvalidArgument: if *seconds* is below 0.
        """
        return self._set_seconds("delay", self._delays, seconds, match, lasting_s, each)

    def _set_seconds(
        self,
        fault: str,
        by_match: dict[str | None, _Rule],
        seconds: float,
        match: str | None,
        lasting_s: float | None,
        each: bool = False,
    ) -> int:
        if seconds < 0:
            raise InvalidArgument("seconds cannot be below 0")
        if match in by_match:
            by_match.pop(match).forget_end()
        if seconds:
            rule = _Rule(match, seconds, each)
            by_match[match] = self._ending(rule, lasting_s, self._end_seconds, fault, by_match)
        self._refit_all()
        touched = self._matching(match)
        self.note(fault, touched, seconds=seconds, match=match)
        return len(touched)

    def _end_seconds(self, rule: _Rule, fault: str, by_match: dict[str | None, _Rule]) -> None:
        self._set_seconds(fault, by_match, 0, rule.match, None)

    @checked
    def duplicate(self, match: str | None = None, times: int = 1) -> int:
        """Send messages twice; each is told in the log with its id.

        :param match: part of a stream name.
        :param times: how many on each connection that is open now.
        :returns: on how many connections.
        :raises InvalidArgument: if *times* is below 1.
        """
        return self._edit("duplicate", match, times)

    @checked
    def reorder(self, match: str | None = None, times: int = 1) -> int:
        """Send messages behind the next one of their stream; arguments and return as :meth:`duplicate`."""
        return self._edit("reorder", match, times)

    @checked
    def skip(self, match: str | None = None, times: int = 1) -> int:
        """Leave messages out, so that ids have holes; arguments and return as :meth:`duplicate`."""
        return self._edit("skip", match, times)

    def _edit(self, kind: Kind, match: str | None, times: int) -> int:
        if times < 1:
            raise InvalidArgument(f"{kind} at least one message")
        touched = self._matching(match)
        for connection in touched:
            one = match == f"#{connection.id}"  # of whatever stream
            connection.edits.append(Edit(kind, None if one else match, times))
            self.refit(connection)
        self.note(kind, touched, match=match, times=times)
        return len(touched)

    @checked
    def slow_tls(self, seconds: float, times: int | None = None) -> None:
        """Let new TLS connections wait for their handshake, until :meth:`clear`.

        :param seconds: of the reactor's clock, before the client's first bytes are read; 0 ends it.
        :param times: how many connections; None for all.
        :raises InvalidArgument: if there is no TLS, *seconds* is below 0 or *times* below 1.
        """
        if self.certificate_file is None:
            raise InvalidArgument("this sandbox has no TLS; start it with tls=True")
        if seconds < 0 or (times is not None and times < 1):
            raise InvalidArgument("seconds cannot be below 0, nor times below 1")
        self.slow_start = {"seconds": seconds, "times": times} if seconds else None
        self.note("slow_tls", seconds=seconds, times=times)

    def next_slow_start_s(self) -> float:
        """Return how long a new TLS connection has to wait, counting it."""
        spec = self.slow_start
        if spec is None:
            return 0.0
        if spec["times"] is not None:
            spec["times"] -= 1
            if not spec["times"]:
                self.slow_start = None
        seconds: float = spec["seconds"]
        self.note("slow_start", seconds=seconds)
        return seconds

    # -- faults of REST, of keys and of tokens ---------------------------------------------------------

    @checked
    def rest(
        self,
        down: int | None = None,
        delay_s: float = 0.0,
        how: Refusal = "http",
        match: str | None = None,
        lasting_s: float | None = None,
    ) -> None:
        """Let REST fail or be slow; without arguments it is well again.

        :param down: HTTP status of a gateway's page that answers every call; None for real answers.
        :param delay_s: seconds of the reactor's clock before an answer.
        :param how: ``"http"`` by *down*; ``"reset"`` and ``"hang"`` whatever *down* is.
        :param match: part of the path.
        :param lasting_s: as in :meth:`quiet`.
        :raises InvalidArgument: if an argument is none of these.
        """
        _one_of("failure", how, get_args(Refusal))
        if down is not None:
            _http_status(down)
        if delay_s < 0:
            raise InvalidArgument("delay_s cannot be below 0")
        well = down is None and not delay_s and how == "http"
        self.rest_fault = None if well else {"down": down, "delay_s": delay_s, "how": how, "match": match}
        if well:
            self.drop_hanging()
        self._rest_end.forget_end()
        if not well:
            self._rest_end = self._ending(_Rule(match), lasting_s, lambda _: self.rest())
        self.note("rest", **(self.rest_fault or {"how": "up"}))

    def rest_fault_for(self, path: str) -> dict[str, Any] | None:
        """Return how a REST call to *path* fails, or None."""
        spec = self.rest_fault
        if spec is None or (spec["match"] is not None and spec["match"] not in path):
            return None
        self.note("rest_failed", path=path, how=spec["how"], down=spec["down"], delay_s=spec["delay_s"])
        return spec

    @checked
    def expire_listen_key(self, api_key: str | None = None) -> int:
        """Let listen keys run out now: their sockets are told and stay open.

        :param api_key: whose; None for all.
        :returns: how many ran out.
        """
        ended = [a for a in self.accounts.listen_keys.accounts() if api_key is None or a.api_key == api_key]
        for account in ended:
            listen_key = account.listen_key
            if listen_key is not None:
                self.accounts.listen_keys.drop(account)
                self.deliver_event(listen_key, listen_key_expired(listen_key, self.time_ms))
        self.flush()
        if ended:
            self.note("expire_listen_key", keys=len(ended))
        return len(ended)

    @checked
    def forget_listen_keys(self) -> int:
        """Forget all listen keys without a word: a keepalive is answered with -1125.

        :returns: how many.
        """
        forgotten = self.accounts.listen_keys.accounts()
        for account in forgotten:
            self.accounts.listen_keys.drop(account)
        self.note("forget_listen_keys", keys=len(forgotten))
        return len(forgotten)

    @checked
    def terminate_subscriptions(self, api_key: str | None = None, account: str | None = None) -> int:
        """End subscriptions of the WebSocket API, each with its event; connections and tokens stay good.

        A connection that a stall holds is told when it ends.

        :param api_key: whose; None for all.
        :param account: of which kind, as in ``fill``; None for any.
        :returns: how many subscriptions.
        :raises InvalidArgument: if there is no such account.
        """
        kind = None if account is None else account_kind(account, self.market.books)
        touched = self._end_subscriptions(api_key, kind)
        self.note("terminate_subscriptions", touched, account=kind)
        self.settle_sessions()
        self.flush()
        return len(touched)

    @checked
    def expire_listen_tokens(self, api_key: str | None = None) -> int:
        """Let listen tokens run out now; the subscriptions made by them end, each with its event.

        :param api_key: whose; None for all.
        :returns: how many tokens ran out.
        """
        expired = self.accounts.tokens.drop(api_key)
        touched = self._end_subscriptions(api_key, None, by_token=True)
        self.note("expire_listen_tokens", touched, tokens=expired)
        self.settle_sessions()
        self.flush()
        return expired

    def _end_subscriptions(
        self, api_key: str | None, kind: str | None, by_token: bool = False
    ) -> list["Connection"]:
        """Let subscriptions be over; returns the connection of each."""
        touched = []
        for session, connection in self.sessions():
            for subscription in session.subscriptions.values():
                account = subscription.account
                if (
                    api_key in (None, account.api_key)
                    and kind in (None, account.kind)
                    and not (by_token and subscription.means != "token")
                ):
                    subscription.expires_ms = -math.inf
                    touched.append(connection)
        return touched

    @checked
    def revoke_key(self, api_key: str | None = None) -> int:
        """Turn down all calls with an api key from now on with 401 and -2015, until :meth:`restore_key`.

        Its listen keys and tokens are forgotten, its subscriptions bring nothing more, and its connections
        of the WebSocket API are told by an error whose id is null.

        :param api_key: which; None for all.
        :returns: how many connections are told.
        """
        self.accounts.revoke(api_key)
        touched = [connection for session, connection in self.sessions() if session.revoke(api_key)]
        self.note("revoke_key", touched)
        self.settle_sessions()
        return len(touched)

    @checked
    def restore_key(self, api_key: str | None = None) -> None:
        """Take an api key again, or all; what it had is gone."""
        self.accounts.keys.restore(api_key)
        self.note("restore_key")

    @checked
    def clock(self, offset_ms: float) -> None:
        """Let the exchange's clock be wrong, as far as signed calls and who asks for the time can tell.

        :param offset_ms: by how much it is ahead of this machine's; 0 ends it.
        :raises InvalidArgument: if it is off by more than a hundred years.
        """
        if abs(offset_ms) > _LONGEST_S * 1000:
            raise InvalidArgument("a clock is off by a hundred years at the most")
        self.clock_offset_ms = offset_ms
        self.note("clock", offset_ms=offset_ms)

    # -- all of it ---------------------------------------------------------------------------------

    @checked
    def chaos(
        self,
        seed: int = 1,
        mean_s: float = 5.0,
        kinds: Collection[str] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let faults happen by themselves, until :meth:`stop_chaos`; the same seed brings the same ones.

        What it has done, and to how many, is in ``chaos`` of the state.

        :param mean_s: mean of the seconds between two, of the reactor's clock.
        :param kinds: names of faults, of ``binance.sandbox.faults.chaos.CHAOS_KINDS``; None for all of these.
        :param seconds: after which it stops by itself; None for never.
        :raises InvalidArgument: if there is no such fault, or *mean_s* is not above 0.
        """
        steps = plan(seed, mean_s, kinds, list(self.market.books))
        self.stop_chaos()
        self._chaos = Run(seed, mean_s, steps, self.later, self._act_chaos)
        self.note("chaos", seed=seed, mean_s=mean_s)
        self._chaos_end = self._ending(_Rule(None), seconds, lambda _: self.stop_chaos())

    def _act_chaos(self, step: Step) -> dict[str, Any]:
        return {"time_ms": self.time_ms, "touched": getattr(self, step.fault)(**step.arguments)}

    @checked
    def stop_chaos(self) -> int:
        """Let no more faults happen by themselves; those in force stay, see :meth:`clear`.

        :returns: how many there were.
        """
        run = self._chaos
        if run is None or not run.running:
            return 0
        run.stop()
        self._chaos_end.forget_end()
        self.note("stop_chaos", done=len(run.done))
        return len(run.done)

    def chaos_state(self) -> dict[str, Any] | None:
        """Return the seed of the last :meth:`chaos` and what it has done; None if there was none."""
        return None if self._chaos is None else self._chaos.state()

    @checked
    def clear(self) -> None:
        """End all faults."""
        self.stop_chaos()
        for rule in (*self._quiet, *self._late_pings.values(), *self._delays.values()):
            rule.forget_end()
        self._quiet = []
        self._fragments = None
        self.slow_start = None
        self._late_pings.clear()
        self._delays.clear()
        for connection in self.connections:
            connection.malformed.clear()
            connection.release_edits()
        self.resume()
        self.rest()
        self.accept()
        self.clock_offset_ms = 0.0
        self.accounts.keys.restore(None)
        self._refit_all()
        self.tell_missed(self.connections)
        self.flush()
        self.note("clear")
