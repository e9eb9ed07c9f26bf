"""Chaos against a manager: every id is delivered once, in order, or named by exactly one gap event; nothing
of an account comes twice, nor goes back; and nothing comes of a stream that was unsubscribed. Of futures the
same holds on the two connections of one socket, and is compared with the ids that the exchange has sent.

    python -m tests.chaos --seconds 3600

runs it for an hour against a sandbox in a process of its own, seed after seed, and prints what happened.
"""

from __future__ import annotations

import argparse
import collections
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from binance.client import Client
from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager

#: First and last id of the messages of each kind of stream; those of the last kind may jump.
IDS = {"trade": ("t", "t"), "aggTrade": ("a", "a"), "depth@100ms": ("U", "u"), "bookTicker": ("u", "u")}
JUMPS = {"bookTicker"}
#: The same of futures: what a message of depth begins with is the last id of the one before it.
FUTURES_IDS = {"depth@100ms": ("pu", "u"), "aggTrade": ("a", "a"), "bookTicker": ("u", "u")}
MARK = "markPrice@1s"
#: What the socket of futures has: of each symbol two streams on either of its connections.
FUTURES_SYMBOLS = ["BTCUSDT", "ETHUSDT"]
FUTURES = [f"{symbol.lower()}@{kind}" for symbol in FUTURES_SYMBOLS for kind in (*FUTURES_IDS, MARK)]
#: Of its sandbox: spot has the same symbols, for the faults that are meant for one.
FUTURES_MARKET: dict[str, Any] = {
    "symbols": FUTURES_SYMBOLS,
    "usdm_symbols": FUTURES_SYMBOLS,
    "coinm_symbols": ["BTCUSD_PERP"],
    "record": True,
}
MIXED = [f"ethbtc@{kind}" for kind in IDS] + ["ethbtc@kline_1m", "ethbtc@ticker"]
#: What may happen; what a sandbox does to REST and keys has no part in ids.
FAULTS = [
    *("cut", "refuse", "stall", "malformed", "fragments", "duplicate", "reorder", "skip", "delay"),
    *("server_shutdown", "late_pings"),
]
#: And where streams are subscribed and unsubscribed, also those.
FAULTS_OF_CHANGES = [*FAULTS, "control", "late_frames"]
#: The key of the socket whose streams change, and of what symbols they are.
CHANGING, CHANGING_SYMBOLS = "changing", ("neobtc", "ltcbtc", "ethusdt")
#: The streams of each of those that change them.
OWNED = [[f"{symbol}@{kind}" for kind in IDS] for symbol in CHANGING_SYMBOLS]
#: Those that all of them change.
SHARED = ["neobtc@ticker", "ltcbtc@depth5@100ms", "ethusdt@kline_1m"]
#: Names that bring nothing, and make it a socket of two connections.
NO_SYMBOLS = [f"none{number}@trade" for number in range(1030)]
#: Without ids nobody can say that the sandbox itself doubled a message or turned two round. What it leaves
#: out on one of two connections, also in a stall, comes from the other one, late.
NOT_WITHOUT_IDS = ("duplicate", "reorder", "skip", "stall")
FAULTS_WITHOUT_IDS = [fault for fault in FAULTS if fault not in NOT_WITHOUT_IDS]
#: States of an order, as they follow one another.
STATES = ("NEW", "PARTIALLY_FILLED", "FILLED")
#: Faults by which the sandbox itself sends a message twice, or where two connections differ in their order.
TWICE = ("duplicate", "reorder")
API_KEY, SECRET = "chaos" * 12, "secret"


def ids_of(stream: str) -> tuple[str, str] | None:
    """Members with what a message of a stream of the ledger begins with, and with its last id."""
    kind = stream.partition("@")[2]
    return (FUTURES_IDS if "usdm:" in stream else IDS).get(kind)


def step_of(stream: str) -> int:
    """What lies between the last id of a message and what the next one begins with."""
    fields = ids_of(stream)
    return 0 if fields is not None and fields[0] == "pu" else 1


