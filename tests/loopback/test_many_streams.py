"""Very many streams behind one key: several connections that act as one socket."""

from __future__ import annotations

from dataclasses import replace

from binance.sandbox.limits import NO_LIMITS, Limits

from ..sandbox_case import StreamsCase
from ..support import turns, until

KEY = "many"
#: Three connections of 1,000; the first stream of each is the only one that the sandbox's market has.
REAL = ["bnbbtc@trade", "ethbtc@trade", "bnbbtc@aggTrade"]
NAMES = [
    name for number, real in enumerate(REAL) for name in (real, *(f"{number}x{n}@trade" for n in range(999)))
]


class ManyStreams(StreamsCase):
    """Three thousand of them."""

    timeout = 10

    async def start(self, limits=None, names=NAMES, **options):
        self.exchange_here(limits=Limits() if limits is None else limits)
        self.bm = self.manager(lifetime_s=None, **options)
        self.bm.start_multiplex_socket(names, self.got, name=KEY)
        return self.bm

    async def all_open(self, count=3):
        await until(lambda: self.events.kinds().count("connected") >= count)

    def counts(self):
        return sorted(len(names) for names in self.exchange.streams().values())

    def number_of(self, stream):
        """The exchange's number of the connection that has a stream."""
        [number] = [number for number, names in self.exchange.streams().items() if stream in names]
        return number

    def shards(self, kind):
        return [info.get("shard") for info in self.events.of(kind)]

    async def heard(self, *streams):
        """Wait for one more message of each."""
        before = len(self.got)
        await until(lambda: set(streams) <= {message["stream"] for message in self.got[before:]})

    async def test_three_thousand_streams_are_one_socket(self):
        """One key, three connections of a thousand, all in force, within every limit; stopped, all end."""
        bm = await self.start()
        await self.all_open()
        assert self.counts() == [1000, 1000, 1000]
        await self.in_force(bm, KEY)
        assert bm.streams(KEY) == NAMES
        assert list(bm.stats()) == [KEY]
        await self.heard(*REAL)
        self.kept_to_the_limits()
        most = self.exchange.limits()["most"]
        assert most["streams"] == 1000 and most["request_bytes"] < 4000 and most["url_characters"] <= 8000
        assert sorted(self.shards("connected")) == [0, 1, 2]
        assert sorted(bm._conns) == [KEY, f"{KEY}#1", f"{KEY}#2"]
        bm.stop_socket(KEY)
        await until(lambda: self.is_over(KEY))
        await until(lambda: not self.exchange.open_connections)
        assert bm._conns == {}
        assert self.events.kinds().count("disconnected") == 1
        assert "shard" not in self.events[-1].info and self.events[-1].info["retry"] is False

    async def test_a_cut_of_one_connection_leaves_the_others_alone(self):
        """One shard reconnects with its own streams; the socket counts as down meanwhile."""
        bm = await self.start(max_retries=None)
        await self.all_open()
        shards = {self.number_of(real): names for real, names in zip(REAL, self.parts(), strict=True)}
        cut = self.number_of(REAL[1])
        since = bm.stats(KEY)["connected_since"]
        assert since is not None
        self.exchange.refuse()
        self.exchange.cut(f"#{cut}")
        await until(lambda: "retrying" in self.events.kinds())
        [shard] = {*self.shards("disconnected"), *self.shards("retrying")}
        assert bm.stats(KEY)["connected_since"] is None
        await self.heard(REAL[0], REAL[2])
        assert REAL[1] not in {message["stream"] for message in self.got[-2:]}
        self.exchange.accept()
        await self.all_open(4)
        assert self.shards("connected")[-1] == shard == self.shards("disconnected")[0]
        await self.in_force(bm, KEY)
        now = self.exchange.streams()
        assert [set(now[number]) == set(shards[number]) for number in now if number in shards] == [True, True]
        assert set(now[self.number_of(REAL[1])]) == set(shards[cut])
        await self.heard(*REAL)
        assert bm.stats(KEY)["connected_since"] >= since
        assert bm.stats(KEY)["reconnects"] == 1
        assert len(self.events.of("disconnected")) == self.events.kinds().count("retrying") > 0
        self.kept_to_the_limits()

    def parts(self):
        return [self.exchange.streams()[self.number_of(real)] for real in REAL]

    async def test_a_planned_move_of_all_loses_nothing(self):
        """Each shard moves by itself; every id comes once, in order."""
        bm = await self.start(handover_s=0.3, limits=replace(Limits(), messages_per_s=None))
        await self.all_open()
        self.exchange.server_shutdown()
        await until(lambda: len(self.events.of("rotated")) == 3)
        assert sorted(self.shards("rotated")) == [0, 1, 2]
        await self.heard(*REAL)
        for real in REAL:
            field = "a" if real.endswith("aggTrade") else "t"
            ids = [message["data"][field] for message in self.got if message["stream"] == real]
            assert ids == list(range(ids[0], ids[-1] + 1))
        await until(lambda: len(self.exchange.open_connections) == 3)
        await self.in_force(bm, KEY)
        assert self.counts() == [1000, 1000, 1000]
        assert "gap" not in self.events.kinds() and "disconnected" not in self.events.kinds()
        self.kept_to_the_limits()

    async def test_the_first_to_give_up_ends_all_of_it(self):
        """One message and one gave_up for the key, which is free; no connection is left. It names the one."""
        bm = await self.start(max_retries=2)
        await self.all_open()
        self.exchange.refuse()
        self.exchange.cut(f"#{self.number_of(REAL[0])}")
        await until(lambda: "gave_up" in self.events.kinds())
        await until(lambda: not self.exchange.open_connections)
        await until(lambda: bm.stats() == {})
        await turns()
        errors = [message for message in self.got if message.get("e") == "error"]
        assert errors == [{"e": "error", "m": "Max reconnect retries reached"}]
        assert self.events.kinds().count("gave_up") == 1
        assert self.events.of("gave_up")[0]["shard"] == self.shards("disconnected")[0]
        assert sorted(self.shards("disconnected"))[-3:].count(None) == 0
        assert bm._conns == {}
        self.exchange.accept()
        assert bm.start_multiplex_socket(REAL, self.got, name=KEY) == KEY
        await self.heard(*REAL)

    async def test_without_a_limit_the_message_comes_once_an_outage_of_the_key(self):
        """All three are down: one message; and one again in the next outage, after all were back."""
        self.quick(retry_longest_s=0.02)
        await self.start(max_retries=None)
        await self.all_open()
        for outage in (1, 2):
            self.exchange.refuse()
            self.exchange.cut()
            before = self.events.kinds().count("retrying")
            await until(lambda before=before: self.events.kinds().count("retrying") > before + 3 * 6)
            await turns()
            assert [message for message in self.got if message.get("e") == "error"] == (
                [{"e": "error", "m": "Max reconnect retries reached"}] * outage
            )
            self.exchange.accept()
            await self.all_open(3 + 3 * outage)
        await self.in_force(self.bm, KEY)
        assert "gave_up" not in self.events.kinds()

    async def test_an_outage_is_over_when_the_connection_that_is_down_is_not_needed_any_more(self):
        """Its streams are unsubscribed; the next outage has a message of its own."""
        bm = await self.start(max_retries=None)
        await self.all_open()

        async def fails(real, times):
            self.exchange.refuse()
            self.exchange.cut(f"#{self.number_of(real)}")
            await until(lambda: self.errors() == times)

        await fails(REAL[1], 1)
        bm.unsubscribe(KEY, NAMES[1000:2000])
        self.exchange.accept()
        await self.heard(REAL[0], REAL[2])
        await fails(REAL[0], 2)

    def errors(self):
        return sum(message.get("e") == "error" for message in self.got)

    async def test_a_handler_that_subscribes_while_the_key_is_given_up_opens_nothing(self):
        """Until the key is free it is open, and what is asked for then ends with it."""

        def on_event(event):
            self.events(event)
            if event.kind == "disconnected" and KEY in self.bm.stats():
                self.bm.subscribe(KEY, [f"more{len(self.events)}@trade"])

        self.exchange_here()
        self.bm = bm = self.manager(max_retries=0, on_event=on_event)
        bm.start_multiplex_socket(NAMES, self.got, name=KEY)
        await self.all_open()
        self.exchange.cut(f"#{self.number_of(REAL[0])}")
        self.exchange.refuse(times=1)
        await until(lambda: "gave_up" in self.events.kinds() and bm.stats() == {})
        self.exchange.accept()
        await turns(100)
        await until(lambda: not self.exchange.open_connections)
        assert bm._conns == {}

    async def test_stats_are_the_sums_of_all_connections(self):
        """Also of one that has been closed since."""
        bm = await self.start(limits=NO_LIMITS)
        await self.all_open()
        await self.heard(*REAL)
        self.exchange.skip(REAL[0], times=1)
        self.exchange.skip(REAL[1], times=2)
        self.exchange.duplicate(REAL[2], times=3)
        await until(lambda: self.missed() == 3 and bm.stats(KEY)["duplicates"] == 3)
        before = bm.stats(KEY)
        assert before["gaps"] == self.events.kinds().count("gap") and before["missed"] == 3
        assert before["messages"] == len(self.got)
        bm.unsubscribe(KEY, NAMES[1000:2000])
        await until(lambda: len(self.exchange.open_connections) == 2)
        await self.heard(REAL[0], REAL[2])
        after = bm.stats(KEY)
        assert [after[name] for name in ("gaps", "missed", "duplicates")] == [before["gaps"], 3, 3]
        assert after["connected_since"] is not None and after["messages"] == len(self.got)

    def missed(self):
        return sum(info["count"] for info in self.events.of("gap"))

    async def test_an_opening_that_is_never_answered_is_an_outage(self):
        """The connections are dropped, and the socket given up after its retries."""
        self.quick(request_s=0.02)
        self.exchange_here()
        self.exchange.control("ignore")
        bm = self.manager(max_retries=2)
        bm.start_multiplex_socket(NAMES[:1000], self.got, name=KEY)
        await until(lambda: "gave_up" in self.events.kinds() and bm.stats() == {})
        assert "connected" not in self.events.kinds()
        assert len(self.exchange.dials) == 3
        assert [info["attempt"] for info in self.events.of("retrying")] == [1, 2]
        assert "sent twice" in self.events.of("gave_up")[0]["reason"]
        assert self.errors() == 1

    async def test_connected_comes_when_all_are_in_force(self):
        """1,024 names of which the URL holds a part: what is subscribed by message counts, too."""
        names = [*REAL, *(f"{number}-long-name@trade" for number in range(1021))]
        self.exchange_here()
        seen = []

        def on_event(event):
            self.events(event)
            if event.kind == "connected":
                seen.append((self.counts(), self.exchange.limits()["control_messages"]))

        bm = self.manager(on_event=on_event)
        key = bm.start_multiplex_socket(names, self.got)
        await until(lambda: seen)
        assert key == "streams=" + "/".join(names)
        [(counts, messages)] = seen
        assert counts == [1024] and messages >= 2
        [info] = self.events.of("connected")
        assert "shard" not in info
        assert "subscribed" not in self.events.kinds()
        self.kept_to_the_limits()
        await self.heard(*REAL)

    async def test_streams_that_are_added_fill_the_emptiest_and_none_changes_its_connection(self):
        """1,500 are two of 750; what is removed from one is made up there; a third takes what is over."""
        bm = await self.start(names=NAMES[:1500], limits=replace(Limits(), messages_per_s=None))
        await self.all_open(2)
        assert self.counts() == [750, 750]
        before = {name: number for number, names in self.exchange.streams().items() for name in names}
        bm.unsubscribe(KEY, NAMES[:500])
        bm.subscribe(KEY, NAMES[1500:2100])
        await self.in_force(bm, KEY)
        assert self.counts() == [800, 800]
        after = {name: number for number, names in self.exchange.streams().items() for name in names}
        assert all(after[name] == before[name] for name in NAMES[500:1500])
        bm.subscribe(KEY, NAMES[:500])
        await self.in_force(bm, KEY)
        assert self.counts() == [500, 800, 800]
        again = {name: number for number, names in self.exchange.streams().items() for name in names}
        assert all(again[name] == after[name] for name in NAMES[500:2100])
        await self.all_open(3)
        assert self.shards("connected")[-1] == 2
        self.kept_to_the_limits()
        assert "disconnected" not in self.events.kinds()

    async def test_a_connection_that_loses_its_last_stream_is_closed(self):
        """The others go on; its number in events and _conns is free for the next."""
        bm = await self.start(limits=replace(Limits(), messages_per_s=None))
        await self.all_open()
        bm.unsubscribe(KEY, NAMES[1000:2000])
        await until(lambda: len(self.exchange.open_connections) == 2)
        await until(lambda: "disconnected" in self.events.kinds())
        [ended] = self.events.of("disconnected")
        assert ended["shard"] == 1 and ended["retry"] is False and ended["clean"] is True
        assert sorted(bm._conns) == [KEY, f"{KEY}#2"]
        await self.heard(REAL[0], REAL[2])
        bm.subscribe(KEY, NAMES[1000:2000])
        await self.in_force(bm, KEY)
        await self.heard(*REAL)
        assert sorted(bm._conns) == [KEY, f"{KEY}#1", f"{KEY}#2"]

    async def test_a_url_that_is_too_long_for_the_exchange_is_made_shorter(self):
        """After 414 half of the names are in the URL, and the others are subscribed by message."""
        names = [*REAL, *(f"{number}@trade" for number in range(297))]
        bm = await self.start(names=names, limits=replace(NO_LIMITS, url_characters=1500))
        await self.all_open(1)
        await self.in_force(bm, KEY)
        refused = self.exchange.limits()["violated"]["url_characters"]
        assert refused == self.events.kinds().count("retrying") > 0
        self.exchange.cut()
        await self.all_open(2)
        assert self.exchange.limits()["violated"]["url_characters"] == refused  # it remembers
        await self.heard(*REAL)
