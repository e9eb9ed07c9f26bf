"""Faults of single messages, of time and of TLS, each told in the log with what it touched; and chaos."""

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.ssl import optionsForClientTLS

from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox
from binance.sandbox.faults.edits import Edit
from binance.sandbox.faults.plan import CHAOS_KINDS, plan
from binance.sandbox.limits import NO_LIMITS, Limits

from ..sandbox_case import SandboxTestCase, TrustFile
from ..support import until

NAMES = st.sampled_from(["a@trade", "b@trade"])


def pause(seconds):
    """Wait in the test's reactor."""
    waited = Deferred()
    reactor.callLater(seconds, waited.callback, None)
    return waited


def touched(exchange, fault):
    """The ids of messages that a fault has told of, in order."""
    return [
        number for entry in exchange.fault_log if entry["fault"] == fault for number in entry.get("ids", ())
    ]


class MessageTests(SandboxTestCase):
    async def edited(self, fault, times):
        """Let a fault touch so many trades; return their ids and those received."""
        exchange = self.exchange(rate=3000)
        client = await self.connect("/stream?streams=bnbbtc@trade/ethbtc@trade")
        await client.count(50)
        assert getattr(exchange, fault)("bnbbtc@", times=times) == 1
        while exchange.faults():
            await client.more(20)
        await client.more(50)
        assert len(client.payloads) <= exchange.connections[0].sent
        data = [message["data"] for message in client.messages]
        others = [trade["t"] for trade in data if trade["s"] == "ETHBTC"]
        assert others == list(range(others[0], others[0] + len(others)))
        assert {entry["stream"] for entry in exchange.fault_log if "ids" in entry} == {"bnbbtc@trade"}
        return touched(exchange, fault), [trade["t"] for trade in data if trade["s"] == "BNBBTC"]

    async def test_messages_come_twice(self):
        """``duplicate`` sends so many messages twice, one behind the other, and logs their ids."""
        told, ids = await self.edited("duplicate", 5)
        assert len(told) == 5
        counts = Counter(ids)
        assert sorted(number for number in counts if counts[number] == 2) == told
        assert sorted(counts) == list(range(ids[0], ids[-1] + 1))

    async def test_messages_are_missing(self):
        """``skip`` leaves so many out, which the log names, and no other."""
        told, ids = await self.edited("skip", 5)
        assert len(told) == 5
        assert sorted(set(range(ids[0], ids[-1] + 1)) - set(ids)) == told

    async def test_messages_come_in_another_order(self):
        """``reorder`` sends so many behind their successors, which the log names; none is lost."""
        told, ids = await self.edited("reorder", 5)
        assert len(told) == 10
        assert sorted(ids) == list(range(min(ids), max(ids) + 1))
        backwards = [pair for pair in pairwise(ids) if pair[1] < pair[0]]
        assert backwards == list(zip(told[::2], told[1::2], strict=True))

    async def test_what_is_held_back_comes_when_faults_end(self):
        """``clear`` sends a message that still waits for the next one of its stream."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws/bnbbtc@trade")
        exchange.reorder()
        exchange.deliver("bnbbtc@trade", {"e": "trade", "t": 7})
        exchange.flush()
        assert exchange.faults()["edits"] == {"1": [["reorder", 0]]}
        exchange.clear()
        assert await client.count(1) == [{"e": "trade", "t": 7}]
        assert exchange.faults() == {}

    async def test_a_hole_in_depth_is_a_hole(self):
        """A diff depth event left out shows as ``U`` that does not follow ``u``."""
        exchange = self.exchange(rate=500, speed=20)
        client = await self.connect("/ws/bnbbtc@depth@100ms")
        await client.count(5)
        exchange.skip("@depth")
        await client.more(10)
        messages = client.messages
        holes = [after for before, after in pairwise(messages) if after["U"] != before["u"] + 1]
        assert [hole["U"] - 1 for hole in holes] == touched(exchange, "skip")

    async def test_lost_messages_are_told(self):
        """What a stall or quiet has swallowed is in the log: first and last id, and how many."""
        exchange = self.exchange(rate=3000, symbols=["BNBBTC"])
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(20)
        for begin, end in ((exchange.stall, exchange.resume), (exchange.quiet, exchange.clear)):
            begin()
            await pause(0.05)
            end()
            await client.more(20)
        exchange.quiet(lasting_s=0.05)
        while exchange.faults():
            await pause(0.01)
        await client.more(20)
        ids = [trade["t"] for trade in client.messages]
        holes = [(before + 1, after - 1) for before, after in pairwise(ids) if after != before + 1]
        missed = [entry for entry in exchange.fault_log if entry["fault"] == "missed"]
        assert [(entry["first"], entry["last"]) for entry in missed] == holes
        assert all(entry["count"] == entry["last"] - entry["first"] + 1 for entry in missed)
        assert {entry["stream"] for entry in missed} == {"bnbbtc@trade"}
        assert len(missed) == 3


class TimeTests(SandboxTestCase):
    async def test_pings_come_late(self):
        """Each ping is so much later than it should be, on new connections too, until that ends."""
        exchange = self.exchange(rate=0, ping_interval_s=0.03)
        other = await self.connect("/ws/other@trade")
        assert exchange.late_pings(1000, "bnbbtc@") == 0
        client = await self.connect("/ws/bnbbtc@trade")
        await other.until(lambda: len(other.pings) > 5)
        assert client.pings == []
        assert [entry["connections"] for entry in exchange.fault_log] == [[], [2]]
        assert exchange.late_pings(0.1, "bnbbtc@") == 1
        await client.until(lambda: len(client.pings) > 3)
        assert all(int(after) - int(before) >= 120 for before, after in pairwise(client.pings))
        exchange.late_pings(0, "bnbbtc@")
        assert exchange.faults() == {}
        with pytest.raises(InvalidArgument, match="seconds cannot be -1"):
            exchange.late_pings(-1)

    async def test_messages_come_later_in_order(self):
        """A delay holds back all that is sent, on the connections meant; none is lost or overtaken."""
        exchange = self.exchange(rate=3000)
        client = await self.connect("/ws/bnbbtc@trade")
        other = await self.connect("/ws/ethbtc@trade")
        await client.count(20)
        assert exchange.delay(1000, "bnbbtc@") == 1
        await pause(0.05)
        have = len(client.payloads)
        client.sendMessage(b'{"method":"LIST_SUBSCRIPTIONS","id":1}')
        await other.more(100)
        assert len(client.payloads) == have
        exchange.delay(0, "bnbbtc@")
        await client.until(lambda: {"result": ["bnbbtc@trade"], "id": 1} in client.messages)
        assert len(client.payloads) > have + 10
        exchange.delay(0.05, "bnbbtc@", lasting_s=0.2)
        began = exchange.connections[0].sent
        await client.count(began + 100)
        while exchange.faults():
            await pause(0.01)
        ids = [message["t"] for message in (await client.more(20)) and client.messages if "t" in message]
        assert ids == list(range(ids[0], ids[0] + len(ids)))

    async def test_connections_are_late_each_by_a_time_of_its_own(self):
        """With each=True no two are in step, open or new ones; the same times are drawn again."""
        exchange = self.exchange(rate=0)
        await self.connect("/ws/bnbbtc@trade")
        assert exchange.delay(0.5, each=True) == 1
        for _ in range(4):
            await self.connect("/ws/bnbbtc@trade")
        late = [connection.outbox.delay_s for connection in exchange.connections]
        assert len(set(late)) == 5
        assert all(0 <= delay_s <= 0.5 for delay_s in late)
        exchange.delay(0.5, each=True)
        assert [connection.outbox.delay_s for connection in exchange.connections] == late

    async def test_a_fault_can_be_meant_for_one_connection(self):
        """`#2` is the connection whose id is 2, whatever its streams: each fault leaves the others alone."""
        exchange = self.exchange(rate=0)
        clients = [await self.connect("/stream?streams=bnbbtc@trade/ethbtc@trade") for _ in range(3)]

        def send(number):
            exchange.deliver("bnbbtc@trade", {"t": number})
            exchange.deliver("ethbtc@trade", {"t": number})
            exchange.flush()

        assert exchange.skip("#2", times=2) == 1
        send(1)
        assert exchange.quiet("#3") == 1
        send(2)
        got = [await client.count(n) for client, n in zip(clients, (4, 2, 2), strict=True)]
        assert [[m["data"]["t"] for m in messages] for messages in got] == [[1, 1, 2, 2], [2, 2], [1, 1]]
        assert exchange.cut("#1") == 1
        assert [connection.id for connection in exchange.open_connections] == [2, 3]

    async def test_a_close_frame_takes_along_what_is_delayed(self):
        """A connection that is closed in order loses nothing to its delay."""
        exchange = self.exchange(rate=3000)
        client = await self.connect("/ws/bnbbtc@trade")
        exchange.delay(1000)
        await pause(0.05)
        exchange.cut(how="close")
        await client.until(lambda: client.lost is not None)
        assert len(client.payloads) == exchange.connections[0].sent > 0

    async def test_tls_is_slow_to_begin(self):
        """So many handshakes wait so long; without TLS there is nothing to be slow."""
        exchange = self.exchange({"tls": True}, rate=3000)
        exchange.slow_tls(0.2, times=1)
        context = optionsForClientTLS("localhost", trustRoot=TrustFile(exchange.certificate_file))
        began = reactor.seconds()
        client = await self.connect("/ws/bnbbtc@trade", context=context)
        assert reactor.seconds() - began >= 0.19
        await client.count(3)
        assert exchange.faults() == {}
        exchange.slow_tls(1000)
        client = self.dial("/ws/bnbbtc@trade", context=context)
        await pause(0.1)
        assert not client.opened
        exchange.clear()
        assert exchange.faults() == {}
        self.exchange()
        with pytest.raises(InvalidArgument, match="no TLS"):
            self.exchange().slow_tls(1)

    async def test_rest_is_well_again_by_itself(self):
        """A failure of REST that lasts so long is over then, unless another has taken its place."""
        exchange = self.exchange(rate=0)
        exchange.rest(down=502, lasting_s=0.05)
        assert (await self.http("GET", "/api/v3/ping")).status == 502
        while exchange.faults():
            await pause(0.01)
        assert (await self.http("GET", "/api/v3/ping")).status == 200
        exchange.rest(down=502, lasting_s=0.02)
        exchange.rest(down=503)
        await pause(0.05)
        assert (await self.http("GET", "/api/v3/ping")).status == 503

    async def test_what_cannot_be_is_refused(self):
        """Wrong arguments raise at once, and nothing is in force."""
        exchange = self.exchange({"tls": True})
        for call in (
            lambda: exchange.duplicate(times=0),
            lambda: exchange.delay(-1),
            lambda: exchange.slow_tls(-1),
            lambda: exchange.slow_tls(1, times=0),
            lambda: exchange.chaos(mean_s=0),
            lambda: exchange.chaos(kinds=["tea"]),
            lambda: exchange.chaos(kinds=[]),
        ):
            with pytest.raises(InvalidArgument):
                call()
        assert exchange.faults() == {}


class EndTests(SandboxTestCase):
    async def test_a_fault_is_ended_by_its_own_timer_only(self):
        """What ``clear`` or another call has taken away leaves no timer that ends what came after."""
        exchange = self.exchange(rate=0)
        before = len(exchange.timers)
        for begin in (
            lambda **options: exchange.quiet(**options),
            lambda **options: exchange.delay(1, **options),
            lambda **options: exchange.late_pings(1, **options),
            lambda **options: exchange.rest(down=502, **options),
        ):
            begin(lasting_s=1000)
            assert len(exchange.timers) == before + 1
            exchange.clear()
            assert len(exchange.timers) == before
            begin(lasting_s=0.02)
            exchange.clear()
            begin()
            await pause(0.05)
            assert exchange.faults() != {}
            exchange.clear()
        exchange.delay(1, lasting_s=0.02)
        exchange.delay(2)
        exchange.chaos(mean_s=1000, seconds=1000)
        exchange.chaos(mean_s=1000)
        await pause(0.05)
        assert exchange.faults() == {"delay": [[None, 2]], "chaos": True}
        exchange.clear()
        assert len(exchange.timers) == before

    async def test_each_stall_holds_for_itself(self):
        """A connection sends again once the last stall that holds it is over."""
        exchange = self.exchange(rate=3000)
        await self.connect("/ws/bnbbtc@trade")
        other = await self.connect("/ws/ethbtc@trade")
        before = len(exchange.timers)
        exchange.stall("bnbbtc@")
        exchange.stall(seconds=0.02, new=True)
        await until(lambda: exchange.faults() == {"stall": [1]})  # what was on its way before came meanwhile
        await other.more(1)
        exchange.stall("bnbbtc@", seconds=1000)
        assert exchange.resume("bnbbtc@") == 1
        assert exchange.faults() == {}
        assert len(exchange.timers) == before

    async def test_a_refused_call_leaves_nothing_in_force(self):
        """Arguments are checked before anything is done: kinds, whole and finite numbers, seconds from 0."""
        exchange = self.exchange(rate=0)
        for name, body in (
            ("quiet", '{"lasting_s":-1}'), ("quiet", '{"lasting_s":NaN}'), ("stall", '{"seconds":"1"}'),
            ("refuse", '{"times":1.5}'), ("fragments", '{"pieces":true}'), ("quiet", '{"match":"\\ud800"}'),
            ("chaos", '{"kinds":"cut"}'), ("quiet", "[" * 4000), ("quiet", '{"\\ud800":1}'),
            ("fragments", '{"pieces":1000000000}'), ("fragments", '{"pieces":1%s}' % ("0" * 5000)),
            ("delay", '{"seconds":1e300}'), ("skip", '{"times":1000001}'), ("chaos", '{"mean_s":1e-9}'),
            ("deposit", '{"asset":"BTC","amount":"%s"}' % ("9" * 4290)), ("refuse", '{"status":200}'),
        ):  # fmt: skip
            answer = await self.http("POST", f"/sandbox/{name}", body=body.encode())
            assert (answer.status, list(answer.json())) == (400, ["error"]), body
            assert exchange.faults() == {}

    async def test_malformed_messages_add_up(self):
        """A second call of ``malformed`` takes nothing away from the first."""
        exchange = self.exchange(rate=0)
        await self.connect("/ws/bnbbtc@trade")
        exchange.malformed("list", times=5)
        exchange.malformed("number", times=1)
        assert exchange.faults()["malformed"] == {"1": 4}

    async def test_a_delay_holds_whatever_came_before_it(self):
        """An older delay's timer takes nothing out of a later one, and a stall holds what waits."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws/bnbbtc@trade")

        def send(number):
            exchange.deliver("bnbbtc@trade", {"t": number})
            exchange.flush()

        exchange.delay(0.05)
        send(1)
        exchange.delay(0)
        exchange.delay(0.3)
        send(2)
        await pause(0.1)
        assert client.messages == [{"t": 1}]
        exchange.stall()
        exchange.delay(0)
        await pause(0.3)
        assert client.messages == [{"t": 1}]
        exchange.resume()
        assert await client.count(2) == [{"t": 1}, {"t": 2}]

    async def test_the_log_tells_what_new_connections_feel_and_old_ones_lost(self):
        """Quiet and fragments are told of new connections; losses once a connection or a stream ends."""
        exchange = self.exchange(rate=0)
        exchange.quiet("bnbbtc@")
        exchange.fragments()
        client = await self.connect("/ws/bnbbtc@trade")
        told = [(entry["fault"], entry["connections"]) for entry in exchange.fault_log]
        assert told[2:] == [("quiet", [1]), ("fragments", [1])]
        exchange.clear()
        exchange.reorder()
        exchange.deliver("bnbbtc@trade", {"e": "trade", "t": 7})
        await client.ask(method="UNSUBSCRIBE", params=["bnbbtc@trade"], id=1)
        assert touched(exchange, "dropped") == [7]
        await client.ask(method="SUBSCRIBE", params=["bnbbtc@trade"], id=2)
        exchange.stall()
        exchange.deliver("bnbbtc@trade", {"e": "trade", "t": 8})
        exchange.cut()
        assert exchange.fault_log[-1]["fault"] == "missed"
        assert exchange.fault_log[-1]["first"] == 8

    async def test_names_and_codes_that_cannot_be(self):
        """A unit behind a stream's name is no stream; a close has a code and whole characters."""
        exchange = self.exchange(rate=0)
        client = await self.connect("/ws")
        await client.ask(method="SUBSCRIBE", params=["bnbbtc@trade?timeUnit=MICROSECOND"], id=1)
        assert exchange.delivery.listeners == {}
        for code in (1004, 1005, 1006, 1015):
            with pytest.raises(InvalidArgument, match="close code"):
                exchange.cut(how="close", code=code)
        exchange.cut(how="close", reason="x" + "\u20ac" * 60)
        await client.until(lambda: client.lost is not None)
        assert client.ended[2] == "x" + "\u20ac" * 40


