"""The keeper of one account: keeps it authorised, on every line that wants its events.

Theory of operation. An *authoriser* (:mod:`~binance.account.signature`, :mod:`~binance.account.token`,
:mod:`~binance.account.listen_key`) knows what is to be asked next, out of the state it is in: get a key,
subscribe on this line, keep alive, or nothing. The keeper makes that one call, and looks again when something
may have changed: a line connected, a call was answered, the timer went off. So there is one call at a time,
however many lines there are, and nothing is asked twice.

A call that fails has a remedy (:mod:`binance.venues.codes`). If the authoriser can recover by another step,
it goes on at once; else the call is made again later and later, and at once when a line has connected. If it
is final, there are no more calls: lines that carry nothing give up, and those that still carry events do when
they are lost.

Some waits nothing ends but time, and they are looked at before each call: see :mod:`binance.account.waits`.

There is one timer: it ends a pause, or says that it is time to renew. A call that begins stops it, since each
answer sets it again: a success to the next renewal, a failure to the end of a pause.

The keeper lives as long as it has lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.python.failure import Failure

from binance.account.waits import Waits
from binance.exceptions import InvalidArgument, RateLimited
from binance.net.interfaces import Line, Options
from binance.net.requests import NotConnected, no_answer
from binance.net.timer import Timer
from binance.process.threads import calls, log_failure
from binance.rest.errors import asked_wait_s, number, words
from binance.sockets.report import ERROR, WARNING, Report
from binance.venues.codes import OF_A_METHOD, Remedy, remedy
from binance.venues.venue import Method

#: The info of a key event that is not a failure.
NO_ERROR = {"status": None, "code": None, "message": "", "final": False}


@dataclass(frozen=True)
class Step:
    """One call: how it is made, what is done with its answer, and the URL of the host that it is made to."""

    ask: Callable[[], Deferred[Any]]
    done: Callable[[Any], None]
    url: str = ""


class AccountLine(Line, Protocol):
    """A line that carries an account's events."""

    def refuse(self, reason: str) -> None:
        """Give up: the account is refused for good."""


class Authoriser(Protocol):
    """How an account is authorised.

    :ivar method: as a venue names it; *noun*: what authorises, in messages.
    :ivar has_timestamps: its calls are signed with the time, so that a wrong clock is a reason to refuse.
    """

    method: Method
    noun: str
    has_timestamps: bool

    def joined(self, line: Any) -> None:
        """A line wants the account's events."""

    def step(self) -> Step | None:
        """What is to be asked next; None: nothing, for now. It may be asked later, or not at all."""

    def renew(self) -> None:
        """It is time to renew what there is."""

    def carries(self, line: Any) -> bool:
        """Whether events may still come on a line, whatever is refused."""

    def recover(self, what: Remedy, about: dict[str, Any]) -> bool:
        """Prepare another step, if a failure shows one; who does reports it, too.

        :param about: the info of the ``key_failed`` event that it would be.
        """

    def terminated(self) -> None:
        """The exchange ended a subscription of the account."""

    def doubted(self, line: Any, error: Exception) -> None:
        """A key of this line's connection is not valid any more."""


#: One of the three.
Kind = TypeVar("Kind", bound=Authoriser)


