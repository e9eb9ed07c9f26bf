"""subscribe and unsubscribe on sockets that run: it comes into force, and the other streams lose nothing."""

from __future__ import annotations

from twisted.internet.threads import deferToThread

from binance.client import Client
from binance.exceptions import InvalidArgument, InvalidStream
from binance.sandbox.limits import NO_LIMITS, Limits

from ..sandbox_case import StreamsCase
from ..support import turns, until

TRADE, OTHER, THIRD = "bnbbtc@trade", "ethbtc@trade", "bnbbtc@aggTrade"
KEY = "mine"


class LiveCase(StreamsCase):
    timeout = 8
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

    def whole_with_gaps(self, stream=TRADE):
        """Each id between the first and the last came, or was named by a gap, once."""
        gaps = [info for info in self.events.of("gap") if info["stream"] == stream]
        ids = self.ids(stream) + [n for gap in gaps for n in range(gap["first"], gap["last"] + 1)]
        assert sorted(ids) == list(range(min(ids), max(ids) + 1)), (ids, gaps)

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

    async def test_a_callback_that_removes_all_and_begins_again(self):
        """A new connection is made while the old one is being closed; nothing comes twice."""

        def callback(message):
            self.got.append(message)
            if len(self.got) % 10 == 0 and len(self.got) <= 50:
                self.bm.unsubscribe(KEY, self.bm.streams(KEY))
                self.bm.subscribe(KEY, [TRADE, OTHER])

        bm = await self.start(TRADE, OTHER, callback=callback)
        await until(lambda: len(self.got) > 60)
        await until(lambda: len(self.exchange.open_connections) == 1)
        await self.in_force(bm, KEY)
        assert self.events.kinds().count("connected") == 6
        for stream in (TRADE, OTHER):
            assert self.ids(stream) == sorted(set(self.ids(stream)))
        assert "gap" not in self.events.kinds()

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


