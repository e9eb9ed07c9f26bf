"""All faults of one exchange: who carries out which call, and what is in force."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.answers.control import Reply
from binance.sandbox.answers.rest import Answer
from binance.sandbox.calls import REMOTE, Security, read_arguments
from binance.sandbox.faults.accounts import AccountFaults
from binance.sandbox.faults.books import BookFaults
from binance.sandbox.faults.chaos import Chaos
from binance.sandbox.faults.control import ControlFaults, LateFrames
from binance.sandbox.faults.cuts import Cuts
from binance.sandbox.faults.late import Delays, LatePings
from binance.sandbox.faults.messages import Edits, FragmentedMessages, MalformedMessages
from binance.sandbox.faults.quiet import Quiet
from binance.sandbox.faults.refusals import Refusals, SlowTls
from binance.sandbox.faults.rest import Bans, RestFailures, WrongClock
from binance.sandbox.faults.scripts import Scripts
from binance.sandbox.faults.stalls import Stalls
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market
from binance.sandbox.net.clock import ExchangeClock
from binance.sandbox.net.connection import Connection
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.delivery import Delivery
from binance.sandbox.net.gate import Failed, Refused, Treated
from binance.sandbox.net.tls import Tls
from binance.sandbox.net.users import Users


class Faults:
    """All faults of one exchange.

    It is the watcher of the connections, and the gate of requests.
    """

    def __init__(
        self,
        connections: Connections,
        accounts: Accounts,
        market: Market,
        derivatives: Derivatives,
        clock: ExchangeClock,
        users: Users,
        tls: Tls,
        delivery: Delivery,
    ) -> None:
        self._connections = connections
        self._stalls = Stalls(connections)
        self._refusals = Refusals(connections)
        self._slow_tls = SlowTls(connections, tls)
        self._rest = RestFailures(connections)
        self._bans = Bans(connections)
        self._scripts = Scripts(connections)
        self._control = ControlFaults(connections)
        self._late_frames = LateFrames(connections, delivery)
        self._chaos = Chaos(connections, market, self.carry_out)
        # in the order in which a new connection meets them
        self._all = (
            self._stalls,
            Quiet(connections),
            FragmentedMessages(connections),
            Delays(connections),
            LatePings(connections),
            Edits(connections),
            MalformedMessages(connections),
            self._control,
            self._late_frames,
            Cuts(connections),
            self._refusals,
            self._slow_tls,
            self._rest,
            self._bans,
            self._scripts,
            WrongClock(connections, clock),
            AccountFaults(connections, accounts, market, users),
            BookFaults(connections, market, derivatives),
            self._chaos,
        )
        carriers = (self, *self._all, users)
        self.carriers: dict[str, Callable[..., Any]] = {
            name: next(getattr(carrier, name) for carrier in carriers if hasattr(carrier, name))
            for name in REMOTE
        }

    # -- calls -------------------------------------------------------------------------------------

    def carry_out(self, name: str, arguments: dict[str, Any]) -> Any:
        """Carry out a call; raises what :func:`binance.sandbox.calls.read_arguments` and the fault raise."""
        return self.carriers[name](**read_arguments(name, arguments))

    def clear(self) -> None:
        """End all faults."""
        self._chaos.stop_chaos()
        for fault in self._all:
            fault.lift()
        self._stalls.resume(None)
        self._rest.recover()
        self._refusals.accept()
        for connection in self._connections.open():
            self.changed(connection)
            connection.outbox.report_missed()
        self._connections.traffic.flush()
        self._connections.journal.note("clear")

    # -- state -------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return what is in force, in a form that JSON can carry."""
        return {name: value for name, value in self._states() if value}

    def _states(self) -> Iterator[tuple[str, Any]]:
        for fault in self._all:
            yield from fault.state().items()

    def chaos_state(self) -> dict[str, Any] | None:
        """Return the seed of the last chaos and what has happened; None if there was none."""
        return self._chaos.run_state()

    # -- what connections and requests ask ---------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        """Instruct a connection that has just opened."""
        for fault in self._all:
            fault.opened(connection)

    def changed(self, connection: Connection) -> None:
        """Instruct a connection again, since its streams or the rules have changed."""
        for fault in self._all:
            fault.apply(connection)

    def left(self, connection: Connection) -> None:
        """Forget a connection that gets no more messages."""
        for fault in self._all:
            fault.left(connection)

    def refusal(self, path: str) -> Refused | None:
        """Return how to refuse an upgrade of *path*, counting it; None to accept it."""
        return self._refusals.refusal(path)

    def rest_failure(self, path: str) -> Failed | None:
        """Return how a REST call to *path* fails, or None."""
        return self._rest.rest_failure(path)

    def banned_s(self, path: str) -> float | None:
        """Return the seconds for which all addresses are banned from REST calls to *path*, or None."""
        return self._bans.banned_s(path)

    def scripted(self, method: str, path: str) -> Security | None:
        """Return what a script's answer to a call has checked; None if there is no such answer."""
        return self._scripts.security(method, path)

    def take_scripted(self, method: str, path: str) -> Answer:
        """Return a script's answer to a call, counting it."""
        return self._scripts.take(method, path)

    def slow_start_s(self) -> float:
        """Return how long a new TLS connection has to wait, counting it."""
        return self._slow_tls.slow_start_s()

    def treated(self, connection: Connection, reply: Reply, flat_errors: bool) -> Treated:
        """Return what becomes of a control message whose reply would be *reply*, counting it."""
        return self._control.treated(connection, reply, flat_errors)

    def unsubscribing(self, connection: Connection, streams: Collection[str]) -> None:
        """Let streams that a connection is about to leave have their late frames."""
        self._late_frames.unsubscribing(connection, streams)