class Ledger:
    """What is told of each stream: nothing may be missing between one entry and the next, or come twice."""

    def __init__(self) -> None:
        self.next: dict[str, int] = {}
        self.orders: dict[int, tuple[int, float]] = {}  # state and quantity filled, of each order
        self.wrong: list[str] = []
        self.delivered: collections.Counter[str] = collections.Counter()
        self.missed: collections.Counter[str] = collections.Counter()
        self.events: collections.Counter[str] = collections.Counter()
        self.closed: set[tuple[str, int]] = set()  # klines, by when they opened
        self.left: set[str] = set()  # streams that were unsubscribed
        self.asked: set[str] = set()  # those that were not, or subscribed since
        self.parting: collections.Counter[str] = collections.Counter()  # see part()
        self._lock = threading.Lock()  # guards these three
        self.reached: dict[str, int] = {}  # of streams that were, the last id before
        self.again: collections.Counter[str] = collections.Counter()  # ids at or below it, afterwards
        self.came: dict[str, list[int]] = {}  # last ids of messages of futures, and times of mark prices
        self.gaps: dict[str, list[tuple[int, int]]] = {}  # of futures, from behind an id up to another

    def raw(self, stream: str) -> Any:
        """A callback for the socket of one stream."""
        return lambda message: self.enter(stream, message)

    def combined(self, message: dict[str, Any]) -> None:
        """The callback of a multiplex socket."""
        if "stream" in message:
            self.enter(f"combined {message['stream']}", message["data"])

    def futures(self, message: dict[str, Any]) -> None:
        """The callback of a multiplex socket of futures."""
        if "stream" in message:
            stream, data = f"combined usdm:{message['stream']}", message["data"]
            fields = ids_of(stream)
            self.came.setdefault(stream, []).append(data["E" if fields is None else fields[1]])
            self.enter(stream, data)

    def enter(self, stream: str, message: dict[str, Any]) -> None:
        """One message was delivered."""
        if message.get("e") == "error":
            return
        self.delivered[stream] += 1
        if stream in self.left:
            self.wrong.append(f"{stream}: a message came after it was unsubscribed")
        kind = stream.partition("@")[2]
        if kind.startswith("kline") and message["k"]["x"]:
            self.closed.add((stream, message["k"]["t"]))
        fields = ids_of(stream)
        if fields is None:
            return
        first, last = (message[field] for field in fields)
        expected = None if self.parting[stream] else self.next.get(stream)
        if first <= self.reached.pop(stream, -1):
            self.again[stream] += 1
        if expected is not None and first != expected and not (kind in JUMPS and first > expected):
            self.wrong.append(f"{stream}: {first} came where {expected} was to come")
        self.next[stream] = last + step_of(stream)

    def part(self, streams: Sequence[str]) -> None:
        """These of the multiplex socket are about to be unsubscribed; any thread. :meth:`leave` follows.

        Until then they come, or do not, or begin anew with whatever id comes: a change that any thread makes
        carries out what all of them have asked for, and there may be several of those before it.
        """
        with self._lock:
            self.asked.difference_update(streams)
            self.parting.update(f"combined {name}" for name in streams)

    def leave(self, streams: Sequence[str]) -> None:
        """They have just been unsubscribed: nothing more may come of them.

        Those that have been asked for again meanwhile may never have been left.
        """
        with self._lock:
            self.parting.subtract(f"combined {name}" for name in streams)
            self.left.update(f"combined {name}" for name in streams if name not in self.asked)
        for stream in (f"combined {name}" for name in streams):
            expected = self.next.pop(stream, None)
            if expected is not None:
                self.reached[stream] = expected - 1

    def ask(self, streams: Sequence[str]) -> None:
        """These are about to be subscribed, and begin with whatever id comes; any thread."""
        with self._lock:
            self.asked.update(streams)
            self.left.difference_update(f"combined {name}" for name in streams)

    def account(self, message: dict[str, Any]) -> None:
        """The callback of an account: no event of an order twice, and none behind a later one."""
        self.delivered["account"] += 1
        if message.get("e") != "executionReport":
            return
        came = STATES.index(message["X"]), float(message["z"])
        if came <= self.orders.get(message["i"], (-1, 0.0)):
            self.wrong.append(f"account: order {message['i']} is {message['X']} again")
        self.orders[message["i"]] = came

    def top(self, message: dict[str, Any]) -> None:
        """The callback of a partial depth stream: its update ids never go back."""
        if "lastUpdateId" in message:
            self.delivered["top"] += 1
            if message["lastUpdateId"] < self.next.get("top", 0):
                self.wrong.append(f"top: {message['lastUpdateId']} came behind {self.next['top']}")
            self.next["top"] = message["lastUpdateId"]

    def mark(self, message: dict[str, Any]) -> None:
        """The callback of a stream of mark prices: none comes twice, nor behind a later one."""
        if message.get("e") == "markPriceUpdate":
            self.delivered["mark"] += 1
            if message["E"] < self.next.get("mark", 0):
                self.wrong.append(f"mark: {message['E']} came behind {self.next['mark'] - 1}")
            self.next["mark"] = message["E"] + 1

    def compare(self, sent: dict[str, list[int]], log: Sequence[dict[str, Any]]) -> None:
        """Compare what came of futures with what the exchange has sent, and with its log of faults.

        Each id that was sent came, or lies in a gap, and none does both; what came was sent. Of mark prices
        none came twice but what the exchange sent twice, or in two orders.
        """
        for stream, came in self.came.items():
            name, known = stream.removeprefix("combined "), set(came)
            if ids_of(stream) is None:
                by_exchange = sum(one["fault"] in TWICE and one.get("stream") == name for one in log)
                twice = len(came) - len(known)
                if twice > by_exchange:
                    self.wrong.append(f"{stream}: {twice} came twice, {by_exchange} by the exchange")
                continue
            gaps = self.gaps.get(stream, [])
            named = {one for one in sent[name] if any(first < one <= last for first, last in gaps)}
            jumps = name.partition("@")[2] in JUMPS
            expected = set() if jumps else {one for one in sent[name] if came[0] < one < came[-1]}
            for words, found in (
                ("were sent, and neither came nor were named", expected - known - named),
                ("came, and were named as missing", known & named),
                ("came, and were never sent", known.difference(sent[name])),
            ):
                if found:
                    self.wrong.append(f"{stream}: {len(found)} {words}, {sorted(found)[:5]}")

    def on_event(self, event: Event) -> None:
        """Take a gap for the ids, or the closed candles, it names."""
        self.events[event.kind] += 1
        if event.kind == "gap":
            venue, _, streams = event.conn_key.rpartition("streams=")
            combined = event.conn_key == CHANGING or streams != event.conn_key
            stream = f"combined {venue}{event.info['stream']}" if combined else event.info["stream"]
            first, last = event.info["first"], event.info["last"]
            if "@kline" in stream:
                came = [opens for name, opens in self.closed if name == stream and first <= opens <= last]
                if came or last < first or event.info["cause"] != "reconnect":
                    self.wrong.append(f"{stream}: {event.info}, and these came: {came}")
                return
            if event.conn_key == CHANGING and stream not in self.next:
                return  # reported before it was unsubscribed
            if self.next.get(stream) != first or last < first:
                self.wrong.append(f"{stream}: gap {first}-{last} where {self.next.get(stream)} was to come")
            step = step_of(stream)
            self.next[stream] = last + step
            self.missed[stream] += event.info.get("count", 1)
            if stream in self.came:
                self.gaps.setdefault(stream, []).append((first - step, last))
        elif event.kind in ("reset", "gave_up"):
            self.wrong.append(f"{event.conn_key}: {event.kind} {event.info}")


