"""Which streams are silent and when a connection is replaced for them, on a clock that is a number."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.order.quiet_streams import Found, QuietStreams, Silence, Watched
from binance.wire.timings import Timings

DAY_S = 86_400.0
#: No pace and no patience: every stream that falls silent is a move.
UNDAMPED = Timings(move_silent_s=0.0, silent_longest_s=0.0)


def watching(timings: Timings = Timings(), moves: bool = True, **after_s: float) -> QuietStreams:  # noqa: B008
    """Streams of a connection that has just opened, at 0."""
    quiet = QuietStreams({name: Watched(s, moves) for name, s in after_s.items()}, timings)
    quiet.begin(0)
    return quiet


def silent(found: Found) -> dict[str, float]:
    """What is reported, and the seconds."""
    return {name: silence.seconds for name, silence in found.silent.items()}


class Heard:
    """Streams that are checked every so often; some of them are heard each time.

    :ivar silent: what was reported so far, with the time.
    :ivar moves: what the connection was replaced for, with the time.
    """

    def __init__(self, quiet: QuietStreams, now: float = 0.0) -> None:
        self.quiet = quiet
        self.now = now
        self.silent: list[tuple[float, str]] = []
        self.moves: list[tuple[float, list[str]]] = []

    def until(self, end: float, *heard: str) -> None:
        """Check as often as is asked for, until *end*."""
        every_s = self.quiet.every_s
        assert every_s is not None
        while self.now + every_s <= end + 1e-6:
            self.now += every_s
            found = self.quiet.check(set(heard), self.now)
            self.silent += [(self.now, name) for name in found.silent]
            if found.moving:
                self.moves.append((self.now, found.moving))

    def moved(self) -> None:
        """The new connection takes over."""
        self.quiet.moved(self.now)


# -- what is silent ---------------------------------------------------------------------------------------


def test_each_stream_has_its_own_time():
    """A stream is silent when its time has passed, whatever the others do."""
    quiet = watching(a=60, b=120)
    assert silent(quiet.check(set(), 60)) == {"a": 60}
    assert silent(quiet.check({"a"}, 120)) == {"b": 120}
    assert silent(quiet.check(set(), 180)) == {"a": 60}


def test_it_is_reported_once_until_the_stream_is_heard():
    """A stream that stays silent is reported once; heard again and silent again, a second time."""
    quiet = watching(a=60)
    assert [silent(quiet.check(set(), now)) for now in (60, 120, 180)] == [{"a": 60}, {}, {}]
    assert silent(quiet.check({"a"}, 240)) == {}
    assert silent(quiet.check(set(), 300)) == {"a": 60}


def test_a_new_connection_starts_the_clock_anew_and_repeats_nothing():
    """After a reconnect the time begins again, and what was reported is not reported again."""
    quiet = watching(a=60, b=60)
    assert silent(quiet.check({"b"}, 60)) == {"a": 60}
    quiet.begin(100)
    assert silent(quiet.check(set(), 119)) == {}
    assert silent(quiet.check(set(), 160)) == {"b": 60}


@given(st.floats(0, 1e9), st.floats(5, 1000))
def test_a_check_that_is_on_time_is_not_missed_by_rounding(begin, seconds):
    """Wherever the clock stands, the check after the stream's own time finds it."""
    quiet = QuietStreams({"a": Watched(seconds)})
    quiet.begin(begin)
    assert set(quiet.check(set(), begin + seconds).silent) == {"a"}


@pytest.mark.parametrize(
    ("after_s", "every_s"),
    [
        ({"a": 60.0}, 12.0),
        ({"a": 600.0}, 120.0),
        ({"a": 600.0, "b": 60.0}, 12.0),
        ({"a": 3.0}, 1.0),
        ({"a": 0.5}, 0.5),
    ],
)
def test_a_silence_is_found_a_fifth_of_its_time_late_at_most(after_s, every_s):
    """Checks are that often, but no more than once a second, unless a stream has less time than that."""
    assert watching(**after_s).every_s == pytest.approx(every_s)