def test_the_kinds_of_chaos_have_one_order():
    """A set of kinds makes the plan that any other collection of them makes."""
    first, second = (islice(plan(1, 1, kinds), 50) for kinds in (CHAOS_KINDS, CHAOS_KINDS[::-1]))
    assert list(first) == list(second)


class ChaosTests(SandboxTestCase):
    async def test_chaos_does_what_its_plan_says(self):
        """Faults happen in the order of the plan, are in the state, and stop when told to."""
        exchange = self.exchange(rate=1000, symbols=["BNBBTC"], limits=NO_LIMITS)
        exchange.chaos(seed=3, mean_s=0.002)
        clients = []
        while len(exchange.chaos_state()["done"]) < 120:
            if len(exchange.open_connections) < 2:
                clients.append(self.dial("/ws/bnbbtc@trade"))
            await pause(0.01)
        done = exchange.stop_chaos()
        state = json.loads(json.dumps(exchange.state()))
        assert not state["chaos"]["running"]
        told = [(item["fault"], item["arguments"]) for item in state["chaos"]["done"]]
        assert told == [step[1:] for step in islice(plan(3, 0.002, None, ["BNBBTC"]), done)]
        assert {fault for fault, _ in told} == set(CHAOS_KINDS)
        assert any(item["touched"] for item in state["chaos"]["done"])
        assert {entry["fault"] for entry in state["fault_log"]} >= set(CHAOS_KINDS) - {"expire_listen_key"}
        await pause(0.05)
        assert len(exchange.chaos_state()["done"]) == done
        assert exchange.stop_chaos() == 0
        exchange.clear()
        assert exchange.faults() == {}
        assert any(client.payloads for client in clients)
        client = await self.connect("/ws/bnbbtc@trade")
        ids = [trade["t"] for trade in await client.count(50)]
        assert ids == list(range(ids[0], ids[0] + len(ids)))

    async def test_chaos_of_some_kinds_for_some_time(self):
        """Only the kinds named happen, and after so many seconds none."""
        exchange = self.exchange(rate=0)
        exchange.chaos(seed=1, mean_s=0.005, kinds=["server_shutdown"], seconds=0.1)
        assert exchange.faults() == {"chaos": True}
        client = await self.connect("/ws")
        await client.count(1)
        while exchange.faults():
            await pause(0.01)
        assert {item["fault"] for item in exchange.chaos_state()["done"]} == {"server_shutdown"}