class Keeper(Generic[Kind]):
    """The machine that is the same for all authorisers.

    :param authoriser: makes one, for this keeper.
    :param longest_retry_s: the longest wait before a failed call is made again.
    :param account: see :func:`~binance.account.refusals.account_of`.

    :ivar lines: those that want the account's events; see :attr:`serving`.
    :ivar refused: why the account was refused for good; None while it was not.
    :ivar said: the exchange's words about that, as they are in the ``key_failed`` event.
    """

    def __init__(
        self,
        report: Report,
        options: Options,
        authoriser: Callable[[Keeper[Kind]], Kind],
        longest_retry_s: float | None = None,
        account: bytes = b"",
    ) -> None:
        longest_s = options.timings.call_again_longest_s
        self.report = report
        self.options = options
        self.lines: list[Any] = []
        self.refused: str | None = None
        self.said = ""
        self._longest_retry_s = longest_s if longest_retry_s is None else min(longest_retry_s, longest_s)
        self.authoriser = authoriser(self)
        self._timer = Timer(options.clock)
        self._call: Deferred[Any] | None = None
        self._is_paused = False  # until the timer, or a line that connects
        self._failures = 0
        self._corrections = 0  # of the clock, in a row
        self._waits = Waits(report, options, account)

    @property
    def serving(self) -> Any:
        """The line that serves; a later one is that of a move. None without lines."""
        return self.lines[0] if self.lines else None

    # -- from the lines -----------------------------------------------------------------------------------

    def joined(self, line: AccountLine) -> None:
        """A line wants the account's events; it calls :meth:`wake` when something can be done for it."""
        self.lines.append(line)
        self.authoriser.joined(line)

    def left(self, line: AccountLine) -> None:
        """It does not any more."""
        if line in self.lines:
            self.lines.remove(line)
        if not self.lines:
            self._timer.stop()
            if self._call is not None:
                self._call.cancel()  # a thread goes on; nobody hears it

    def wake(self) -> None:
        """A line is connected, or a key has ended: what has been waited for may be done now."""
        self._is_paused = False
        self.proceed()

    def terminated(self, line: AccountLine, was_steady: bool) -> None:
        """The exchange ended the account's subscription on a line, and not the connection.

        :param was_steady: it had lasted.
        """
        self.authoriser.terminated()
        if self.refused is not None:
            line.refuse(f"the {self.authoriser.noun} has ended, and a new one was refused: {self.refused}")
            return
        self.report.log(WARNING, f"the exchange ended the {self.authoriser.noun}")
        if was_steady:
            self.proceed()
        else:
            self.again_later()

    def doubted(self, line: AccountLine, error: Exception) -> None:
        """A key of this line's connection is not valid any more."""
        self.authoriser.doubted(line, error)
        self.proceed()

    # -- for the authorisers ------------------------------------------------------------------------------

    def in_thread(self, url: str, call: Callable[..., Any], *args: Any) -> Deferred[Any]:
        """Make a blocking call of the client's; fails if it does not return in a minute.

        :param url: of the host that it is made to.
        """

        @wraps(call)
        def noted(*args: Any) -> Any:
            try:
                return call(*args)
            except Exception as exc:
                self._waits.note(exc, url)  # here, for the socket may have been stopped meanwhile
                raise

        answer = calls.run(self.options.reactor, noted, *args)
        return answer.addTimeout(self.options.timings.call_s, self.options.clock, no_answer)

    def proceed(self) -> None:
        """Do what is to be done next, unless a call is under way."""
        if self._call is not None or self._is_paused or self.refused is not None or not self.lines:
            return
        step = self.authoriser.step()
        if step is None or self._has_to_wait(step):
            return
        self._timer.stop()
        self._call = answer = maybeDeferred(step.ask)
        answer.addBoth(self._answered, step)
        answer.addErrback(log_failure, self.report.conn_key)

    def renew_in(self, delay_s: float) -> None:
        """Renew in *delay_s* seconds."""
        self._timer.set(delay_s, self._renew)

    def ended(self, lived_s: float) -> None:
        """What authorised the account has ended, after *lived_s* seconds, and is requested again.

        At once; but if one after another ends soon, later and later, whatever happens meanwhile.
        """
        self._waits.ended(self.authoriser.noun, lived_s)

    def again_later(self) -> None:
        """Wait before the next step, longer each time."""
        self._pause(self.next_delay_s())

    def next_delay_s(self) -> float:
        """Seconds to wait after one more failure."""
        first_s = self.options.timings.call_again_s
        delay_s = min(first_s * 2.0 ** min(self._failures, 10), self._longest_retry_s)
        self._failures += 1
        return delay_s

    def succeeded(self) -> None:
        """The next failure is the first one again."""
        self._failures = 0

    def authorised(self) -> None:
        """The account was not refused."""
        self._waits.authorised()

    def clock_is_right(self) -> None:
        """A timestamp was accepted."""
        self._corrections = 0

    def renewed(self) -> None:
        """Report that the key, token or subscription was renewed."""
        self.report.event("key_renewed", **NO_ERROR)

    def replaced(self) -> None:
        """Report that it was replaced by another one."""
        self.report.event("key_replaced", **NO_ERROR)

    def failed(self, error: BaseException, url: str = "") -> None:
        """A call failed, or its answer cannot be used.

        :param url: of the host that it was made to.
        """
        if isinstance(error, NotConnected):
            self.proceed()  # that is an outage, and reported as one; but there may be another line
            return
        status, code = number(error, "status_code"), number(error, "code")
        host_s = self._waits.note(error, url)
        if isinstance(error, RateLimited) and host_s > 0:
            self.proceed()  # nothing was asked, so nothing failed: it waits
            return
        what, known = OF_A_METHOD.get((self.authoriser.method, status or 0), (remedy(status, code), None))
        if what is Remedy.CORRECT_CLOCK and self.authoriser.has_timestamps:
            self._corrections += 1
            if self._corrections > self.options.timings.clock_corrections:
                what = Remedy.FINAL
        final = what is Remedy.FINAL
        message = said = known or words(error)
        about = {"status": status, "code": code, "message": message, "final": final}
        if not final and self.authoriser.recover(what, about):
            self.proceed()
            return
        self.report.event("key_failed", **about)
        if status is not None and not message.startswith("HTTP "):
            message = f"HTTP {status}: {message}"
        logged = message if code is None else f"{message} (code {code})"
        if final:
            self.said = said
            self._refuse(message, logged)
            return
        asked_s = host_s or asked_wait_s(error)
        if asked_s and not host_s:
            self._waits.hold(asked_s)
        delay_s = max(self.next_delay_s(), asked_s)
        self.report.log(
            WARNING, f"a {self.authoriser.noun} call failed, retry in %.1f s: %s", delay_s, logged
        )
        self._pause(delay_s)
        if asked_s:
            self._waits.report(asked_s)

    # -- within -------------------------------------------------------------------------------------------

    def _has_to_wait(self, step: Step) -> bool:
        wait_s, budget = self._waits.before(step.url)
        if wait_s <= 0:
            return False
        self._waits.report(wait_s, budget)
        self._pause(wait_s)
        return True

    def _answered(self, result: Any, step: Step) -> None:
        self._call = None
        if not self.lines:
            return  # stopped meanwhile
        if isinstance(result, Failure):
            error: Any = result.value
            self.failed(error, step.url)
        else:
            step.done(result)
            self.proceed()

    def _refuse(self, message: str, logged: str) -> None:
        what = self.authoriser.noun
        self.report.log(ERROR, f"the {what} was refused, a retry would fail, too: %s", logged)
        self.refused = message
        self._waits.refused()
        for line in list(self.lines):
            if line in self.lines and not self.authoriser.carries(line):
                line.refuse(f"the {what} was refused: {message}")

    def _renew(self) -> None:
        self.authoriser.renew()
        self.proceed()

    def _pause(self, delay_s: float) -> None:
        self._is_paused = True
        self._timer.set(delay_s, self._resume)

    def _resume(self) -> None:
        self._is_paused = False
        self.proceed()


def check_call(client: Any, calls: tuple[str, ...], what: str) -> None:
    """Raise if *client* lacks one of some calls; see :func:`check_client`, which wants a key, too."""
    missing = [name for name in calls if not callable(getattr(client, name, None))]
    if missing:
        # not its repr: who knows what a client of somebody else's prints
        kind = type(client).__name__
        lacking = ", ".join(missing)
        raise InvalidArgument(
            f"{what} needs a client with {lacking}, which {kind} lacks; pass a binance.client.Client"
        )


def check_client(client: Any, calls: tuple[str, ...], what: str) -> None:
    """Raise at the call, not in a thread later, if *client* lacks what a socket needs.

    :param what: the socket, e.g. ``"a user socket"``.
    :raises InvalidArgument: naming what is missing.
    """
    check_call(client, calls, what)
    if not getattr(client, "API_KEY", True):
        raise InvalidArgument(f"{what} needs an API key: Client(api_key='...')")