@given(st.floats(0.5, 1000), st.floats(0, 3000))
def test_a_silence_is_found_soon_after_its_time(after_s, last_at):
    """Whenever the last message came, the report comes after the stream's time, and a period late at most."""
    quiet = watching(a=after_s)
    every_s = quiet.every_s
    assert every_s is not None
    now, came, found = 0.0, False, False
    while not found:
        now += every_s
        has_come = last_at <= now
        found = bool(quiet.check({"a"} if has_come and not came else set(), now).silent)
        if found and not has_come:
            found = False  # silent before its message
        came = came or has_come
    assert after_s - 0.01 <= now - last_at <= after_s + 2 * every_s + 0.01


def test_a_silence_says_whether_the_stream_was_heard_before():
    """A stream that never sent anything may be misspelt; one that did is not."""
    quiet = watching(a=60, b=60)
    quiet.check({"b"}, 12)
    assert quiet.check(set(), 72).silent == {"a": Silence(72, False, False), "b": Silence(60, True, False)}


# -- when to move -----------------------------------------------------------------------------------------


def test_a_stream_that_fell_silent_is_one_move():
    """It has sent messages and stops: the connection is replaced for it, once."""
    heard = Heard(watching(a=60, b=60))
    heard.until(60, "a", "b")
    heard.until(132, "b")
    assert heard.moves == [(120, ["a"])]
    heard.moved()
    heard.until(DAY_S, "b")
    assert heard.silent == [(120, "a")]
    assert heard.moves == [(120, ["a"])]


def test_a_stream_that_never_sent_anything_is_no_move():
    """No other connection would know the name either."""
    heard = Heard(watching(a=60))
    heard.until(DAY_S)
    assert heard.silent == [(60, "a")]
    assert heard.moves == []


def test_a_stream_that_is_only_reported_is_no_move():
    """What comes as things happen may stop for a while."""
    heard = Heard(watching(moves=False, a=60))
    heard.until(60, "a")
    heard.until(DAY_S)
    assert heard.silent == [(120, "a")]
    assert heard.moves == []


def test_several_streams_are_one_move():
    """What is found in one check is one move."""
    heard = Heard(watching(a=60, b=60, c=60))
    heard.until(60, "a", "b", "c")
    heard.until(180)
    assert heard.moves == [(120, ["a", "b", "c"])]


def test_a_move_that_brought_the_stream_back_at_once_leaves_its_seconds_as_they_are():
    """The connection was at fault: the next fault is found as soon, for a week of them."""
    heard = Heard(watching(a=60))
    for hour in range(24 * 7):
        heard.until(3600 * (hour + 1), "a")
        heard.until(3600 * (hour + 1) + 60)
        assert heard.moves[-1] == (heard.now, ["a"])
        heard.moved()
    assert len(heard.moves) == 24 * 7


def test_a_stream_that_is_heard_on_both_while_the_move_is_under_way_was_brought_back():
    """What the new connection brings is seen before it takes over."""
    heard = Heard(watching(a=60))
    heard.until(60, "a")
    heard.until(120)
    heard.until(180, "a")
    heard.moved()
    heard.until(240)
    assert heard.moves == [(120, ["a"]), (240, ["a"])]


def test_a_move_that_was_of_no_use_doubles_the_seconds_up_to_a_day():
    """The market was quiet: it has to be so for twice as long before the next move, and so on."""
    heard = Heard(watching(a=60))
    waits = []
    for _ in range(20):
        heard.until(heard.now + 600, "a")
        fell_at, moves = heard.now, len(heard.moves)
        while len(heard.moves) == moves:
            heard.until(heard.now + 12)
        waits.append(heard.moves[-1][0] - fell_at)
        heard.moved()
        heard.until(heard.now + 24)  # later than a fifth of its seconds
    assert waits[0] == 60
    for wait, following in pairwise(waits):
        assert following >= min(2 * wait, DAY_S)
    assert waits[-1] == waits[-2] == DAY_S


def test_a_pause_that_ends_without_a_move_is_learnt_from():
    """A market that pauses for 50 s of its 60 is given 100 s, for it has shown that it does."""
    heard = Heard(watching(a=60))
    heard.until(12, "a")
    heard.until(60)  # not heard for 48 s at least
    heard.until(72, "a")
    heard.until(160)
    assert heard.silent == [(132, "a")]
    assert heard.moves == []
    heard.until(168)
    assert heard.moves == [(168, ["a"])]


def test_a_usual_silence_says_so():
    """A stream that has had such pauses before is reported with that word."""
    heard = Heard(watching(moves=False, a=60))
    heard.until(60, "a")
    heard.until(156)
    heard.until(168, "a")
    assert heard.quiet.check(set(), 228).silent == {"a": Silence(60, True, True)}


