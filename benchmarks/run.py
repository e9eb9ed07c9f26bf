"""Measures this package beside other clients, all on the same prepared traffic from the same kind of server.

The environments are made, from the repository's root, by::

    python3 -m venv .venv-benchmarks && .venv-benchmarks/bin/pip install -r benchmarks/requirements.txt
    python3 -m venv .venv-benchmarks-python-binance && \\
        .venv-benchmarks-python-binance/bin/pip install -r benchmarks/requirements-python-binance.txt
    python3 -m venv .venv-benchmarks-ubldc && \\
        .venv-benchmarks-ubldc/bin/pip install -r benchmarks/requirements-ubldc.txt

and the benchmarks are run by::

    .venv-benchmarks/bin/python benchmarks/run.py

Each measurement has a server process and a client process of its own. A round runs every client once, in
turn, and a ratio compares two clients of one round, so that a machine that becomes slower or faster does so
for all; the table shows the median of the ratios. The server has a core to itself and the client the others:
leave the machine, which should have two at least, alone meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traffic

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

#: Traffic is prepared for clients so fast, in messages a second: of a combined connection, whose messages are
#: longer, and of single-stream ones.
FASTEST = 1_300_000
FASTEST_RAW = 2_200_000
CONNECTIONS = (1, 20, 300)
IDLE_CONNECTIONS = 100
#: With the one to begin with, fewer than the 300 that a client may make in 5 minutes.
MEMORY_CONNECTIONS = 250
#: Symbols, of 5 streams each, of the combined connections that are compared, and behind one key. The last are
#: shared evenly by as many connections as they take, at 1,024 streams each.
FEW_SYMBOLS, MANY_SYMBOLS, KEY_SYMBOLS = 4, 200, 600
KEY_CONNECTIONS = 3
#: Of order books: levels of a side, and levels that each message changes.
BOOK_LEVELS, BOOK_CHANGES = (1000, 5000), (20, 60, 200)
#: Seconds that a client may need beside what it measures.
PATIENCE_S = 90.0

#: Messages a second on each of two sockets, of which one has a slow consumer.
BESIDE_RATE = 1_000
#: Messages that go through an Inbox that is full.
FLOOD = 10_000_000

MEASURES = (
    *("throughput", "connections", "streams", "latency", "idle", "memory", "quiet_streams", "futures"),
    *("consumers", "books"),
)
ALL = frozenset(MEASURES) - {"consumers"}
COMBINED = frozenset({"throughput", "latency"})

Result = dict[str, Any]


class Failed(Exception):
    """A measurement that did not come about, with the reason."""


@dataclass(frozen=True)
class Client:
    """One row of the tables.

    :ivar module: its program in ``clients``; *flags* go to its command line.
    :ivar packages: distributions that it needs.
    :ivar measures: what it is measured in.
    :ivar environment: where it lives if no ``--python`` says otherwise.
    """

    module: str
    packages: tuple[str, ...]
    measures: frozenset[str]
    flags: tuple[str, ...] = ()
    environment: str = ".venv-benchmarks"


OURS = ("twisted", "autobahn", "pyOpenSSL", "service_identity", "requests")

#: Rows of the measure of consumers: what is passed in place of a callback.
CONSUMERS = {
    "a_callback": ("--inline",),
    "in_thread_batch": ("--in-thread",),
    "in_thread": ("--in-thread-one",),
    "inbox": ("--inbox",),
    "latest": ("--latest",),
    "in_thread_batch_pythons_collector": ("--in-thread", "--python-collector"),
    "inbox_pythons_collector": ("--inbox", "--python-collector"),
}

CLIENTS = {
    "ours": Client("ours", (*OURS, "orjson"), ALL),
    "ours_stdlib": Client("ours", OURS, COMBINED, flags=("--stdlib",)),
    "picows": Client(
        "picows", ("picows", "uvloop", "orjson"), ALL - {"idle", "quiet_streams", "futures", "books"}
    ),
    "aiohttp": Client("aiohttp", ("aiohttp", "uvloop", "orjson"), COMBINED | {"connections"}),
    "websockets": Client(
        "websockets",
        ("websockets", "uvloop", "orjson"),
        ALL - {"idle", "streams", "quiet_streams", "futures", "books"},
    ),
    "autobahn": Client(
        "autobahn", ("autobahn", "twisted", "pyOpenSSL", "service_identity", "orjson"), COMBINED
    ),
    "ubwa": Client("ubwa", ("unicorn-binance-websocket-api", "picows", "uvloop", "orjson"), COMBINED),
    "python_binance": Client(
        "python_binance",
        ("python-binance", "websockets", "uvloop", "orjson"),
        COMBINED,
        environment=".venv-benchmarks-python-binance",
    ),
    **{
        name: Client("consumers", (*OURS, "orjson"), frozenset({"consumers"}), flags)
        for name, flags in CONSUMERS.items()
    },
    "python_binance_cache": Client(
        "books",
        ("python-binance",),
        frozenset({"books"}),
        environment=".venv-benchmarks-python-binance",
    ),
    "ubldc": Client(
        "books",
        ("unicorn-binance-local-depth-cache",),
        frozenset({"books"}),
        environment=".venv-benchmarks-ubldc",
    ),
    "orjson_alone": Client("orjson_alone", ("orjson",), frozenset({"throughput", "streams"})),
}


def tell(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


# -- processes ----------------------------------------------------------------------------------------------


def divided_cores() -> tuple[set[int], set[int]]:
    """The processor cores of the server and of the client; both empty if there is nothing to choose.

    They do not share one: a server that waits for its next message's time without sleeping would keep the
    client from it for milliseconds.
    """
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    *others, last = sorted(os.sched_getaffinity(0))
    return ({last}, set(others)) if others else (set(), set())


@contextlib.contextmanager
def started(
    command: list[str], cores: set[int], environ: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A child process, which has ended when the block has; a failure in the block tells its last errors."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            cwd=HERE,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C is for this process, which ends the others
        )
        try:
            if cores:
                os.sched_setaffinity(process.pid, cores)
            yield process
        except Failed as exc:
            errors.seek(0)
            raise Failed(f"{exc}\n{errors.read()[-2000:]}".rstrip()) from exc
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()


def last_line(process: subprocess.Popen[str], patience_s: float) -> Result:
    """What a client prints."""
    try:
        printed, _ = process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        raise Failed(f"nothing came in {patience_s:.0f} s") from None
    if process.returncode != 0 or not printed.strip():
        raise Failed(f"it ended with code {process.returncode}")
    result: Result = json.loads(printed.splitlines()[-1])
    return result


class Run:
    """One run of this program: where things are, and what came out so far."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options = options
        self.results: list[Result] = []
        self.versions: dict[str, dict[str, str]] = {}
        self._usable: dict[str, bool] = {}
        self._ca: str | None = None
        self._server_tls: list[str] = []
        if options.tls:
            self._ca, certificate = make_certificate(scratch)
            self._server_tls = ["--certificate", certificate]

    def python(self, name: str) -> str:
        """The interpreter that runs a client."""
        client = CLIENTS[name]
        for asked in (name, client.module, "all"):
            if asked in self.options.python:
                return self.options.python[asked]
        return str(ROOT / client.environment / "bin" / "python")

    def environ(self, name: str) -> dict[str, str]:
        """A client's environment: only ours sees this checkout, which has a namesake."""
        environ = os.environ | {"NO_PROXY": "localhost", "no_proxy": "localhost"}
        environ.pop("PYTHONPATH", None)
        if CLIENTS[name].module in ("ours", "consumers"):
            environ["PYTHONPATH"] = str(ROOT)
        return environ

    def usable(self, name: str) -> bool:
        """Whether a client's packages are installed; tells it once if they are not."""
        if name not in self._usable:
            self._usable[name] = self._find(name)
        return self._usable[name]

    def _find(self, name: str) -> bool:
        code = (
            "import json, sys; from importlib.metadata import version;"
            "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
        )
        command = [self.python(name), "-c", code, *CLIENTS[name].packages]
        try:
            found = subprocess.run(
                command, cwd=HERE, env=self.environ(name), capture_output=True, text=True, timeout=PATIENCE_S
            )
        except OSError as exc:
            tell(f"{name} is skipped: {exc}; the head of run.py says how to make its environment")
            return False
        if found.returncode != 0:
            reason = (found.stderr.strip().splitlines() or ["?"])[-1]
            tell(f"{name} is skipped: not all of {', '.join(CLIENTS[name].packages)} is installed ({reason})")
            return False
        self.versions[name] = json.loads(found.stdout)
        return True

    def measure(
        self, name: str, measure: str, server: list[str], arguments: list[str], window_s: float
    ) -> Result:
        """One measurement: a server, a client, what it says.

        :raises Failed: if it does not come about.
        """
        client = CLIENTS[name]
        warm_s = self.options.warm
        for_server, for_client = divided_cores()
        server = [sys.executable, "server.py", "--attached", *self._server_tls, *server]
        with started(server, for_server) as serving:
            line = serving.stdout.readline() if serving.stdout else ""
            if not line:
                raise Failed("the server did not start")
            base = f"{'wss' if self._ca else 'ws'}://localhost:{json.loads(line)['port']}"
            command = [self.python(name), "-m", f"clients.{client.module}", measure, base, *client.flags]
            command += [f"--warm={warm_s}", f"--window={window_s}", *arguments]
            command += ["--ca", self._ca] if self._ca else []
            with started(command, for_client, self.environ(name)) as measuring:
                return last_line(measuring, warm_s + window_s + PATIENCE_S)

    def rounds(
        self, title: str, measure: str, count: int, one: Callable[[str], Result], **facts: Any
    ) -> list[dict[str, Result]]:
        """Let every client that takes part be measured once in each of *count* rounds."""
        chosen = self.options.clients or [n for n, client in CLIENTS.items() if measure in client.measures]
        names = [name for name in chosen if measure in CLIENTS[name].measures and self.usable(name)]
        rounds: list[dict[str, Result]] = []
        if not names:
            tell(f"{title}: no client takes part")
            return rounds
        for number in range(count):
            tell(f"{title}, round {number + 1} of {count}:", end="")
            rounds.append({})
            start = number % len(names)  # so that none is always the first
            for name in names[start:] + names[:start]:
                tell(f" {name}", end="")
                try:
                    result = one(name)
                except Failed as exc:
                    tell(f"\n{name} failed: {exc}")
                    continue
                rounds[-1][name] = result
                facts_of_it = {"measure": measure, "client": name, "round": number, "tls": self.options.tls}
                self.results.append(facts_of_it | facts | result)
            tell("")
        return rounds

    # -- what is measured -----------------------------------------------------------------------------------

    def throughput(self) -> None:
        if self.options.raw:
            self._raw(1)
            return
        total = self._enough(FASTEST)
        tell("preparing traffic ...")
        frames = str(traffic.kept(self.options.traffic, total))
        server = ["blast", "--traffic", frames]
        title = "throughput, combined connection"
        self._throughput(title, "throughput", total, server, ["--traffic", frames])

    def connections(self) -> None:
        for connections in self.options.connections:
            self._raw(connections)

    def _raw(self, connections: int) -> None:
        total = self._enough(FASTEST_RAW)
        tell("preparing traffic ...")
        frames = traffic.kept_raw(self.options.traffic, connections, math.ceil(total / connections))
        count = f"--connections={connections}"
        title = f"throughput, {connections} single-stream connection{'s' if connections > 1 else ''}"
        server = ["blast", "--traffic", str(frames), count]
        arguments = ["--raw", count]
        if connections > 1:
            # some libraries take apart what all connections have read before they hand out any of it
            arguments.append(f"--least={total // 2}")
        self._throughput(title, "connections", total, server, arguments, connections=connections)

    def _enough(self, fastest: int) -> int:
        """So many messages that none of the clients comes to the end of them."""
        return math.ceil(fastest * (self.options.warm + self.options.window) / 100_000) * 100_000

    def _throughput(
        self, title: str, measure: str, total: int, server: list[str], arguments: list[str], **facts: Any
    ) -> None:
        def one(name: str) -> Result:
            return self._rate(name, total, server, arguments)

        rounds = self.rounds(title, measure, self.options.rounds, one, **facts)
        self.table(title, rounds, "rate", "messages/s", "{:,.0f}")

    def _rate(self, name: str, total: int, server: list[str], arguments: list[str]) -> Result:
        result = self.measure(name, "throughput", server, arguments, self.options.window)
        if result["seen"] >= 0.98 * total and name != "orjson_alone":
            raise Failed("it is so fast that the traffic came to its end; run.py's FASTEST is too low")
        return result

    def streams(self) -> None:
        total = self._enough(FASTEST)
        few, many = (len(traffic.stream_names(symbols)) for symbols in (FEW_SYMBOLS, MANY_SYMBOLS))
        title = f"throughput, {many:,} streams on a combined connection"
        tell("preparing traffic ...")
        frames = {
            symbols: str(traffic.kept(self.options.traffic, total, of_symbols=symbols))
            for symbols in (FEW_SYMBOLS, MANY_SYMBOLS)
        }

        def rate(name: str, symbols: int, streams: int) -> float:
            server = ["blast", "--traffic", frames[symbols], f"--streams={streams}"]
            arguments = ["--traffic", frames[symbols], f"--symbols={symbols}"]
            measured: float = self._rate(name, total, server, arguments)["cpu_rate"]
            return measured

        def one(name: str) -> Result:
            both = {"few": rate(name, FEW_SYMBOLS, few), "many": rate(name, MANY_SYMBOLS, many)}
            return both | {"share": both["many"] / both["few"]}

        rounds = self.rounds(title, "streams", self.options.rounds, one)
        self.table(title.replace(f"{many:,}", str(few)), rounds, "few", "messages/s", "{:,.0f}")
        self.table(title, rounds, "many", "messages/s", "{:,.0f}")
        self.table(f"the rate of {many:,} streams to that of {few}", rounds, "share", "share", "{:.3f}")

    def latency(self) -> None:
        rate = self.options.rate
        title = f"latency at {rate:,.0f} messages/s"

        def one(name: str) -> Result:
            return self.measure(name, "latency", ["pace", "--rate", str(rate)], [], self.options.window)

        rounds = self.rounds(title, "latency", self.options.rounds, one, paced=rate)
        for each in rounds:
            for name, result in list(each.items()):
                if "p50_us" not in result or result["rate"] < 0.97 * rate:
                    tell(f"{name} got {result['rate']:,.0f} messages/s only, so its latency is not shown")
                    del each[name]
        self.table(f"{title}, median", rounds, "p50_us", "us", "{:,.1f}", least_first=True)
        self.table(f"{title}, 99th percentile", rounds, "p99_us", "us", "{:,.1f}", least_first=True)

    def idle(self) -> None:
        connections = IDLE_CONNECTIONS
        title = f"{connections} quiet connections, share of a core"

        def one(name: str) -> Result:
            window_s = 2.5 * self.options.window
            arguments = [f"--connections={connections}"]
            return self.measure(name, "idle", ["quiet"], arguments, window_s)

        rounds = self.rounds(title, "idle", min(3, self.options.rounds), one, connections=connections)
        self.table(title, rounds, "core", "core", "{:.4f}")

    def memory(self) -> None:
        title = f"memory of each of {MEMORY_CONNECTIONS} open connections"

        def one(name: str) -> Result:
            # two processes: what the first connection brings with it is none of the others' doing
            few, many = (
                self.measure(name, "memory", ["quiet"], ["--raw", f"--connections={connections}"], 0.0)
                for connections in (1, 1 + MEMORY_CONNECTIONS)
            )
            each = (many["resident"] - few["resident"]) / MEMORY_CONNECTIONS
            return {"kib": each / 1024, "resident": many["resident"]}

        rounds = self.rounds(title, "memory", min(3, self.options.rounds), one)
        self.table(title, rounds, "kib", "KiB", "{:.1f}", least_first=True)

    def quiet_streams(self) -> None:
        few, many = (len(traffic.stream_names(symbols)) for symbols in (FEW_SYMBOLS, KEY_SYMBOLS))
        each_has = many // KEY_CONNECTIONS

        def one(name: str, measure: str, heard: bool, symbols: int, window_s: float) -> Result:
            is_few = symbols == FEW_SYMBOLS
            connections, streams = (1, few) if is_few else (KEY_CONNECTIONS, each_has)
            first = connections * streams if heard else connections
            server = ["quiet", f"--streams={streams}", *(["--each"] if heard else [])]
            return self.measure(name, measure, server, [f"--symbols={symbols}", f"--first={first}"], window_s)

        def memory(name: str, heard: bool) -> Result:
            less, more = (one(name, "memory", heard, symbols, 0.0) for symbols in (FEW_SYMBOLS, KEY_SYMBOLS))
            each = (more["resident"] - less["resident"]) / (many - few)
            return {"bytes": each, "resident": more["resident"]}

        def idle(name: str, heard: bool) -> Result:
            return one(name, "idle", heard, KEY_SYMBOLS, 10 * self.options.window)

        count = min(3, self.options.rounds)
        for heard, words in ((False, "silent so far"), (True, "heard once")):
            title = f"memory of each of {many:,} streams behind one key, {words}"
            rounds = self.rounds(title, "quiet_streams", count, lambda name, heard=heard: memory(name, heard))
            self.table(title, rounds, "bytes", "bytes", "{:,.0f}", least_first=True)
            title = f"{many:,} quiet streams behind one key, {words}, share of a core"
            rounds = self.rounds(title, "quiet_streams", count, lambda name, heard=heard: idle(name, heard))
            self.table(title, rounds, "core", "core", "{:.4f}", least_first=True)

    def futures(self) -> None:
        """USD-M beside spot, each with two combined connections, for USD-M's categories.

        Both are sent the very same bytes, which are in order by either's rules. What spot is sent in its own
        shapes, which have fewer members, is measured as well.
        """
        total = self._enough(FASTEST)
        tell("preparing traffic ...")
        frames = {
            shapes: str(traffic.kept_by_category(self.options.traffic, shapes, total // 2))
            for shapes in traffic.FUTURES_MIX
        }
        sides = [("spot", "usdm"), ("usdm", "usdm"), ("spot", "spot")]

        def rate(name: str, venue: str, shapes: str) -> float:
            server = ["blast", "--traffic", frames[shapes], "--connections=2"]
            arguments = [f"--venue={venue}", f"--shapes={shapes}"]
            measured: float = self._rate(name, total, server, arguments)["cpu_rate"]
            return measured

        def one(name: str) -> Result:
            sides.append(sides.pop(0))  # so that none is always the first
            rates = {side: rate(name, *side) for side in sides}
            same, usdm, own = rates["spot", "usdm"], rates["usdm", "usdm"], rates["spot", "spot"]
            return {"usdm": usdm, "same": same, "own": own, "share": usdm / same, "share_of_own": usdm / own}

        rounds = self.rounds("futures", "futures", self.options.rounds, one)
        for key, unit, form, title in (
            ("usdm", "messages/s", "{:,.0f}", "USD-M, two combined connections"),
            ("same", "messages/s", "{:,.0f}", "spot, two combined connections, the same bytes"),
            ("own", "messages/s", "{:,.0f}", "spot, two combined connections, its own shapes"),
            ("share", "share", "{:.3f}", "the rate of USD-M to that of spot, the same bytes"),
            ("share_of_own", "share", "{:.3f}", "the rate of USD-M to that of spot in its own shapes"),
        ):
            self.table(title, rounds, key, unit, form)

    def consumers(self) -> None:
        """Our client with a consumer in place of the callback; then who waits for a slow one, and memory.

        Rates are by the second of the process's own processor time, of all its threads together.
        """
        total = self._enough(FASTEST)
        tell("preparing traffic ...")
        frames = str(traffic.kept(self.options.traffic, total))
        server, arguments = ["blast", "--traffic", frames], ["--traffic", frames]
        title = "throughput of consumers, combined connection"

        def one(name: str) -> Result:
            return self._rate(name, total, server, arguments)

        rounds = self.rounds(title, "consumers", self.options.rounds, one)
        self.table(title, rounds, "cpu_rate", "messages/s", "{:,.0f}", reference="a_callback")
        self.table(f"{title}, by the clock", rounds, "rate", "messages/s", "{:,.0f}", reference="a_callback")
        self._beside()
        self._flood()

    def _beside(self) -> None:
        """The latency of a socket beside one whose consumer sleeps 0.2 s a message, or does nothing."""
        window_s = 2 * self.options.window
        name, ways = "a_callback", ["--idles", "--sleeps"]
        rounds: list[dict[str, Result]] = []
        for number in range(self.options.rounds):
            tell(f"latency beside a consumer, round {number + 1} of {self.options.rounds}")
            ways.reverse()
            p99_us = {}
            for way in ways:
                server = ["pace", "--rate", str(BESIDE_RATE)]
                p99_us[way] = self.measure(name, "latency", server, [way], window_s)["p99_us"]
            idles, sleeps = p99_us["--idles"] / 1e3, p99_us["--sleeps"] / 1e3
            rounds.append({name: {"idles_ms": idles, "sleeps_ms": sleeps, "moved_ms": sleeps - idles}})
            self.results.append({"measure": "beside", "round": number, **rounds[-1][name]})
        for key, words in (
            ("idles_ms", "beside a consumer that does nothing"),
            ("sleeps_ms", "beside one that sleeps 0.2 s a message"),
            ("moved_ms", "what the sleep adds"),
        ):
            self.table(f"99th percentile of latency, {words}", rounds, key, "ms", "{:.3f}", reference=name)

    def _flood(self) -> None:
        """Many messages through an Inbox that is always full."""
        tell(f"{FLOOD:,} messages through a full Inbox ...")
        for_server, for_client = divided_cores()
        server = [sys.executable, "server.py", "--attached", "flood", f"--messages={FLOOD}"]
        with started(server, for_server) as serving:
            line = serving.stdout.readline() if serving.stdout else ""
            command = [self.python("a_callback"), "-m", "clients.flood", f"--messages={FLOOD}"]
            command.append(f"ws://localhost:{json.loads(line)['port']}")
            with started(command, for_client, self.environ("a_callback")) as flooded:
                found = last_line(flooded, 10 * PATIENCE_S)
        self.results.append({"measure": "flood", **found})
        both = found["kept"] + found["gap"]
        print(
            f"\n{found['sent']:,} messages through a full Inbox in {found['seconds']:.0f} s:\n"
            f"  {found['kept']:,} kept + {found['gap']:,} named by gap events = {both:,}\n"
            f"  {found['overflow']:,} dropped by overflow events, {found['dropped']:,} by stats()\n"
            f"  memory: {found['first'] / 2**20:.1f} MiB after a tenth of them, "
            f"{found['last'] / 2**20:.1f} MiB at the end\n"
        )

    def books(self) -> None:
        """Order books: the same changes applied by each client, and the best 20 read after each of them.

        There is no server in it. Ratios are to python-binance.
        """
        self.options.reference = "python_binance_cache"

        def one(name: str, levels: int, changes: int) -> Result:
            command = [self.python(name), "books.py", name, f"--levels={levels}", f"--changes={changes}"]
            command += [f"--events={600_000 // levels}"]
            with started(command, divided_cores()[1], self.environ(name)) as measuring:
                return last_line(measuring, PATIENCE_S)

        for levels in BOOK_LEVELS:
            for changes in BOOK_CHANGES:
                title = f"order book of {levels:,} levels, {changes} changes a message, best 20 read"
                rounds = self.rounds(
                    title,
                    "books",
                    self.options.rounds,
                    lambda name, levels=levels, changes=changes: one(name, levels, changes),
                )
                if len({result["digest"] for each in rounds for result in each.values()}) > 1:
                    raise Failed(f"{title}: the books are not the same")
                self.table(title, rounds, "rate", "messages/s", "{:,.0f}")

    # -- what is shown --------------------------------------------------------------------------------------

    def table(
        self,
        title: str,
        rounds: list[dict[str, Result]],
        key: str,
        unit: str,
        form: str,
        least_first: bool = False,
        reference: str | None = None,
    ) -> None:
        """Print medians, and medians of the ratios to the reference client in the same round; best first."""
        reference = reference or self.options.reference
        rows: list[tuple[float, list[str]]] = []
        for name in CLIENTS:
            values = [each[name][key] for each in rounds if name in each]
            both = [each for each in rounds if name in each and reference in each]
            ratios = [each[name][key] / each[reference][key] for each in both]
            if values:
                median = statistics.median(values)
                cells = [name, form.format(median), span(values, form)]
                cells += (
                    [f"{statistics.median(ratios):.3f}", span(ratios, "{:.3f}")] if ratios else ["-", "-"]
                )
                rows.append((median if least_first else -median, cells))
        if not rows:
            return
        head = ["client", unit, "min - max", f"ratio to {reference}", "min - max"]
        lines = [head, *(cells for _, cells in sorted(rows))]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        print(f"\n{title}{', TLS' if self.options.tls else ''}")
        for first, *others in lines:
            cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
            print("  ".join([first.ljust(widths[0]), *cells]).rstrip())
        print(flush=True)

    def written(self) -> Result:
        """All there is to know of this run, for ``--json``."""
        options = {
            name: getattr(self.options, name)
            for name in ("rounds", "warm", "window", "rate", "tls", "raw", "reference")
        }
        machine = {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
        }
        return {
            "machine": machine,
            "options": options,
            "versions": self.versions,
            "results": self.results,
        }


def span(values: list[float], form: str) -> str:
    return f"{form.format(min(values))} - {form.format(max(values))}"


def make_certificate(scratch: Path) -> tuple[str, str]:
    """Write what clients believe and what the server shows; returns the paths."""
    sys.path.insert(0, str(ROOT))
    try:
        from binance.sandbox.net.certificates import make_identity
    except ImportError as exc:
        sys.exit(f"--tls: {exc}; run this with .venv-benchmarks/bin/python")
    identity = make_identity("chain")
    trusted, shown = scratch / "trusted.pem", scratch / "shown.pem"
    trusted.write_bytes(identity.trusted)
    shown.write_bytes(identity.key + identity.chain)
    return str(trusted), str(shown)


# -- the command line ---------------------------------------------------------------------------------------


def names_of(known: tuple[str, ...]) -> Callable[[str], list[str]]:
    def listed(text: str) -> list[str]:
        names = [name.strip().replace("-", "_") for name in text.split(",")]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name!r}; use some of {', '.join(known)}")
        return names

    return listed


class Pythons(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        name, equals, path = values.partition("=")
        name = name.replace("-", "_")
        if not equals or not (name == "all" or name in CLIENTS):
            parser.error(f"--python {values}: use NAME=PATH, NAME one of all, {', '.join(CLIENTS)}")
        # not resolved: an environment's interpreter is a link, and knows by its name where it is
        getattr(namespace, self.dest)[name] = str(Path(path).absolute())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument(
        "--only",
        type=names_of(MEASURES),
        default=list(MEASURES),
        metavar="MEASURE,...",
        help=f"of {', '.join(MEASURES)}",
    )
    parser.add_argument(
        "--clients", type=names_of(tuple(CLIENTS)), metavar="NAME,...", help=f"of {', '.join(CLIENTS)}"
    )
    parser.add_argument("--reference", choices=list(CLIENTS), default="picows", help="ratios are to this one")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm", type=float, default=0.3, help="seconds after the first message")
    parser.add_argument("--window", type=float, default=1.5, help="seconds that are measured")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 second")
    parser.add_argument("--tls", action="store_true", help="over TLS, certificates verified")
    parser.add_argument("--raw", action="store_true", help="throughput on one single-stream socket")
    parser.add_argument("--rate", type=float, default=10_000, help="messages a second for latency")
    parser.add_argument(
        "--connections",
        type=lambda text: [int(x) for x in text.split(",")],
        default=list(CONNECTIONS),
        metavar="N,...",
        help="how many single-stream connections",
    )
    parser.add_argument(
        "--python",
        action=Pythons,
        default={},
        metavar="NAME=PATH",
        help="the interpreter of a client, or of all; may come several times",
    )
    parser.add_argument(
        "--traffic",
        type=Path,
        default=HERE / ".traffic",
        metavar="DIR",
        help="where prepared traffic is kept",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all single results")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.window = 3, 1.0
    options.traffic = options.traffic.absolute()
    return options


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that it unwinds, and the children end
    with tempfile.TemporaryDirectory(prefix="binance-benchmarks-") as scratch:
        run = Run(options, Path(scratch))
        try:
            for measure in options.only:
                getattr(run, measure)()
        except KeyboardInterrupt:
            tell("\ninterrupted")
            sys.exit(130)
        finally:
            if options.json is not None:
                options.json.write_text(json.dumps(run.written(), indent=1) + "\n")
        versions = {" ".join(pair) for each in run.versions.values() for pair in each.items()}
        print(", ".join([f"Python {platform.python_version()}", *sorted(versions, key=str.lower)]))


if __name__ == "__main__":
    main()
