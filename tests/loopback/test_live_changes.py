"""subscribe and unsubscribe on sockets that run: the others lose nothing, and what was asked for comes into force."""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.threads import deferToThread

from binance.client import Client
from binance.exceptions import InvalidArgument, InvalidStream
from binance.sandbox.limits import NO_LIMITS, Limits

from ..sandbox_case import StreamsCase
from ..support import Recorder, turns, until

TRADE, OTHER, THIRD = "bnbbtc@trade", "ethbtc@trade", "bnbbtc@aggTrade"
KEY = "mine"


class LiveCase(StreamsCase):
    """One socket of some streams by the key :data:`KEY`."""

    def setUp(self):
        super().setUp()
        self.quick(retries_s=(0.02,) * 5, request_s=0.3, messages=1000, move_again_s=0.05)

    async def start(self, *streams, limits=NO_LIMITS, callback=None, exchange=None, **options):
        self.exchange_here(limits=limits, **(exchange or {}))
        self.bm = self.manager(lifetime_s=None, **options)
        self.bm.start_multiplex_socket(streams, self.got if callback is None else callback, name=KEY)
        await until(lambda: "connected" in self.events.kinds())
        return self.bm

    def ids(self, stream=TRADE, field="t"):
        return [message["data"][field] for message in self.got if message["stream"] == stream]

    async def more(self, stream=TRADE, count=3):
        """Wait for so many messages more."""
        before = len(self.ids(stream, "E"))
        await until(lambda: len(self.ids(stream, "E")) >= before + count)

    def whole(self, stream=TRADE):
        """No id is missing between the first and the last."""
        ids = self.ids(stream)
        assert ids == list(range(ids[0], ids[-1] + 1)), ids

    def told(self, kind):
        """The streams that events of a kind have named, in order."""
        return [name for info in self.events.of(kind) for name in info["streams"]]