def test_two_moves_for_silence_are_a_pace_apart():
    """What falls silent a moment after a move waits for the next, with all that do."""
    heard = Heard(watching(Timings(move_silent_s=300), a=60, b=60, c=60))
    heard.until(60, "a", "b", "c")
    heard.until(84, "b", "c")
    heard.until(96, "c")
    heard.until(120)
    heard.moved()
    heard.until(500, "a")
    assert heard.silent == [(120, "a"), (144, "b"), (156, "c")]
    assert heard.moves == [(120, ["a"]), (420, ["b", "c"])]


def test_the_pace_is_doubled_after_moves_that_were_of_no_use_until_one_is():
    """Streams stop one by one, and no move brings them back: 1, 2, 4, 8, 10 minutes to the next."""
    names = [f"s{number:02}" for number in range(60)]
    heard = Heard(watching(**dict.fromkeys(names, 60.0)))
    heard.until(60, *names)
    for number in range(1, 50):
        heard.until(60 + 60 * number, *names[number:])
        heard.moved()
    times = [at for at, _ in heard.moves]
    assert [b - a for a, b in pairwise(times)][:6] == [120, 240, 480, 600, 600, 600]
    useful = len(times)
    heard.until(times[-1] + 660)
    heard.moved()
    heard.until(heard.now + 60, *names)  # that one is
    assert len(heard.moves) == useful + 1
    heard.until(heard.now + 120, *names[1:])
    assert len(heard.moves) == useful + 2


def test_a_stream_is_no_reason_to_leave_a_connection_that_is_new():
    """It fell silent on the old one, and the new one, opened for another reason, has not had its time."""
    heard = Heard(watching(a=60))
    heard.until(60, "a")
    heard.until(108)
    heard.moved()  # for its age
    heard.until(156)
    assert heard.silent == [(120, "a")]
    assert heard.moves == []
    heard.until(168)
    assert heard.moves == [(168, ["a"])]


def test_any_new_connection_is_the_move_of_what_is_silent():
    """After a reconnect a stream that was silent before has had its new connection."""
    for begin in (True, False):
        heard = Heard(watching(Timings(move_silent_s=1000, move_silent_longest_s=1000), a=60, b=60))
        heard.until(60, "a", "b")
        heard.until(84, "b")
        heard.until(144)  # a moves at 120; b has to wait
        assert heard.moves == [(120, ["a"])]
        (heard.quiet.begin if begin else heard.quiet.moved)(heard.now)
        heard.until(DAY_S)
        assert heard.moves == [(120, ["a"])]


# -- streams that come and go -----------------------------------------------------------------------------


def test_the_silence_of_an_added_stream_counts_from_when_it_is_added():
    """It has its whole time, on a connection that has been open for long."""
    quiet = QuietStreams()
    assert quiet.every_s is None
    quiet.begin(0)
    assert quiet.check(set(), 1000) == Found({}, [])
    quiet.add({"a": Watched(60)}, 1000)
    assert quiet.every_s == 12
    assert silent(quiet.check(set(), 1059)) == {}
    assert silent(quiet.check(set(), 1060)) == {"a": 60}


def test_a_stream_that_is_added_twice_is_not_new():
    """Adding what is there changes nothing."""
    quiet = watching(a=60)
    quiet.add({"a": Watched(600)}, 50)
    assert silent(quiet.check(set(), 60)) == {"a": 60}
    assert silent(quiet.check(set(), 700)) == {}


