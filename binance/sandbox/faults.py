"""What can be made to go wrong, each by one call.

``match`` says where: a part of a connection's path or of one of its stream names (a listen key is one);
None means everywhere. Every fault is told in the log with the connections it touched.
"""

import json
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from binance.exceptions import InvalidArgument
from binance.sandbox.frames import BINARY, TEXT, frame

if TYPE_CHECKING:
    from binance.sandbox.accounts import Accounts
    from binance.sandbox.server import Connection

log = logging.getLogger(__name__)

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
)  # fmt: skip


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


class Faults:
    """The faults of one exchange, which is made of this class and of what it declares below."""

    connections: list["Connection"]
    accounts: "Accounts"
    later: Callable[..., Any]
    deliver: Callable[[str, dict[str, Any]], None]
    flush: Callable[[], None]
    leave: Callable[["Connection"], None]
    drop_hanging: Callable[[], None]

    @property
    def time_ms(self) -> int:
        """The exchange's time, milliseconds since the epoch."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.refusal: dict[str, Any] | None = None
        self.rest_fault: dict[str, Any] | None = None
        self._quiet: list[str | None] = []
        self._stall_new: list[str | None] = []
        self._fragments: dict[str, Any] | None = None

    # -- what is in force --------------------------------------------------------------------------

    def faults(self) -> dict[str, Any]:
        """Return what is in force, in a form that JSON can carry."""
        stalled = [c.id for c in self.connections if c.stalled and c.open]
        in_force = {
            "refuse": self.refusal,
            "rest": self.rest_fault,
            "quiet": self._quiet,
            "stall": stalled,
            "stall_new": self._stall_new,
            "fragments": self._fragments,
            "malformed": {c.id: c.malformed_left for c in self.connections if c.malformed_left},
        }
        return {name: value for name, value in in_force.items() if value}

    def refit(self, connection: "Connection") -> None:
        """Find out whether a connection needs more than the plain way of sending."""
        spec = self._fragments
        connection.pieces = spec["pieces"] if spec and connection.matches(spec["match"]) else 0
        connection.faulty = bool(
            connection.stalled
            or connection.malformed_left
            or connection.pieces
            or any(match is None or connection.matches(match) for match in self._quiet)
        )

    def begin(self, connection: "Connection") -> None:
        """Put a connection that has just opened under the faults that are meant for new ones."""
        if any(connection.matches(match) for match in self._stall_new):
            connection.stalled = True
        self.refit(connection)

    def is_quiet(self, connection: "Connection", stream: str) -> bool:
        """Say whether a stream delivers nothing on a connection for now."""
        return any(
            match is None or match in stream or (match.startswith("/") and match in connection.path)
            for match in self._quiet
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

    def cut(self, match: str | None = None, how: Cut = "reset", code: int = 1001, reason: str = "") -> int:
        """End connections.

        :param how: ``"reset"`` by a TCP reset, ``"close"`` by a close frame with *code* and *reason*,
            ``"drop"`` by the end of TCP without a close frame.
        :returns: how many.
        :raises InvalidArgument: if there is no such *how*.
        """
        _one_of("cut", how, get_args(Cut))
        if how == "close" and not 1000 <= code <= 4999:
            raise InvalidArgument(f"{code} is no close code; use 1000 to 4999")
        touched = self._matching(match)
        for connection in touched:
            if how == "close":
                connection.close(code, reason)
                continue
            self.leave(connection)
            if how == "reset":
                connection.reset()
            else:
                connection.drop()
        log.info("cut (%s): connections %s", how, [c.id for c in touched])
        return len(touched)

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
        log.info("refuse: %s", self.refusal)

    def next_refusal(self, path: str) -> dict[str, Any] | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""
        spec = self.refusal
        if spec is None or (spec["match"] is not None and spec["match"] not in path):
            return None
        if spec["times"] is not None:
            spec["times"] -= 1
            if not spec["times"]:
                self.refusal = None
        return spec

    def accept(self) -> None:
        """Accept new connections again; those left hanging are closed."""
        self.refusal = None
        self.drop_hanging()
        log.info("accept")

    def stall(self, match: str | None = None, seconds: float | None = None, new: bool = False) -> int:
        """Let connections send nothing more, TCP staying open; what they would have sent is lost.

        :param seconds: of the reactor's clock, after which :meth:`resume` follows; None for never.
        :param new: True also stalls connections opened later, right after their handshake.
        :returns: how many connections were stalled now.
        """
        touched = self._matching(match)
        for connection in touched:
            connection.stalled = True
            self.refit(connection)
        if new:
            self._stall_new.append(match)
        if seconds is not None:
            self.later(seconds, self.resume, match)
        log.info("stall: connections %s", [c.id for c in touched])
        return len(touched)

    def resume(self, match: str | None = None) -> int:
        """End stalls: answer what clients have sent meanwhile, and send again.

        :returns: how many connections were stalled.
        """
        self._stall_new = [] if match is None else [m for m in self._stall_new if m != match]
        touched = [c for c in self._matching(match) if c.stalled]
        for connection in touched:
            connection.stalled = False
            self.refit(connection)
            connection.catch_up()
        log.info("resume: connections %s", [c.id for c in touched])
        return len(touched)

    def quiet(self, match: str | None = None) -> int:
        """Let streams deliver nothing while pings go on, until :meth:`clear`.

        :param match: part of a stream name; with a slash in front, part of a path.
        :returns: how many open connections that is felt on.
        """
        self._quiet.append(match)
        self._refit_all()
        touched = self._matching(match)
        log.info("quiet (%s): connections %s", match and mask(match), [c.id for c in touched])
        return len(touched)

    def malformed(self, kind: Malformed = "not_json", times: int = 1, match: str | None = None) -> int:
        """Put malformed messages between good ones, of which none is lost.

        The first goes out at once, every other behind the next good message.

        :param kind: what is wrong: cut-off JSON, no UTF-8, a binary message, an empty one, or JSON that
            is no message.
        :param times: how many on each connection.
        :returns: on how many connections.
        :raises InvalidArgument: if there is no such *kind*, or *times* is below 1.
        """
        _one_of("malformed message", kind, get_args(Malformed))
        if times < 1:
            raise InvalidArgument("send at least one malformed message")
        touched = [c for c in self._matching(match) if not c.stalled]
        for connection in touched:
            connection.malformed_frame = _MALFORMED_FRAMES[kind]
            connection.malformed_left = times
            connection.put_malformed()
            self.refit(connection)
        self.flush()
        log.info("malformed (%s): connections %s", kind, [c.id for c in touched])
        return len(touched)

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
        log.info("fragments: connections %s", [c.id for c in touched])
        return len(touched)

    def count_fragmented(self) -> None:
        """Count one message sent in fragments; the last of ``times`` ends the fault."""
        spec = self._fragments
        if spec is not None and spec["times"] is not None:
            spec["times"] -= 1
            if not spec["times"]:
                self._fragments = None
                self._refit_all()

    def server_shutdown(self, match: str | None = None) -> int:
        """Announce that the server goes down, in the form that each connection is in.

        :returns: to how many connections.

        Source: Spot *Web Socket Streams*, "serverShutdown".
        """
        event = {"e": "serverShutdown", "E": self.time_ms}
        bare = json.dumps(event, separators=(",", ":")).encode()
        wrapped = b'{"stream":"!serverShutdown","data":' + bare + b"}"
        touched = [c for c in self._matching(match) if not c.stalled]
        for connection in touched:
            connection.send_text(wrapped if connection.combined else bare)
        log.info("server shutdown: connections %s", [c.id for c in touched])
        return len(touched)

    # -- faults of REST and of listen keys ---------------------------------------------------------

    def rest(
        self,
        down: int | None = None,
        delay_s: float = 0.0,
        how: Refusal = "http",
        match: str | None = None,
    ) -> None:
        """Let REST fail or be slow; without arguments it is well again.

        :param down: HTTP status of a gateway's page that answers every call; None for real answers.
        :param delay_s: seconds of the reactor's clock before an answer.
        :param how: ``"http"`` by *down*; ``"reset"`` and ``"hang"`` whatever *down* is.
        :param match: part of the path.
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
        log.info("rest: %s", self.rest_fault or "up")

    def rest_fault_for(self, path: str) -> dict[str, Any] | None:
        """Return how a REST call to *path* fails, or None."""
        spec = self.rest_fault
        if spec is None or (spec["match"] is not None and spec["match"] not in path):
            return None
        return spec

    def expire_listen_key(self, api_key: str | None = None) -> int:
        """Let listen keys run out now: their sockets are told and stay open.

        :param api_key: whose; None for all.
        :returns: how many ran out.
        """
        ended = [a for a in self.accounts.live() if api_key is None or a.api_key == api_key]
        for account in ended:
            listen_key = account.listen_key
            if listen_key is not None:
                self.accounts.drop_key(account)
                self.deliver(listen_key, self.accounts.listen_key_expired(listen_key, self.time_ms))
        self.flush()
        if ended:
            log.info("listen keys expired: %d", len(ended))
        return len(ended)

    def forget_listen_keys(self) -> int:
        """Forget all listen keys without a word: a keepalive is answered with -1125.

        :returns: how many.
        """
        forgotten = self.accounts.live()
        for account in forgotten:
            self.accounts.drop_key(account)
        log.info("listen keys forgotten: %d", len(forgotten))
        return len(forgotten)

    def clear(self) -> None:
        """End all faults."""
        self._quiet = []
        self._fragments = None
        for connection in self.connections:
            connection.malformed_left = 0
        self.resume()
        self.rest()
        self.accept()
        self._refit_all()
        log.info("clear")