def start(bm: BinanceSocketManager, ledger: Ledger) -> None:
    """The sockets that go through it."""
    bm.start_trade_socket("BNBBTC", ledger.raw("bnbbtc@trade"))
    bm.start_depth_socket("BNBBTC", ledger.raw("bnbbtc@depth@100ms"), interval=100)
    bm.start_symbol_book_ticker_socket("BNBBTC", ledger.raw("bnbbtc@bookTicker"))
    bm.start_multiplex_socket(MIXED, ledger.combined)


def start_futures(bm: BinanceSocketManager, ledger: Ledger) -> None:
    """The socket of futures, which has two connections."""
    bm.start_futures_multiplex_socket(FUTURES, ledger.futures)


class Changer:
    """Subscribes and unsubscribes streams of the socket :data:`CHANGING` at random.

    :param names: its own, which nobody else changes; *shared* are changed by others, too.
    :param mark: calls a function behind the changes that were asked for before, in the reactor's thread.

    :ivar changes: how many there were so far.
    :ivar pausing: who holds it keeps this from changing anything.
    """

    def __init__(
        self,
        bm: BinanceSocketManager,
        ledger: Ledger,
        seed: int,
        names: Sequence[str],
        shared: Sequence[str],
        mark: Callable[..., object],
    ) -> None:
        self._bm = bm
        self._ledger = ledger
        self._rng = random.Random(seed)
        self._names = names
        self._shared = shared
        self._mark = mark
        self.changes = 0
        self.pausing = threading.Lock()

    def once(self) -> None:
        """One change of some streams, of all, or of one."""
        with self.pausing:
            self._change()

    def _change(self) -> None:
        rng = self._rng
        some = rng.sample(self._names, rng.choice((1, rng.randint(1, len(self._names)), len(self._names))))
        shared = [name for name in self._shared if rng.random() < 0.3]
        self.changes += 1
        if rng.random() < 0.5:
            self._ledger.part(some)
            self._bm.unsubscribe(CHANGING, some + shared)
            self._mark(self._ledger.leave, some)
        else:
            self._ledger.ask(some)
            self._bm.subscribe(CHANGING, some + shared)

    def run(self, stopped: threading.Event, mean_s: float) -> None:
        """Change them until stopped."""
        while not stopped.wait(self._rng.expovariate(1 / mean_s)):
            self.once()


