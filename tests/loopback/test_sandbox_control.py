"""Faults of streams that are changed while they run: silence of one stream, control messages, late frames."""

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from binance.exceptions import InvalidArgument
from binance.sandbox.faults.plan import ASKED_KINDS, CHAOS_KINDS
from binance.sandbox.limits import NO_LIMITS

from ..sandbox_case import SandboxTestCase
from ..support import until

TRADE, OTHER = "bnbbtc@trade", "xbnbbtc@trade"


def pause(seconds):
    """Wait in the test's reactor."""
    waited = Deferred()
    reactor.callLater(seconds, waited.callback, None)
    return waited


def entries(exchange, fault):
    """The entries of the log of one fault, without their times."""
    return [
        {name: value for name, value in entry.items() if name not in ("time_ms", "fault")}
        for entry in exchange.fault_log
        if entry["fault"] == fault
    ]


class StillTestCase(SandboxTestCase):
    """An exchange on which nothing happens but what a test sends."""

    def still(self, **options):
        self.sent_exchange = self.exchange(rate=0, limits=NO_LIMITS, **options)
        return self.sent_exchange

    def send(self, number, *streams):
        for stream in streams:
            self.sent_exchange.deliver(stream, {"e": "trade", "t": number})
        self.sent_exchange.flush()

    async def subscribe(self, client, number, *streams, method="SUBSCRIBE"):
        return await client.ask(method=method, params=list(streams), id=number)


class QuietTests(StillTestCase):
    async def test_one_stream_falls_silent_where_it_is_open_now(self):
        """With new=False a stream is silent where it is open now, its losses logged; a new one has it."""
        exchange = self.still()
        client = await self.connect(f"/stream?streams={TRADE}/{OTHER}")
        assert exchange.quiet("=" + TRADE, new=False) == 1
        assert exchange.faults() == {"quiet_open": [["=" + TRADE, [1]]]}
        other = await self.connect(f"/stream?streams={TRADE}/{OTHER}")
        for number in (1, 2):
            self.send(number, TRADE, OTHER)
        assert [m["stream"] for m in await client.count(2)] == [OTHER, OTHER]
        assert [m["data"]["t"] for m in await other.count(4)] == [1, 1, 2, 2]
        exchange.cut("#1")
        assert entries(exchange, "missed") == [
            {"connections": [1], "stream": TRADE, "count": 2, "first": 1, "last": 2}
        ]
        assert exchange.faults() == {}

    async def test_its_end_brings_the_stream_back_with_a_gap(self):
        """After lasting_s the stream goes on with the next id; it ends with its last connection, too."""
        exchange = self.still()
        timers = len(exchange.timers)
        client = await self.connect(f"/ws/{TRADE}")
        exchange.quiet("=" + TRADE, lasting_s=0.02, new=False)
        self.send(1, TRADE)
        await until(lambda: exchange.faults() == {})
        self.send(2, TRADE)
        assert [m["t"] for m in await client.count(1)] == [2]
        exchange.quiet(lasting_s=1000, new=False)
        assert len(exchange.timers) == timers + 1
        exchange.cut()
        await client.until(lambda: client.lost is not None)
        assert exchange.faults() == {}
        assert len(exchange.timers) == timers
        assert exchange.quiet("=" + TRADE, new=False) == 0
        assert exchange.faults() == {}

    async def test_a_name_can_be_meant_as_a_whole(self):
        """``=`` and a name is that stream alone, in microseconds too, whatever the fault."""
        exchange = self.still()
        client = await self.connect(f"/stream?streams={TRADE}/{OTHER}&timeUnit=MICROSECOND")
        await self.connect(f"/ws/{OTHER}")
        assert [exchange.quiet("=" + TRADE), exchange.skip("=" + OTHER)] == [1, 2]
        assert exchange.quiet("=bnbbtc@") == 0
        for number in (1, 2):
            self.send(number, *(f"{name}?timeUnit=MICROSECOND" for name in (TRADE, OTHER)))
        assert [m["data"]["t"] for m in await client.count(1)] == [2]
        assert exchange.connections[0].sent == 1