def test_a_removed_stream_is_forgotten():
    """It is not reported; added again it is new, with all of its time, and was never heard."""
    quiet = watching(a=60, b=600)
    quiet.check({"a", "b"}, 12)
    quiet.remove(["a", "x"])
    assert quiet.every_s == 120
    assert quiet.check({"a"}, 240) == Found({}, [])
    quiet.add({"a": Watched(60, moves=True)}, 240)
    assert quiet.every_s == 12
    assert quiet.check(set(), 300) == Found({"a": Silence(60, False, False)}, [])
    quiet.remove(["a", "b"])
    assert quiet.every_s is None
    assert quiet.check({"a", "b"}, 9000) == Found({}, [])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sampled_from("abc"), st.floats(1, 100)),
            st.tuples(st.just("remove"), st.sampled_from("abc")),
            st.tuples(st.just("check"), st.sets(st.sampled_from("abc")), st.floats(0, 100)),
            st.tuples(st.just("moved")),
            st.tuples(st.just("begin")),
        )
    )
)
def test_whatever_happens_a_silence_is_reported_once_and_moved_for_once(acts):
    """Between two times that a stream is heard it is reported once and is one move at most."""
    quiet, now = QuietStreams(timings=Timings(move_silent_s=0)), 0.0
    known: set[str] = set()
    reported: set[str] = set()
    moved: set[str] = set()
    heard_ever: set[str] = set()
    for act, *arguments in acts:
        if act == "add":
            name, after_s = arguments
            quiet.add({name: Watched(after_s, moves=True)}, now)
            known.add(name)
        elif act == "remove":
            quiet.remove(arguments)
            for names in (known, reported, moved, heard_ever):
                names.discard(arguments[0])
        elif act == "check":
            heard, passed = arguments
            now += passed
            found = quiet.check(heard, now)
            for names in (reported, moved):
                names -= heard
            heard_ever |= heard & known
            assert not reported & set(found.silent) and set(found.silent) <= known - heard
            reported |= set(found.silent)
            assert not moved & set(found.moving) and set(found.moving) <= reported & heard_ever
            moved |= set(found.moving)
        else:
            getattr(quiet, act)(now)
            moved |= reported


# -- many of them -----------------------------------------------------------------------------------------


class Market:
    """A thousand illiquid streams: pauses at random, of a mean of its own for each, from 1 minute to 1 hour.

    :param after_s: as for changes of the order book.
    """

    STREAMS = 1000
    HANDOVER_S = 6.0

    def __init__(self, timings: Timings, after_s: float = 120.0) -> None:
        self.random = random.Random(14)
        names = [f"s{number}btc@depth" for number in range(self.STREAMS)]
        self.quiet = QuietStreams({name: Watched(after_s, moves=True) for name in [*names, "x"]}, timings)
        means = {name: math.exp(self.random.uniform(math.log(60), math.log(3600))) for name in names}
        self.next = [(self.random.expovariate(1 / mean), name, mean) for name, mean in means.items()]
        heapq.heapify(self.next)
        self.now = 0.0
        self.moves: list[float] = []  # when they began
        self.moved_at: dict[str, float] = {}  # of each stream, when the last of its own did
        self.takes_over_at = math.inf
        self.quiet.begin(0)

    def until(self, end: float, others: Iterable[str] = ()) -> None:
        """Let time pass; *others* are heard in each period."""
        every_s = self.quiet.every_s
        assert every_s is not None
        while self.now < end:
            self.now += every_s
            heard = set(others)
            while self.next[0][0] <= self.now:
                at, name, mean = self.next[0]
                heard.add(name)
                heapq.heapreplace(self.next, (at + self.random.expovariate(1 / mean), name, mean))
            if self.takes_over_at < self.now:
                self.quiet.moved(self.takes_over_at)
                self.takes_over_at = math.inf
            moving = self.quiet.check(heard, self.now).moving
            if moving:
                self.moves.append(self.now)
                self.moved_at.update(dict.fromkeys(moving, self.now))
                self.takes_over_at = self.now + self.HANDOVER_S

    def moves_after(self, begin: float) -> int:
        """How many have begun since."""
        return sum(1 for at in self.moves if at >= begin)


def test_a_thousand_illiquid_streams_do_not_move_their_connection_all_day():
    """Undamped that is a move in 144 s, 600 a day; damped 33, of which 8 in the first hour."""
    undamped, damped = Market(UNDAMPED), Market(Timings())
    undamped.until(DAY_S / 4)
    assert len(undamped.moves) == 150
    damped.until(DAY_S)
    assert len(damped.moves) <= 40
    assert damped.moves_after(DAY_S / 4) <= 15


def test_a_fault_is_found_among_a_thousand_illiquid_streams():
    """A stream that never paused and stops waits for its own seconds and the pace, whatever the others do."""
    market = Market(Timings())
    market.until(6 * 3600, ["x"])
    stopped_at = market.now
    market.until(stopped_at + 120 + 24 + 600)
    assert stopped_at + 120 <= market.moved_at["x"]
    assert market.moves_after(stopped_at) <= 3