def start_changing(
    bm: BinanceSocketManager,
    ledger: Ledger,
    seed: int,
    in_reactor: Callable[..., object],
    stopped: threading.Event,
    others: int = 0,
) -> tuple[list[Changer], Callable[[Any], None]]:
    """A socket whose streams change, also inside its callback.

    :param in_reactor: calls a function in the reactor's thread.
    :param stopped: nothing changes inside the callback any more.
    :param others: streams that bring nothing, and go and come with the others.
    :returns: those that are to change them in threads, and its callback.
    """
    names = [name for some in OWNED for name in some]
    shared = [*SHARED, *NO_SYMBOLS[:others]]
    changers = [
        Changer(bm, ledger, seed * 10 + number, some, shared, in_reactor)
        for number, some in enumerate(OWNED[1:])
    ]
    inside = Changer(bm, ledger, seed * 10 + 9, OWNED[0], shared, lambda call, names: call(names))
    count = 0

    def callback(message: dict[str, Any]) -> None:
        nonlocal count
        ledger.combined(message)
        count += 1
        if count % 50 == 0 and not stopped.is_set():
            inside.once()

    bm.start_multiplex_socket([*names, *shared], callback, name=CHANGING)
    return changers, callback


def carried(streams: dict[int, list[str]]) -> list[str]:
    """What the connections of the socket :data:`CHANGING` are subscribed to, by a sandbox's account."""
    of_it = (*CHANGING_SYMBOLS, "none")
    return sorted(name for names in streams.values() for name in names if name.startswith(of_it))


def start_without_ids(bm: BinanceSocketManager, ledger: Ledger) -> None:
    """The sockets whose messages have no ids."""
    bm.start_user_socket(ledger.account)
    bm.start_depth_socket("BNBBTC", ledger.top, depth=5, interval=100)
    bm.start_stream_socket(f"btcusdt@{MARK}", ledger.mark, venue="usdm")


def trade(sandbox: Sandbox, stopped: threading.Event) -> None:
    """Ten orders a second, until stopped."""
    while not stopped.wait(0.1):
        sandbox.fill("BNBBTC", quantity="0.01", api_key=API_KEY)


def in_reactor(function: Callable[..., object], *args: Any) -> None:
    """Call a function in the reactor's thread."""
    from twisted.internet import reactor

    reactor.callFromThread(function, *args)


def start_changers(
    bm: BinanceSocketManager, ledger: Ledger, seed: int, stopped: threading.Event
) -> list[threading.Thread]:
    """The socket whose streams change, a request that is not answered being lost sooner; and the threads."""
    bm.timings = replace(bm.timings, request_s=2.0)
    changers, _ = start_changing(bm, ledger, seed, in_reactor, stopped, len(NO_SYMBOLS))
    return [threading.Thread(target=changer.run, args=(stopped, 1.0)) for changer in changers]


def bring_back(bm: BinanceSocketManager, ledger: Ledger) -> None:
    """Subscribe all streams that have come and gone."""
    for names in OWNED:
        ledger.ask(names)
        bm.subscribe(CHANGING, names)
    bm.subscribe(CHANGING, SHARED)


def has_settled(bm: BinanceSocketManager, sandbox: Sandbox) -> bool:
    """Whether the exchange sends what the socket whose streams change has, each stream once."""
    return carried(sandbox.streams()) == sorted(bm.streams(CHANGING))