class Answers(LiveCase):
    """The exchange refuses, is late, or does not answer."""

    NAMES = tuple(f"ethbtc@kline_1m@{sign}{hour:02}:00" for sign in "+-" for hour in range(1, 13))
    BAD = "bad@trade"

    async def test_one_bad_name_among_many_is_found(self):
        """Frames that are refused are halved; the others are subscribed, and only that name leaves."""
        bm = await self.start(TRADE)
        self.exchange.control("refuse", stream=self.BAD, code=-1121, message="Invalid symbol.")
        names = [*self.NAMES, self.BAD, *(f"{name}x" for name in self.NAMES)]
        bm.subscribe(KEY, names)
        await until(lambda: "refused" in self.events.kinds())
        await self.in_force(bm, KEY)
        assert self.events.of("refused") == [
            {"code": -1121, "message": "Invalid symbol.", "streams": [self.BAD]}
        ]
        others = [name for name in names if name != self.BAD]
        assert "unsubscribed" not in self.events.kinds()
        assert bm.streams(KEY) == [TRADE, *others]
        await until(lambda: len(self.told("subscribed")) == len(others))
        assert sorted(self.told("subscribed")) == sorted(others)
        assert self.exchange.limits()["control_messages"] <= 14  # 1 + 2 log2(49)
        assert len(self.exchange.dials) == 1
        await self.more()
        self.whole()
        bm.unsubscribe(KEY, [self.BAD])
        self.exchange.clear()
        bm.subscribe(KEY, [self.BAD])
        await until(lambda: self.BAD in self.told("subscribed"))

    async def test_errors_in_either_form_and_without_an_id(self):
        """One request is unanswered at a time: an error without an id is about that."""
        bm = await self.start(TRADE)
        for shape in ("nested", "flat"):
            for null_id in (False, True):
                before = len(self.events.of("refused"))
                self.exchange.control("refuse", times=1, shape=shape, null_id=null_id)
                bm.subscribe(KEY, [OTHER])
                await until(lambda before=before: len(self.events.of("refused")) > before)
                assert self.events.of("refused")[-1]["streams"] == [OTHER]
                assert self.events.of("refused")[-1]["code"] == 2
                assert bm.streams(KEY) == [TRADE] == self.carried()
        bm.subscribe(KEY, [OTHER])
        await self.more(OTHER)
        assert len(self.exchange.dials) == 1

    async def test_a_refused_unsubscribe_delivers_nothing_all_the_same(self):
        """The name has left; messages that the exchange goes on sending are dropped."""
        bm = await self.start(TRADE, OTHER)
        await self.more()
        self.exchange.control("refuse", method="UNSUBSCRIBE", times=1)
        bm.unsubscribe(KEY, [TRADE])
        await until(lambda: self.told("unsubscribed") == [TRADE])
        before = len(self.ids())
        await self.more(OTHER, 10)
        assert len(self.ids()) == before
        assert bm.streams(KEY) == [OTHER]
        assert self.events.of("refused") == []

    async def test_a_request_that_is_lost_is_made_again(self):
        """Once; then all is well."""
        bm = await self.start(TRADE)
        self.exchange.control("ignore", times=1)
        bm.subscribe(KEY, [OTHER])
        await self.more(OTHER)
        await until(lambda: self.told("subscribed") == [OTHER])
        assert self.exchange.limits()["control_messages"] == 2
        assert len(self.exchange.dials) == 1
        self.whole()

    async def test_an_answer_that_is_lost_is_asked_for_again(self):
        """The exchange has done it: nothing comes twice."""
        bm = await self.start(TRADE)
        self.exchange.control("unanswered", times=1)
        bm.subscribe(KEY, [OTHER])
        await self.more(OTHER)
        assert "subscribed" not in self.events.kinds()
        await until(lambda: self.told("subscribed") == [OTHER])
        await self.more(OTHER)
        self.whole(OTHER)
        assert bm.stats(KEY)["duplicates"] == 0

    async def test_a_connection_that_never_answers_is_left_for_another(self):
        """Asked twice; then the next connection carries all, and what was missed is named."""
        bm = await self.start(TRADE, OTHER)
        await self.more()
        self.exchange.control("ignore", match="#1")
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        await until(lambda: self.events.kinds().count("connected") == 2)
        await self.in_force(bm, KEY)
        assert self.exchange.limits()["control_messages"] == 2
        [lost] = self.events.of("disconnected")
        assert "sent twice" in lost["reason"] and lost["retry"] is True
        assert self.told("subscribed") == [THIRD] and self.told("unsubscribed") == [OTHER]
        await self.more(THIRD)
        await self.more()
        self.whole_with_gaps()

    async def test_a_late_answer_of_the_first_request_counts_for_nothing(self):
        """It comes behind the second request, which is answered, too."""
        bm = await self.start(TRADE)
        self.exchange.control("late", times=1, seconds=0.4)
        bm.subscribe(KEY, [OTHER])
        await until(lambda: self.told("subscribed") == [OTHER])
        bm.unsubscribe(KEY, [OTHER])
        await until(lambda: self.told("unsubscribed") == [OTHER])
        await self.in_force(bm, KEY)
        await self.more(count=20)
        self.whole()
        assert all("stream" in message for message in self.got)
        assert len(self.exchange.dials) == 1

    async def test_what_comes_and_goes_while_an_answer_is_awaited_is_told_of_as_it_is(self):
        """A stream that is removed and added meanwhile goes on; a cut afterwards does not end it."""
        bm = await self.start(TRADE)
        self.exchange.control("late", times=1, seconds=0.1)
        bm.subscribe(KEY, [OTHER])
        bm.unsubscribe(KEY, [TRADE])
        bm.subscribe(KEY, [TRADE])
        await until(lambda: OTHER in self.told("subscribed"))
        self.exchange.cut()
        await until(lambda: self.events.kinds().count("connected") == 2)
        await self.in_force(bm, KEY)
        last = {
            name: event.kind
            for event in self.events
            if event.kind in ("subscribed", "unsubscribed")
            for name in event.info["streams"]
        }
        assert last == {TRADE: "subscribed", OTHER: "subscribed"}

    async def test_changes_wait_for_the_budget_of_messages(self):
        """Twenty changes in a row are few messages, and no limit of the exchange is violated."""
        self.quick(messages=5)
        bm = await self.start(TRADE, limits=Limits())
        for number in range(20):
            bm.subscribe(KEY, self.NAMES[number : number + 3])
            bm.unsubscribe(KEY, [self.NAMES[number]])
            await turns(1)
        await self.in_force(bm, KEY)
        self.kept_to_the_limits()
        await self.more()
        self.whole()
        assert len(self.exchange.dials) == 1