class ControlTests(StillTestCase):
    async def test_a_message_is_refused(self):
        """It is answered with the error that was chosen, in either shape, with null as its id; not obeyed."""
        exchange = self.still()
        client = await self.connect("/ws")
        exchange.control(times=1)
        exchange.control(times=1, code=4, message="Too many subscriptions", shape="flat")
        exchange.control(times=1, null_id=True)
        assert [rule["times"] for rule in exchange.faults()["control"]] == [1, 1, 1]
        error = {"code": 2, "msg": "Invalid request: invalid stream"}
        assert await self.subscribe(client, 1, TRADE) == {"error": error, "id": 1}
        flat = {"code": 4, "msg": "Too many subscriptions", "id": 2}
        assert await self.subscribe(client, 2, TRADE) == flat
        client.sendMessage(b'{"method":"SUBSCRIBE","params":["%s"],"id":3}' % TRADE.encode())
        assert (await client.count(3))[2] == {"error": error, "id": None}
        assert exchange.faults() == {}
        assert exchange.connections[0].streams == {}
        assert await self.subscribe(client, 4, TRADE) == {"result": None, "id": 4}
        assert entries(exchange, "controlled") == [
            {"connections": [1], "how": "refuse", "method": "SUBSCRIBE", "streams": 1, "id": number}
            for number in (1, 2, 3)
        ]

    async def test_the_shape_of_a_refusal_is_the_exchange_s(self):
        """Without a choice the error has the shape that the exchange's errors have."""
        exchange = self.still(flat_errors=True)
        client = await self.connect("/ws")
        exchange.control(code=-1121, message="Invalid symbol.")
        assert await self.subscribe(client, 1, TRADE) == {"code": -1121, "msg": "Invalid symbol.", "id": 1}

    async def test_one_bad_name_has_all_names_refused(self):
        """A frame with the name is refused as a whole, one without it is obeyed; other methods are, too."""
        exchange = self.still()
        client = await self.connect("/ws")
        exchange.control(stream="bad@trade")
        assert "error" in await self.subscribe(client, 1, TRADE, "bad@trade", OTHER)
        assert "error" in await self.subscribe(client, 2, "bad@trade", OTHER)
        assert "error" in await self.subscribe(client, 3, "bad@trade")
        assert "error" not in await self.subscribe(client, 4, TRADE, "bad@trade2")
        assert "error" not in await client.ask(method="SET_PROPERTY", params=["combined", True], id=5)
        assert (await client.ask(method="LIST_SUBSCRIPTIONS", id=6))["result"] == [TRADE, "bad@trade2"]

    async def test_a_message_is_not_answered(self):
        """``"ignore"`` does nothing, ``"unanswered"`` does what was asked; neither answers."""
        exchange = self.still()
        client = await self.connect("/ws")
        exchange.control("ignore", times=1)
        exchange.control("unanswered", times=1, method="SUBSCRIBE")
        exchange.control("unanswered", times=1, method="UNSUBSCRIBE", match="#1")
        listed = []
        for number, method in enumerate(("SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE")):
            client.sendMessage(b'{"method":"%s","params":["%s"],"id":9}' % (method.encode(), TRADE.encode()))
            listed.append((await client.ask(method="LIST_SUBSCRIPTIONS", id=number))["result"])
        assert listed == [[], [TRADE], []]
        assert len(client.payloads) == 3
        assert exchange.faults() == {}

    async def test_a_message_is_answered_late(self):
        """It is obeyed at once, so that messages come before the answer; a refusal can be late as well."""
        exchange = self.still()
        client = await self.connect(f"/ws/{OTHER}")
        exchange.control("late", times=1, seconds=0.05)
        exchange.control("refuse", seconds=0.05)
        client.sendMessage(b'{"method":"SUBSCRIBE","params":["%s"],"id":1}' % TRADE.encode())
        client.sendMessage(b'{"method":"SUBSCRIBE","params":["more@trade"],"id":2}')
        await until(lambda: len(entries(exchange, "controlled")) == 2)
        self.send(1, TRADE, "more@trade")
        messages = await client.count(3)
        assert [m.get("t", m.get("id")) for m in messages] == [1, 1, 2]
        assert [next(iter(m)) for m in messages] == ["e", "result", "error"]

    async def test_an_answer_due_in_a_stall_or_after_the_end_never_comes(self):
        """Late answers of a stalled connection are logged as unanswered; those of a closed one are lost."""
        exchange = self.still()
        client = await self.connect("/ws")
        exchange.control("late", seconds=0.03)
        ask = b'{"method":"SUBSCRIBE","params":["%s"],"id":1}' % TRADE.encode()
        client.sendMessage(ask)
        await until(lambda: entries(exchange, "controlled"))
        exchange.stall()
        await until(lambda: entries(exchange, "unanswered"))
        exchange.resume()
        assert (await self.subscribe(client, 2, "/"))["id"] == 2
        assert [m["id"] for m in client.messages] == [2]
        client.sendMessage(ask)
        await until(lambda: len(entries(exchange, "controlled")) == 3)
        exchange.cut(how="close")
        await client.until(lambda: client.lost is not None)
        await pause(0.05)
        assert len(client.payloads) == 1

    async def test_its_own_errors_stay(self):
        """What is wrong in itself has its own error, and uses up none of a fault's times."""
        exchange = self.still()
        client = await self.connect("/ws")
        exchange.control("unanswered", times=1)
        reply = await client.ask(method="SUBSCRIBE", params=[7], id=1)
        assert reply["error"]["msg"] == "Invalid request: a stream name must be a string"
        assert exchange.faults()["control"][0]["times"] == 1

    async def test_it_ends(self):
        """``"obey"`` and ``clear`` end it, and lasting_s, which leaves no timer behind."""
        exchange = self.still()
        timers = len(exchange.timers)
        for end in (lambda: exchange.control("obey"), exchange.clear):
            exchange.control("ignore", lasting_s=1000)
            end()
            assert exchange.faults() == {}
            assert len(exchange.timers) == timers
        exchange.control("ignore", lasting_s=0.01)
        await until(lambda: exchange.faults() == {})
        client = await self.connect("/ws")
        exchange.control("ignore", times=1, lasting_s=1000)
        client.sendMessage(b'{"method":"SUBSCRIBE","params":[],"id":1}')
        await until(lambda: exchange.faults() == {})
        assert len(exchange.timers) == timers
        for wrong in ({"how": "forget"}, {"code": 10**6}, {"method": "LIST_SUBSCRIPTIONS"}, {"seconds": -1}):
            with pytest.raises(InvalidArgument):
                exchange.control(**wrong)