def run(seed: int, seconds: float, mean_s: float, lifetime_s: float) -> tuple[Ledger, dict[str, Any]]:
    """One seed, for so many seconds, and a few more in which all must come back: four sandboxes side by
    side, one with ids to go by, one without, one for the socket whose streams change, and one of futures.
    """
    ledger = Ledger()
    options: dict[str, Any] = {
        "max_retries": None,
        "silence_s": 25,
        "lifetime_s": lifetime_s,
        "handover_s": 2,
    }
    keys = {API_KEY: SECRET}
    with (
        Sandbox(seed=seed, rate=200, symbols=["BNBBTC", "ETHBTC"]) as sandbox,
        Sandbox(seed=seed, rate=20, symbols=["BNBBTC"], api_keys=keys) as without_ids,
        Sandbox(seed=seed, rate=100, symbols=[s.upper() for s in CHANGING_SYMBOLS]) as changing,
        Sandbox(seed=seed, rate=200, **FUTURES_MARKET) as futures,
    ):
        stopped, changed = threading.Event(), threading.Event()
        trader = threading.Thread(target=trade, args=(without_ids, stopped))
        changers: list[threading.Thread] = []

        def start_those_that_change(bm: BinanceSocketManager, ledger: Ledger) -> None:
            changers.extend(start_changers(bm, ledger, seed, changed))

        each = [
            (sandbox, start, FAULTS),
            (without_ids, start_without_ids, FAULTS_WITHOUT_IDS),
            (futures, start_futures, FAULTS),
            (changing, start_those_that_change, FAULTS_OF_CHANGES),
        ]
        managers = []
        for one, begin, faults in each:
            client = Client(API_KEY, SECRET, endpoints=Endpoints.sandbox(one.host, one.port))
            managers.append(BinanceSocketManager(client, on_event=ledger.on_event, **options))
            begin(managers[-1], ledger)
            managers[-1].start()
            one.delay(0.3, each=True)
            one.chaos(seed, mean_s, faults)
        for thread in (trader, *changers):
            thread.start()
        time.sleep(seconds)
        done = []
        for one, _, _ in each:
            one.stop_chaos()
            done += one.state()["chaos"]["done"]
            one.clear()
        changed.set()
        for thread in changers:
            thread.join()
        bring_back(managers[-1], ledger)
        before = dict(ledger.delivered)
        deadline = time.monotonic() + 120
        while True:
            silent = [stream for stream, count in before.items() if ledger.delivered[stream] <= count]
            settled = has_settled(managers[-1], changing)
            if settled and not silent:
                break
            if time.monotonic() > deadline:
                ledger.wrong.append(f"did not come back: {silent}; streams as asked for: {settled}")
                break
            time.sleep(0.1)
        stopped.set()
        trader.join()
        limits = [one.limits() for one, _, _ in each]
        ledger.wrong += [f"limits: {one['violated']}" for one in limits if any(one["violated"].values())]
        for bm in managers:
            bm.close()
        state = futures.state()
        ledger.compare(state["sent"], state["fault_log"])
    return ledger, {"faults": collections.Counter(step["fault"] for step in done)}


def main() -> int:
    """Run it and print what happened; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="in all (default: %(default)g)")
    parser.add_argument("--seeds", type=int, default=6, help="how many, one after another")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--mean", type=float, default=4.0, help="mean seconds between two faults")
    parser.add_argument("--lifetime", type=float, default=20.0, help="seconds after which a socket moves")
    options = parser.parse_args()
    logging.getLogger("binance").addHandler(logging.NullHandler())
    threading.current_thread().name = "chaos"
    wrong = 0
    total: collections.Counter[str] = collections.Counter()
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        ledger, told = run(seed, options.seconds / options.seeds, options.mean, options.lifetime)
        faults = told["faults"]
        total.update(
            faults=sum(faults.values()),
            delivered=sum(ledger.delivered.values()),
            missed=sum(ledger.missed.values()),
            wrong=len(ledger.wrong),
        )
        total.update({f"event {kind}": count for kind, count in ledger.events.items()})
        wrong += len(ledger.wrong)
        print(f"seed {seed}: {sum(faults.values())} faults {dict(faults)}")
        print(f"  delivered {dict(ledger.delivered)}; again after a new subscription {dict(ledger.again)}")
        print(f"  missed and named {dict(ledger.missed)}; events {dict(ledger.events)}", flush=True)
        for words in ledger.wrong[:20]:
            print("  WRONG", words, flush=True)
    print(f"total: {dict(total)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
