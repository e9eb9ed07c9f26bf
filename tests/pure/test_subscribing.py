"""What is asked on one connection: against an exchange that answers, refuses and is lost, in any order."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.wire.subscribing import LONGEST_FRAME, SUBSCRIBE, UNSUBSCRIBE, Carried, Request


class Exchange:
    """The other end.

    :ivar names: what it carries.
    :ivar requests: how many it has had.
    """

    def __init__(self, refused: set[str]) -> None:
        self.refused = refused
        self.names: set[str] = set()
        self.requests = 0

    def does(self, request: Request) -> bool:
        """Whether it does what it is asked to do, all of it; else it does nothing."""
        self.requests += 1
        if request.method == UNSUBSCRIBE:
            self.names.difference_update(request.names)
            return True
        if self.refused.intersection(request.names):
            return False
        self.names.update(request.names)
        return True


def settle(carried: Carried, exchange: Exchange, wanted: dict[str, None]) -> list[Request]:
    """Let them go on until nothing more is asked; names that are refused leave what is wanted."""
    asked = []
    while carried.asked is not None or carried.next(wanted) is not None:
        assert carried.asked is not None
        asked.append(carried.asked)
        answer(carried, exchange, wanted)
    return asked


def answer(carried: Carried, exchange: Exchange, wanted: dict[str, None]) -> None:
    """The exchange answers what is asked."""
    assert carried.asked is not None
    if exchange.does(carried.asked):
        carried.answered()
    elif (name := carried.refused()) is not None:
        wanted.pop(name, None)


NAMES = [f"s{number}@trade" for number in range(9)]
SETS = st.lists(st.sampled_from(NAMES), unique=True)
STEPS = st.lists(
    st.tuples(st.just("want"), SETS)
    | st.tuples(st.sampled_from(["ask", "answer", "answer"]), st.none())
    | st.tuples(st.just("lost"), st.integers(0, 9)),
    max_size=40,
)


@given(st.sets(st.sampled_from(NAMES), max_size=4), STEPS)
def test_in_the_end_it_carries_what_is_wanted_less_what_is_refused(refused, steps):
    """Whatever is wanted, refused and lost meanwhile; both ends agree at every moment."""
    carried, exchange, wanted = Carried(), Exchange(refused), dict[str, None]()
    for what, argument in steps:
        before = carried.asked
        if what == "want":
            wanted = dict.fromkeys(argument)
        elif what == "lost":  # and the next one is made with some in its URL, which are never refused
            in_url = list(wanted)[:argument]
            carried.begin(in_url)
            exchange.names = set(in_url)
        elif what == "answer" and before is not None:
            answer(carried, exchange, wanted)
        elif what == "ask":
            request = carried.next(wanted)
            if before is not None:
                assert request is None
                assert carried.asked is before
            elif request is not None:
                check_request(request, exchange, wanted)
        check_states(carried, exchange)
    for request in settle(carried, exchange, wanted):
        assert 0 < len(request.names) == len(set(request.names))
    assert carried.names.keys() == exchange.names == wanted.keys()
    assert all(carried.expects(name) is not carried.is_rid_of(name) for name in NAMES)


def check_request(request: Request, exchange: Exchange, wanted: dict[str, None]) -> None:
    """It asks for what is lacking, and there is room for it."""
    if request.method == SUBSCRIBE:
        assert wanted.keys() >= set(request.names)
        assert not exchange.names.intersection(request.names)
        has_room = len(exchange.names) + len(request.names) <= len(wanted)
        assert has_room or exchange.refused  # halves of what was refused go first
    else:
        assert exchange.names >= set(request.names)
        assert not wanted.keys() & set(request.names)


def check_states(carried: Carried, exchange: Exchange) -> None:
    """What is said of each name is so."""
    method, names = carried.asked or ("", ())
    for name in NAMES:
        if name in names:
            assert carried.expects(name) is (method == SUBSCRIBE)
            assert not carried.is_rid_of(name)
            assert name not in carried.names
        else:
            assert carried.expects(name) is (name in carried.names) is (name in exchange.names)
            assert carried.is_rid_of(name) is not carried.expects(name)


def test_what_is_not_wanted_is_unsubscribed_first():
    """So there is room for what is added."""
    carried = Carried()
    carried.begin(["a", "b"])
    assert carried.next(["b", "c", "d"]) == (UNSUBSCRIBE, ("a",))
    carried.answered()
    assert carried.next(["b", "c", "d"]) == (SUBSCRIBE, ("c", "d"))
    carried.answered()
    assert carried.next(["b", "c", "d"]) is None
    assert list(carried.names) == ["b", "c", "d"]


@pytest.mark.parametrize("added", [1, 3])
def test_a_set_that_changes_all_the_time_is_followed(added):
    """Between two requests the oldest stream is replaced by others, each of which is soon asked for."""
    carried, names = Carried(), [str(number) for number in range(100)]
    carried.begin(names)
    for number in range(100, 200):
        names = [*names[1:], *(f"{number}.{one}" for one in range(added))]
        request = carried.next(names)
        assert request is not None
        assert request.method == UNSUBSCRIBE or len(carried.names) + len(request.names) <= len(names)
        carried.answered()
        assert len(set(names) - carried.names.keys()) <= 2 * added
        assert len(carried.names.keys() - set(names)) <= 2


def test_a_name_that_is_wanted_again_is_asked_for_after_the_answer():
    """Until then its messages are old ones, which nobody wants."""
    carried = Carried()
    carried.begin(["a"])
    assert carried.next([]) == (UNSUBSCRIBE, ("a",))
    assert carried.next(["a"]) is None
    assert not carried.expects("a")
    assert not carried.is_rid_of("a")
    carried.answered()
    assert carried.is_rid_of("a")
    assert carried.next(["a"]) == (SUBSCRIBE, ("a",))
    assert carried.expects("a")
    assert not carried.is_rid_of("a")
    carried.answered()
    assert carried.expects("a")


def test_a_name_that_is_not_wanted_any_more_is_unsubscribed_after_the_answer():
    """The exchange is about to carry it."""
    carried = Carried()
    assert carried.next(["a"]) == (SUBSCRIBE, ("a",))
    assert carried.next([]) is None
    carried.answered()
    assert carried.next([]) == (UNSUBSCRIBE, ("a",))


def test_an_unsubscribe_that_is_refused_is_not_asked_for_ever():
    """In halves, and then its messages are dropped by those who do not know the stream."""
    carried = Carried()
    carried.begin(["a", "b"])
    assert carried.next([]) == (UNSUBSCRIBE, ("a", "b"))
    assert carried.refused() is None
    for name in ("a", "b"):
        assert carried.next([]) == (UNSUBSCRIBE, (name,))
        assert carried.refused() is None
    assert carried.next([]) is None


def test_answers_that_nobody_waits_for_change_nothing():
    """They may be of a request that was made on a connection before."""
    carried = Carried()
    carried.begin(["a"])
    carried.answered()
    assert carried.refused() is None
    assert list(carried.names) == ["a"]


@pytest.mark.parametrize("count", [1, 2, 3, 64, 100])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_one_bad_name_costs_about_as_many_requests_as_a_search(count, place):
    """Twice the logarithm of the number of names, for of each two halves one is good."""
    names = [f"s{number}" for number in range(count)]
    bad = names[int(place * (count - 1))]
    carried, exchange, wanted = Carried(), Exchange({bad}), dict.fromkeys(names)
    settle(carried, exchange, wanted)
    assert exchange.names == set(names) - {bad}
    assert exchange.requests <= 1 + 2 * math.ceil(math.log2(count))


def test_refused_halves_are_forgotten_with_the_connection():
    """On the next one everything is asked for at once, what was refused included."""
    carried = Carried()
    names = ["a", "b", "c", "d"]
    carried.next(names)
    carried.refused()
    carried.begin(())
    assert carried.next(names) == (SUBSCRIBE, ("a", "b", "c", "d"))


@given(
    st.lists(st.text(min_size=1, max_size=40), unique=True, min_size=1, max_size=300), st.integers(1, 10**19)
)
def test_no_frame_is_too_long(names, number):
    """As it is written, whatever stands in a name; and all names are asked for."""
    carried, exchange, wanted = Carried(), Exchange(set()), dict.fromkeys(names)
    for request in settle(carried, exchange, wanted):
        text = json.dumps({"id": number - 1, "method": request.method, "params": list(request.names)})
        assert len(text.encode()) <= LONGEST_FRAME < 4_000
    assert exchange.names == set(names)
    for request in settle(carried, exchange, {}):
        text = json.dumps({"id": number - 1, "method": request.method, "params": list(request.names)})
        assert len(text.encode()) <= LONGEST_FRAME
    assert not exchange.names


def test_frames_are_filled():
    """A thousand names of the usual length take as few requests as they can."""
    names = [f"symbol{number:04}@aggTrade" for number in range(1_000)]
    asked = settle(Carried(), Exchange(set()), dict.fromkeys(names))
    assert [len(request.names) for request in asked] == [171, 171, 171, 171, 171, 145]