class LateFrameTests(StillTestCase):
    async def leave(self, path, times, **options):
        """Connect, unsubscribe the trades with so many late frames, and send three of each stream."""
        exchange = self.still(**options)
        client = await self.connect(path)
        exchange.late_frames(times)
        await self.subscribe(client, 1, TRADE, method="UNSUBSCRIBE")
        assert TRADE not in exchange.connections[0].streams
        for number in (1, 2, 3):
            self.send(number, TRADE, OTHER)
        return exchange, client

    async def test_a_stream_goes_on_behind_the_answer(self):
        """So many messages come after the answer, in the form that they had, and each is logged."""
        exchange, client = await self.leave(f"/stream?streams={TRADE}/{OTHER}", 2)
        reply, *messages = await client.count(6)
        assert reply == {"result": None, "id": 1}
        came = [(m["stream"], m["data"]["t"]) for m in messages]
        assert came == [(TRADE, 1), (OTHER, 1), (TRADE, 2), (OTHER, 2), (OTHER, 3)]
        assert [entry["ids"] for entry in entries(exchange, "late_frame")] == [[1], [2]]
        await until(lambda: TRADE not in exchange.delivery.listeners)
        assert exchange.connections[0].outbox.plain

    async def test_a_stream_subscribed_again_comes_once(self):
        """Late frames still to come are over with SUBSCRIBE; each message comes once from then on."""
        exchange, client = await self.leave(f"/ws/{TRADE}/{OTHER}", 100)
        assert exchange.faults() == {"late_frames": [None, 100]}
        await self.subscribe(client, 2, TRADE)
        assert exchange.delivery.listeners[TRADE] == 1
        self.send(4, TRADE)
        await client.until(lambda: client.messages[-1].get("t") == 4)
        await self.subscribe(client, 3)
        assert [m["t"] for m in client.messages if "t" in m].count(4) == 1
        assert exchange.connections[0].outbox.plain

    async def test_they_end(self):
        """``clear``, 0 and the end of the connection end them, and other streams have none."""
        exchange, client = await self.leave(f"/ws/{TRADE}/{OTHER}", 100)
        exchange.late_frames(0)
        assert exchange.faults() == {}
        assert TRADE not in exchange.delivery.listeners
        exchange.late_frames(1, "=" + OTHER)
        await self.subscribe(client, 2, TRADE)
        await self.subscribe(client, 3, TRADE, method="UNSUBSCRIBE")
        assert TRADE not in exchange.delivery.listeners
        await self.subscribe(client, 4, OTHER, method="UNSUBSCRIBE")
        assert exchange.delivery.listeners == {OTHER: 1}
        exchange.cut()
        assert exchange.delivery.listeners == {}
        exchange.late_frames(1, lasting_s=0.01)
        await until(lambda: exchange.faults() == {})

    async def test_a_message_held_back_is_lost_with_its_stream_in_microseconds_too(self):
        """What ``reorder`` holds back of an unsubscribed stream never comes, whatever the unit of time."""
        exchange = self.still()
        client = await self.connect(f"/ws/{TRADE}?timeUnit=MICROSECOND")
        exchange.reorder()
        self.send(7, f"{TRADE}?timeUnit=MICROSECOND")
        await self.subscribe(client, 1, TRADE, method="UNSUBSCRIBE")
        assert [entry["ids"] for entry in entries(exchange, "dropped")] == [[7]]
        exchange.clear()
        await self.subscribe(client, 2)
        assert [m["id"] for m in client.messages] == [1, 2]


class ChaosTests(StillTestCase):
    async def test_chaos_of_control_messages_has_to_be_asked_for(self):
        """It is not among the kinds of default; named, it leaves one message unanswered or late."""
        assert set(ASKED_KINDS).isdisjoint(CHAOS_KINDS)
        exchange = self.still()
        exchange.chaos(seed=1, mean_s=0.001, kinds=ASKED_KINDS)
        await until(lambda: len(exchange.chaos_state()["done"]) > 50)
        exchange.stop_chaos()
        done = exchange.chaos_state()["done"]
        assert {step["fault"] for step in done} == set(ASKED_KINDS)
        hows = {step["arguments"]["how"] for step in done if step["fault"] == "control"}
        assert hows == {"ignore", "unanswered", "late"}
        assert {step["arguments"]["times"] for step in done if step["fault"] == "control"} == {1}