class Changes(LiveCase):
    """Nothing else happens."""

    async def test_the_other_streams_lose_nothing(self):
        """Streams come and go; each of the others' ids comes once, on the same connection."""
        bm = await self.start(TRADE)
        for _ in range(3):
            bm.subscribe(KEY, [OTHER.upper().replace("TRADE", "trade"), THIRD])
            assert bm.streams(KEY) == [TRADE, OTHER, THIRD]
            await self.more(OTHER)
            await self.in_force(bm, KEY)
            bm.unsubscribe(KEY, [OTHER, THIRD])
            assert bm.streams(KEY) == [TRADE]
            await self.in_force(bm, KEY)
            await until(lambda: self.told("unsubscribed") == self.told("subscribed"))
        await self.more()
        self.whole()
        assert len(self.exchange.dials) == 1
        assert self.told("subscribed") == [OTHER, THIRD] * 3
        assert set(self.events.kinds()) == {"connecting", "connected", "subscribed", "unsubscribed"}
        assert all(0 <= info["seconds"] < 20 for info in self.events.of("subscribed"))

    async def test_the_new_set_survives_a_cut(self):
        """The next connection has what was added in its URL, and not what was removed."""
        bm = await self.start(TRADE, OTHER)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        await self.in_force(bm, KEY)
        self.exchange.cut()
        await until(lambda: self.events.kinds().count("connected") == 2)
        assert self.carried() == sorted([TRADE, THIRD])
        assert self.exchange.dials[-1][1].endswith(f"?streams={TRADE}/{THIRD}")
        await self.more(THIRD)

    async def test_the_new_set_survives_a_planned_move(self):
        """As a cut does it, and without a gap."""
        bm = await self.start(TRADE, OTHER, handover_s=0.3)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        await self.more()
        await self.in_force(bm, KEY)
        self.exchange.server_shutdown()
        await until(lambda: "rotated" in self.events.kinds())
        await self.in_force(bm, KEY)
        await self.more()
        self.whole()
        assert "gap" not in self.events.kinds()

    async def test_during_an_outage(self):
        """What is asked for meanwhile comes with the next connection, and is reported then."""
        bm = await self.start(TRADE, OTHER, max_retries=None)
        self.exchange.refuse()
        self.exchange.cut()
        await until(lambda: "retrying" in self.events.kinds())
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        await until(lambda: "unsubscribed" in self.events.kinds())
        assert "subscribed" not in self.events.kinds()
        self.exchange.accept()
        await until(lambda: "subscribed" in self.events.kinds())
        await self.in_force(bm, KEY)
        assert self.told("subscribed") == [THIRD] and self.told("unsubscribed") == [OTHER]
        assert self.exchange.limits()["control_messages"] == 0
        await self.more(THIRD)

    async def test_before_start(self):
        """A manager that is not started only keeps what is asked for."""
        self.exchange_here(limits=NO_LIMITS)
        bm = self.manager()
        bm.close()
        await turns()
        bm.start_multiplex_socket([TRADE, OTHER], self.got, name=KEY)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        assert bm.streams(KEY) == [TRADE, THIRD]
        await turns()
        assert not self.exchange.dials
        bm.start()
        await self.in_force(bm, KEY)
        [(_, path)] = self.exchange.dials
        assert path.endswith(f"?streams={TRADE}/{THIRD}")
        await self.more(THIRD)
        assert {message["stream"] for message in self.got} <= {TRADE, THIRD}

    async def test_from_other_threads(self):
        """A call returns at once there, too; what several threads ask for adds up."""
        bm = await self.start(TRADE)
        names = [f"ethbtc@kline_{interval}" for interval in ("1m", "3m", "5m", "15m", "30m", "1h")]
        await until(lambda: True)
        done = [deferToThread(bm.subscribe, KEY, [name]) for name in names]
        done += [deferToThread(bm.unsubscribe, KEY, [TRADE])]
        for one in done:
            await one
        assert sorted(bm.streams(KEY)) == sorted(names)
        await self.in_force(bm, KEY)

    async def test_from_on_event(self):
        """The handler of one event changes what comes next."""

        def on_event(event):
            self.events(event)
            if event.kind == "connected":
                self.bm.subscribe(KEY, [OTHER])
            elif event.kind == "subscribed":
                self.bm.unsubscribe(KEY, [TRADE])

        self.exchange_here(limits=NO_LIMITS)
        self.bm = self.manager(on_event=on_event)
        self.bm.start_multiplex_socket([TRADE], self.got, name=KEY)
        await until(lambda: "unsubscribed" in self.events.kinds())
        await self.in_force(self.bm, KEY)
        assert self.bm.streams(KEY) == [OTHER]

    async def test_nothing_comes_after_an_unsubscribe_inside_the_callback(self):
        """Not even what came in the same batch; the others of the batch come."""
        got = self.got

        def callback(message):
            got.append(message)
            if message["stream"] == TRADE and TRADE in self.bm.streams(KEY):
                self.bm.unsubscribe(KEY, [TRADE])

        bm = await self.start(OTHER, callback=callback, exchange={"rate": 0})
        bm.subscribe(KEY, [TRADE])
        await self.in_force(bm, KEY)
        for number in range(1, 6):
            for stream in (OTHER, TRADE):
                self.exchange.deliver(stream, {"e": "trade", "E": 1, "t": number})
        self.exchange.flush()
        await until(lambda: len(self.ids(OTHER)) == 5)
        await self.in_force(bm, KEY)
        assert self.ids(TRADE) == [1]
        assert self.ids(OTHER) == [1, 2, 3, 4, 5]
        assert bm.stats(KEY)["messages"] == 6

    async def test_a_callback_swaps_one_stream_for_another(self):
        """subscribe inside a callback: the new stream comes, the old one does not."""
        swapped = []

        def callback(message):
            self.got.append(message)
            if message["stream"] == TRADE and not swapped:
                swapped.append(len(self.got))
                self.bm.subscribe(KEY, [OTHER])
                self.bm.unsubscribe(KEY, [TRADE])

        await self.start(TRADE, callback=callback)
        await until(lambda: OTHER in self.told("subscribed"))
        await self.more(OTHER)
        assert {message["stream"] for message in self.got[swapped[0] :]} == {OTHER}

    async def test_late_frames_are_dropped(self):
        """What the exchange still sends after its answer reaches nobody, and counts for nothing."""
        bm = await self.start(TRADE, OTHER)
        await self.more()
        self.exchange.late_frames(5)
        bm.unsubscribe(KEY, [TRADE])
        await turns(1)
        before = len(self.ids())
        await until(lambda: any(entry["fault"] == "late_frame" for entry in self.exchange.fault_log))
        await self.more(OTHER, 20)
        assert len(self.ids()) == before
        assert bm.stats(KEY)["gaps"] == 0

    async def test_subscribed_again_at_once(self):
        """A new sequence begins: what was left out in between is no gap, and nothing comes twice."""
        bm = await self.start(TRADE, OTHER)
        for _ in range(5):
            await self.more()
            bm.unsubscribe(KEY, [TRADE])
            bm.subscribe(KEY, [TRADE])
        await self.more()
        await self.in_force(bm, KEY)
        ids = self.ids()
        assert ids == sorted(set(ids))
        self.whole(OTHER)
        assert "gap" not in self.events.kinds()
        assert bm.stats(KEY)["duplicates"] == 0

    async def test_what_is_there_already_or_not_there_is_ignored(self):
        """No message to the exchange, no event, and nothing raised."""
        bm = await self.start(TRADE)
        bm.subscribe(KEY, [TRADE, TRADE.upper().replace("TRADE", "trade")])
        bm.subscribe(KEY, [])
        bm.unsubscribe(KEY, [OTHER])
        bm.unsubscribe(KEY, [])
        await self.more()
        assert bm.streams(KEY) == [TRADE] == self.carried()
        assert self.exchange.limits()["control_messages"] == 0
        assert self.events.kinds() == ["connecting", "connected"]

    async def test_wrong_arguments_raise_and_change_nothing(self):
        """Unknown keys, keys of one stream and of an account, and names that cannot be."""
        self.exchange_here(limits=NO_LIMITS)
        client = Client("someone", "secret", endpoints=self.endpoints)
        bm = self.manager(client)
        bm.start_multiplex_socket([TRADE], self.got, name=KEY)
        raw = bm.start_trade_socket("ETHBTC", self.got)
        user = bm.start_user_socket(self.got)
        await until(lambda: self.events.kinds().count("connected") == 3)
        for call in (bm.subscribe, bm.unsubscribe):
            for key in ("unknown", raw, user, False, None):
                with self.assertRaises(InvalidArgument):
                    call(key, [OTHER])
            for names in (OTHER, [OTHER, "no stream"], [OTHER, 7], None, [OTHER, "a" * 60], [""]):
                with self.assertRaises(InvalidStream):
                    call(KEY, names)
        for key in ("unknown", user, False):
            with self.assertRaises(InvalidArgument):
                bm.streams(key)
        assert bm.streams(raw) == [OTHER]
        assert bm.streams(KEY) == [TRADE]
        await turns()
        assert self.exchange.limits()["control_messages"] == 0

    async def test_a_key_without_streams_stays(self):
        """Its connection is closed, its key is taken; the next subscribe connects again."""
        bm = await self.start(TRADE, OTHER)
        bm.unsubscribe(KEY, [TRADE, OTHER])
        await until(lambda: not self.exchange.open_connections)
        await until(lambda: "disconnected" in self.events.kinds())
        assert bm.streams(KEY) == []
        assert bm.start_multiplex_socket([TRADE], self.got, name=KEY) is False
        assert bm.stats(KEY)["connected_since"] is None
        assert self.told("unsubscribed") == [TRADE, OTHER]
        before = len(self.got)
        await turns()
        assert len(self.got) == before
        bm.subscribe(KEY, [THIRD])
        await self.more(THIRD)
        await self.in_force(bm, KEY)
        assert bm.stats(KEY)["messages"] == len(self.got)
        bm.unsubscribe(KEY, [THIRD])
        await until(lambda: not self.exchange.open_connections)
        bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY))
        assert self.events.kinds()[-1] == "disconnected"
        assert bm.start_multiplex_socket([TRADE], self.got, name=KEY) == KEY
        await self.in_force(bm, KEY)

    async def test_a_socket_may_begin_without_streams(self):
        """If it has a name; and end without ever having had a connection."""
        self.exchange_here(limits=NO_LIMITS)
        bm = self.manager()
        with self.assertRaises(InvalidStream):
            bm.start_multiplex_socket([], self.got)
        for key in (KEY, "other"):
            assert bm.start_multiplex_socket([], self.got, name=key) == key
        await turns()
        bm.stop_socket("other")
        await until(lambda: "disconnected" in self.events.kinds("other"))
        bm.subscribe(KEY, [TRADE])
        await self.more()
        assert len(self.exchange.dials) == 1

    async def test_a_name_that_may_be_another_socket_s_key_is_refused(self):
        """Nothing is claimed."""
        self.exchange_here(limits=NO_LIMITS)
        bm = self.manager()
        for name in ("", "user", "margin", "a@b", "a:b", "a=b", "a#1", "a/b", "a" * 61, 7):
            with self.assertRaises(InvalidArgument):
                bm.start_multiplex_socket([TRADE], self.got, name=name)
        assert bm.stats() == {}
        assert bm.start_multiplex_socket([TRADE], self.got, name="all trades") == "all trades"
        assert bm.start_multiplex_socket([OTHER], self.got, name="all trades") is False
        assert bm.streams("all trades") == [TRADE]