@given(st.integers(), st.floats(0.01, 100))
def test_a_seed_has_one_plan(seed, mean_s):
    """The same seed plans the same faults, another seed others."""
    one, same, other = (list(islice(plan(s, mean_s, None, ["A", "B"]), 50)) for s in (seed, seed, seed + 1))
    assert one == same != other
    assert all(step.wait_s >= 0 for step in one)


@given(
    st.sampled_from(["duplicate", "reorder", "skip"]),
    st.integers(1, 5),
    st.sampled_from([None, "a@", "nobody"]),
    st.lists(NAMES, max_size=30),
)
def test_an_edit_touches_what_it_says_and_no_more(kind, times, match, streams):
    """Whatever comes, in the end each message went out as often as it should, others as they came."""
    edit, out, told = Edit(kind, match, times), [], []
    for number, stream in enumerate(streams):
        if edit.wants(stream):
            bodies, ids = edit.apply(stream, number, b"%d" % number)
            out += bodies
            told += ids
        else:
            out.append(b"%d" % number)
    meant = [n for n, stream in enumerate(streams) if match is None or match in stream]
    out = [int(body) for body in out + edit.release()]
    assert edit.over
    expected = {"duplicate": 2, "reorder": 1, "skip": 0}[kind]
    counts = Counter(out)
    if kind == "reorder":
        assert counts == Counter(range(len(streams)))
        assert set(told) <= set(meant)
    else:
        assert told == meant[:times]
        assert all(counts[n] == (expected if n in told else 1) for n in range(len(streams)))