class InMoves(LiveCase):
    """A planned move is under way while streams come and go."""

    async def moving(self, *streams, **options):
        """The new connection is there, and its opening is not answered."""
        bm = await self.start(*streams, handover_s=0.3, **options)
        await self.more()
        return bm

    async def moved(self):
        await until(lambda: "rotated" in self.events.kinds())
        await until(lambda: len(self.exchange.open_connections) == 1)
        await self.in_force(self.bm, KEY)

    async def test_while_the_new_connection_is_being_made(self):
        """The old one carries what is new until then."""
        bm = await self.moving(TRADE, OTHER)
        self.exchange.refuse(how="hang")
        self.exchange.server_shutdown()
        await until(lambda: len(self.exchange.dials) == 2)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        await until(lambda: self.told("subscribed") == [THIRD])
        await self.more(THIRD)
        self.exchange.accept()
        await self.moved()
        await until(lambda: self.told("unsubscribed") == [OTHER])
        await self.more()
        self.whole()
        ids = self.ids(THIRD, "a")
        assert ids == list(range(ids[0], ids[-1] + 1))
        assert self.told("subscribed") == [THIRD]
        assert "gap" not in self.events.kinds()

    async def test_while_both_connections_are_there(self):
        """What is new comes at once, in order, and what was removed does not come."""
        bm = await self.moving(TRADE, OTHER, "ethbtc@ticker_1h")
        self.exchange.quiet("=ethbtc@ticker_1h")
        self.exchange.delay(0.2, match="#2")
        self.exchange.server_shutdown("#1")
        await until(lambda: len(self.exchange.open_connections) == 2)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        bm.subscribe(KEY, ["ethbtc@aggTrade"])
        await turns()
        bm.unsubscribe(KEY, ["ethbtc@aggTrade"])
        await self.more(THIRD)
        await self.moved()
        await self.more()
        self.whole()
        ids = self.ids(THIRD, "a")
        assert ids == list(range(ids[0], ids[-1] + 1))
        assert bm.streams(KEY) == [TRADE, "ethbtc@ticker_1h", THIRD]
        assert "gap" not in self.events.kinds()

    async def test_the_new_connection_is_lost(self):
        """What only it had comes on the old one; nothing of the others is lost."""
        bm = await self.moving(TRADE, OTHER)
        self.exchange.delay(0.3, match="#2")
        self.exchange.control("unanswered", match="#2")
        self.exchange.server_shutdown("#1")
        await until(lambda: len(self.exchange.open_connections) == 2)
        bm.subscribe(KEY, [THIRD])
        await until(lambda: all(THIRD in names for names in self.exchange.streams().values()))
        self.exchange.refuse()
        self.exchange.cut("#2")
        await self.more(THIRD)
        await until(lambda: self.told("subscribed") == [THIRD])
        assert list(self.exchange.streams()) == [1]
        bm.unsubscribe(KEY, [OTHER])
        await until(lambda: self.told("unsubscribed") == [OTHER])
        self.exchange.accept()
        await self.moved()
        await self.more()
        self.whole()
        assert self.told("subscribed") == [THIRD]

    async def test_the_old_connection_is_lost(self):
        """The new one takes over what it has; what it missed is named."""
        bm = await self.moving(TRADE, OTHER)
        self.exchange.delay(0.2, match="#2")
        self.exchange.server_shutdown("#1")
        await until(lambda: len(self.exchange.open_connections) == 2)
        bm.subscribe(KEY, [THIRD])
        bm.unsubscribe(KEY, [OTHER])
        self.exchange.cut("#1")
        await self.more(THIRD)
        await self.more()
        await self.in_force(bm, KEY)
        self.whole_with_gaps()
        assert self.told("subscribed") == [THIRD]
        assert bm.streams(KEY) == [TRADE, THIRD]


class Ended(LiveCase):
    """The exchange ends a connection for what is asked on it."""

    async def test_a_connection_that_never_carries_everything_is_given_up(self):
        """Each is ended for the SUBSCRIBE of what the URL does not hold: that is one outage, not many."""
        self.exchange_here(limits=Limits(request_bytes=500))
        bm = self.manager(lifetime_s=None, max_retries=2)
        bm.start_multiplex_socket([f"s{number:03}btc@trade" for number in range(600)], self.got, name=KEY)
        await until(lambda: "gave_up" in self.events.kinds())
        assert [info["attempt"] for info in self.events.of("retrying")] == [1, 2]
        assert "connected" not in self.events.kinds()