def test_chaos_from_the_command_line():
    """``--chaos SEED`` begins with the program; limits and lives are options too."""
    command = [
        sys.executable, "-m", "binance.sandbox", "--chaos", "7", "--chaos-mean", "0.01", "--with-parent",
        "--limit", "streams=5", "--limit", "messages_per_s=none", "--lifetime", "none", "--flat-errors",
        "--quiet-symbols", "XRPUSDT",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split()[1]
        while True:
            with urllib.request.urlopen(f"{url}/sandbox/state", timeout=30) as response:
                state = json.load(response)
            if len(state["chaos"]["done"]) > 3:
                break
        process.stdin.close()
        assert process.wait(30) == 0
    assert state["chaos"]["seed"] == 7
    assert state["symbols"][-1] == "XRPUSDT"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limit", "colour=5"], "there is no limit 'colour'"),
        (["--limit", "streams=0"], "the limit streams is a number from 1 on"),
        (["--lifetime", "0"], "use seconds above 0"),
        (["--rate", "-1"], "use a finite number, 0 or more"),
        (["--speed", "0"], "use a finite number above 0"),
        (["--port", "99999"], "argument --port: '99999' cannot be; use 0 to 65535"),
        (["--port", "-1"], "argument --port: '-1' cannot be; use 0 to 65535"),
        (["--symbols", ""], "at least one symbol"),
        (["--symbols", "10001"], "use names, or a number from 1 to 10,000"),
    ],
)
def test_options_that_cannot_be_end_the_program(options, words):
    """Whatever option is wrong, the usage is shown, the last line says why, and the status is 2."""
    done = subprocess.run(
        [sys.executable, "-m", "binance.sandbox", *options], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("python -m binance.sandbox: error: ")
    assert words in last


def test_another_library_is_served_too():
    """A client built on ``websockets`` streams raw, combined and after SUBSCRIBE, without a hole."""
    client = pytest.importorskip("websockets.sync.client")
    with Sandbox(rate=3000, limits=Limits(messages_per_s=2)) as sandbox:
        url = f"ws://{sandbox.host}:{sandbox.port}"

        def check(messages):
            ids = [message["t"] for message in messages]
            assert ids == list(range(ids[0], ids[0] + len(ids)))

        with client.connect(f"{url}/ws/bnbbtc@trade", proxy=None) as raw:
            check([json.loads(raw.recv(30)) for _ in range(300)])
        with client.connect(f"{url}/stream?streams=bnbbtc@trade", proxy=None) as combined:
            messages = [json.loads(combined.recv(30)) for _ in range(300)]
            assert {message["stream"] for message in messages} == {"bnbbtc@trade"}
            check([message["data"] for message in messages])
        with client.connect(f"{url}/ws", proxy=None) as live:
            live.send('{"method":"SUBSCRIBE","params":["bnbbtc@trade"],"id":1}')
            assert json.loads(live.recv(30)) == {"result": None, "id": 1}
            check([json.loads(live.recv(30)) for _ in range(300)])
            live.ping().wait(30)
            with pytest.raises(Exception, match="1008"):
                while True:  # however slow the machine is, some time there are too many of them in a second
                    live.send('{"method":"NOPE","id":2}')
                    live.recv(30)


def test_the_handle_takes_every_option_and_fault():
    """Limits, lives and quiet symbols reach the child, and the newer faults are calls like the others."""
    with Sandbox(
        rate=100, quiet_symbols=["XRPUSDT"], lifetime_s=None, lifetime_end="close", flat_errors=True,
        limits=Limits(messages_per_s=None),
    ) as sandbox:  # fmt: skip
        assert sandbox.duplicate(times=2) == sandbox.skip() == sandbox.reorder() == 0
        assert sandbox.delay(0.5) == sandbox.late_pings(2) == sandbox.quiet(lasting_s=5) == 0
        assert sandbox.state()["faults"]["delay"] == [[None, 0.5]]
        with pytest.raises(InvalidArgument, match="no TLS"):
            sandbox.slow_tls(1)
        sandbox.chaos(2, 0.01, ["skip"])
        while not sandbox.state()["chaos"]["done"]:
            pass
        assert sandbox.stop_chaos() >= 1
        state = sandbox.state()
        assert state["symbols"][-1] == "XRPUSDT"
        assert [entry["fault"] for entry in state["fault_log"]][:3] == ["duplicate", "skip", "reorder"]
    assert "late_pings: connections [] seconds=2" in sandbox.log()


class RateTests(SandboxTestCase):
    timeout = 60

    async def test_ids_have_no_holes_at_a_rate(self):
        """Several thousand messages a second reach one client, every one of them, in order."""
        exchange = self.exchange(rate=5000, symbols=["BNBBTC"], record=True)
        client = await self.connect("/ws/bnbbtc@trade")
        await client.count(5000)
        ids = [json.loads(payload)["t"] for payload in client.payloads]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        assert exchange.sent["bnbbtc@trade"][: len(ids)] == ids
