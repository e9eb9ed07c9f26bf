"""Joining a snapshot and the changes of a book: it is as the exchange has it, or it is said to be lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.order import book_sync
from binance.order.book_sync import BookSync, Decision
from tests.books import CHAINS, WrittenMarket, levels_of

APPLIED, OLD, HELD, LOST = Decision.APPLIED, Decision.OLD, Decision.HELD, Decision.LOST
SYNCED, STALE, REFRESHED = Decision.SYNCED, Decision.STALE, Decision.REFRESHED


def spot(first, last, *bids, asks=()):
    return {
        "U": first,
        "u": last,
        "b": [list(row) for row in bids],
        "a": [list(row) for row in asks],
        "E": last,
    }


def future(first, last, before, *bids):
    return {"pu": before, **spot(first, last, *bids)}


def snapshot(at, *bids):
    return {"lastUpdateId": at, "bids": [list(row) for row in bids], "asks": []}


def sync(venue="spot", limit=None):
    return BookSync("BNBBTC", CHAINS[venue], limit)


def joined(venue, at, *events, limit=None):
    """A sync that has heard events, and has been given a snapshot after that."""
    one = sync(venue, limit)
    for event in events:
        assert one.event(event) is HELD
    assert one.wants_snapshot
    one.asked()
    assert not one.wants_snapshot
    return one, one.snapshot(snapshot(at, ("10", "1")))


# -- the rows of protocol/order-book.md, section 5 -----------------------------------------------------------


def test_spot_by_the_book():
    """Dropped, joined, chained, a duplicate, an unknown level, and a gap."""
    one, decision = joined("spot", 160, spot(150, 155))
    assert decision is SYNCED and one.book.last_update_id == 160
    assert one.event(spot(156, 162, ("10", "2"))) is APPLIED
    assert one.book.bids() == [["10", "2"]] and one.book.last_update_id == 162
    assert one.event(spot(163, 163, ("9", "5"))) is APPLIED
    assert one.event(spot(163, 163, ("9", "5"))) is OLD
    assert one.event(spot(164, 164, ("8", "0"))) is APPLIED
    assert one.book.bids() == [["10", "2"], ["9", "5"]]
    assert one.event(spot(166, 167)) is LOST
    assert (one.reason, one.book.synced, one.wants_snapshot) == ("gap", False, True)


@pytest.mark.parametrize(
    ("at", "events", "reached"),
    [
        (160, [(150, 160), (161, 163)], 163),  # the exact boundary
        (160, [(161, 165)], 165),  # contiguous from the snapshot on
        (175, [(170, 174), (175, 180)], 180),
        (200, [(170, 180), (181, 190)], 200),  # ahead of all that was held
    ],
)
def test_spot_joins(at, events, reached):
    """What the snapshot has is dropped, the rest is applied."""
    one, decision = joined("spot", at, *(spot(*event) for event in events))
    assert (decision, one.book.last_update_id, one.book.synced) == (SYNCED, reached, True)


def test_a_stale_snapshot_is_fetched_again():
    """A snapshot from before the first change that was held is of no use; the next one is joined."""
    one, decision = joined("spot", 160, spot(170, 174))
    assert decision is STALE and one.wants_snapshot and not one.book.synced
    assert one.event(spot(175, 180, ("9", "1"))) is HELD
    one.asked()
    assert one.snapshot(snapshot(175, ("10", "1"))) is SYNCED
    assert one.book.last_update_id == 180 and one.book.best_bid == ["10", "1"]


def test_a_snapshot_may_be_ahead():
    """Changes that the snapshot has already come and are ignored, until one goes on from it."""
    one, decision = joined("spot", 200, spot(170, 190))
    assert decision is SYNCED
    assert one.event(spot(191, 200)) is OLD
    assert one.event(spot(201, 203)) is APPLIED
    assert one.book.last_update_id == 203


def test_futures_by_the_book():
    """Dropped, joined whatever ``pu`` is, chained over a jump, and a gap."""
    one, decision = joined("usdm", 1000, future(990, 999, 985))
    assert decision is SYNCED
    assert one.event(future(998, 1005, 999)) is APPLIED
    assert one.event(future(1010, 1020, 1005)) is APPLIED
    assert one.event(future(1030, 1040, 1025)) is LOST
    assert one.reason == "gap"


def test_on_futures_a_change_that_ends_at_the_snapshots_id_is_applied():
    """It is dropped below that id only; on spot at that id, too."""
    one, _ = joined("usdm", 1000, future(990, 999, 985))
    assert one.event(future(996, 1000, 999, ("9", "7"))) is APPLIED
    assert one.event(future(996, 1000, 999, ("9", "7"))) is OLD
    one, _ = joined("usdm", 1000, future(990, 999, 985), future(996, 1000, 999, ("9", "7")))
    assert one.book.bids() == [["10", "1"], ["9", "7"]]
    one, _ = joined("spot", 1000, spot(990, 999))
    assert one.event(spot(1000, 1000)) is OLD


def test_on_futures_no_overlap_is_applied_but_behind_a_snapshot():
    """Two connections have chains of their own; on spot any overlap is applied."""
    one, _ = joined("usdm", 1000, future(998, 1005, 997))
    assert one.event(future(1002, 1010, 1001)) is LOST
    one, _ = joined("spot", 1000, spot(998, 1005))
    assert one.event(spot(1002, 1010)) is APPLIED


# -- what else may happen --------------------------------------------------------------------------------


def test_no_snapshot_is_wanted_before_a_change_has_come():
    """Else there may be a hole between the two; a market where nothing happens is the exception."""
    one = sync()
    assert not one.wants_snapshot
    one.quiet()
    assert one.wants_snapshot
    one.asked()
    assert one.snapshot(snapshot(7, ("10", "1"))) is SYNCED
    assert one.event(spot(6, 9)) is APPLIED


def test_a_crossed_book_is_lost():
    """Best prices that meet show that something was missed; a crossed snapshot is no better."""
    one, _ = joined("spot", 160, spot(150, 155))
    assert one.event(spot(161, 161, asks=[("9", "1")])) is LOST
    assert one.reason == "crossed" and one.wants_snapshot
    one.asked()
    assert one.snapshot({**snapshot(170, ("10", "1")), "asks": [["10", "1"]]}) is HELD
    assert one.wants_snapshot
    one.asked()
    assert one.snapshot({**snapshot(170, ("10", "1")), "asks": [["11", "1"]]}) is SYNCED


def test_a_short_outage_of_a_quiet_market_costs_no_snapshot():
    """If the first change on the next connection follows, nothing was missed."""
    one, _ = joined("spot", 160, spot(150, 155))
    assert one.interrupted() is LOST
    assert not one.book.synced and not one.wants_snapshot and one.reason == "disconnected"
    assert one.event(spot(161, 163, ("9", "1"))) is SYNCED
    assert one.book.best_bid == ["10", "1"] and one.book.last_update_id == 163
    assert one.interrupted() is LOST
    assert one.interrupted() is HELD  # connecting failed in between
    assert one.event(spot(165, 166)) is HELD
    assert one.wants_snapshot


def test_a_snapshot_from_before_an_outage_is_not_used():
    """It was asked for on a connection that was lost: changes may be missing between."""
    one = sync()
    one.event(spot(1, 2))
    one.asked()
    one.interrupted()
    one.event(spot(90, 91))
    assert one.snapshot(snapshot(95, ("10", "1"))) is STALE
    assert one.wants_snapshot
    one.interrupted()
    one.asked()
    assert one.snapshot(snapshot(95, ("10", "1"))) is STALE
    assert not one.wants_snapshot


def test_ids_that_restart_lose_the_book():
    """What was asked for before belongs to the ids before; those after are joined with their own snapshot."""
    one, _ = joined("spot", 1600, spot(1500, 1555))
    assert one.restarted() is LOST and one.reason == "reset"
    one.event(spot(5, 6))
    one.asked()
    one.restarted()
    one.event(spot(5, 6))
    assert one.snapshot(snapshot(1700, ("10", "1"))) is STALE
    one.asked()
    assert one.snapshot(snapshot(6, ("10", "1"))) is SYNCED
    assert one.event(spot(7, 7)) is APPLIED


def test_ids_that_never_reach_the_snapshot_lose_the_book():
    """A snapshot of another exchange, or of other ids, is noticed by what does not follow it."""
    one, _ = joined("spot", 10**9, spot(150, 155))
    decisions = [one.event(spot(number, number)) for number in range(156, 156 + book_sync.MOST_OLD + 1)]
    assert decisions == [OLD] * book_sync.MOST_OLD + [LOST]
    assert one.reason == "behind"


@pytest.mark.parametrize(
    "event",
    [{}, {"U": 161}, {"U": "161", "u": 162, "b": [], "a": []}, spot(161, 161, ("ten", "1")),
     spot(161, 161, ("1",)), spot(161, 161, (10.5, "1")), {"U": 161, "u": 161, "b": 5, "a": []}],
)  # fmt: skip
def test_a_change_that_is_none_loses_the_book(event):
    """A change that cannot be read may have held anything."""
    one, _ = joined("spot", 160, spot(150, 155))
    assert one.event(event) is LOST
    assert one.reason == "malformed" and one.wants_snapshot


@pytest.mark.parametrize("answer", [None, [], {}, {"lastUpdateId": "x", "bids": [], "asks": []},
                                    {"lastUpdateId": 200.5, "bids": [], "asks": []},
                                    {"lastUpdateId": 200, "bids": 5, "asks": []},
                                    {"lastUpdateId": 200, "bids": [[10.5, "1"]], "asks": []},
                                    {"lastUpdateId": 200, "bids": [["x", "1"]], "asks": []}])  # fmt: skip
def test_a_snapshot_that_is_none_is_an_error(answer):
    """It is as if it had not come."""
    one = sync()
    one.event(spot(150, 155))
    one.asked()
    with pytest.raises(ValueError, match="not a snapshot"):
        one.snapshot(answer)
    assert not one.book.synced and one.wants_snapshot


def test_few_changes_are_kept_until_a_snapshot_is_asked_for():
    """A book that waits for its turn holds a few, one whose snapshot is on its way all."""
    one = sync()
    for number in range(1, 1001):
        one.event(spot(number, number))
    assert len(one._held) == book_sync.KEPT
    one.asked()
    for number in range(1001, 1501):
        one.event(spot(number, number, (str(number), "1")))
    assert one.snapshot(snapshot(995)) is SYNCED
    assert one.book.last_update_id == 1500 and len(one.book.bids()) == 500


def test_a_failed_call_leaves_the_book_as_it_was():
    """It wants another snapshot, and keeps few changes meanwhile."""
    one = sync()
    one.asked()
    for number in range(1, 101):
        one.event(spot(number, number))
    one.failed()
    assert one.wants_snapshot and len(one._held) == book_sync.KEPT


def test_a_book_that_runs_out_is_refreshed_while_it_goes_on():
    """If few levels are left of the snapshot's, another one is wanted, and the book is true meanwhile."""
    one = sync(limit=8)
    one.event(spot(1, 1))
    one.asked()
    rows = [[str(100 - number), "1"] for number in range(8)]
    assert one.snapshot({"lastUpdateId": 1, "bids": rows, "asks": []}) is SYNCED
    one.event(spot(2, 2, ("50", "1")))
    for number in range(7):
        assert not one.wants_snapshot
        assert one.event(spot(3 + number, 3 + number, (str(100 - number), "0"))) is APPLIED
    assert one.wants_snapshot and one.book.synced
    one.asked()
    assert one.event(spot(10, 10, ("60", "2"))) is APPLIED
    assert one.snapshot({"lastUpdateId": 8, "bids": rows, "asks": []}) is STALE
    assert one.book.synced and one.wants_snapshot
    one.asked()
    one.event(spot(11, 11, ("61", "2")))
    more = [["93", "1"], ["70", "1"]]
    assert one.snapshot({"lastUpdateId": 10, "bids": more, "asks": []}) is REFRESHED
    assert one.book.bids() == [["93", "1"], ["70", "1"], ["61", "2"]]
    assert one.event(spot(12, 12)) is APPLIED


def test_a_book_whose_best_price_is_unknown_is_lost():
    """When no level is left that the snapshot had, the best price may be any."""
    one = sync(limit=2)
    one.event(spot(1, 1))
    one.asked()
    one.snapshot({"lastUpdateId": 1, "bids": [["100", "1"], ["99", "1"]], "asks": []})
    assert one.event(spot(2, 2, ("50", "1"), ("100", "0"))) is APPLIED
    assert one.event(spot(3, 3, ("99", "0"))) is LOST
    assert one.reason == "shallow"


BELOW = spot(2, 3, ("100", "0"), ("99", "0"), ("50", "1"))


def test_changes_behind_a_snapshot_may_leave_nothing_of_it():
    """A book that is joined so is not true: what is the best of what is left may not be the best there is."""
    one = sync(limit=2)
    one.event(spot(1, 1))
    one.asked()
    one.event(BELOW)
    shallow = {"lastUpdateId": 1, "bids": [["100", "1"], ["99", "1"]], "asks": []}
    assert one.snapshot(shallow) is HELD
    assert not one.book.synced and one.wants_snapshot
    one.asked()
    assert one.snapshot({"lastUpdateId": 3, "bids": [["98", "1"], ["50", "1"]], "asks": []}) is SYNCED


def test_the_first_change_behind_an_outage_may_leave_nothing_of_the_snapshot():
    """It follows the book, and does not make it true again all the same."""
    one = sync(limit=2)
    one.event(spot(1, 1))
    one.asked()
    one.snapshot({"lastUpdateId": 1, "bids": [["100", "1"], ["99", "1"]], "asks": []})
    assert one.interrupted() is LOST
    assert one.event(BELOW) is HELD
    assert not one.book.synced and one.wants_snapshot


@pytest.mark.parametrize("reason", ["audit", "crossed"])
def test_a_book_does_not_go_back_behind_a_change_that_it_had(reason):
    """A snapshot from a machine that is behind is of no use, though no change is held that would tell."""
    one, _ = joined("spot", 160, spot(150, 155))
    assert one.event(spot(161, 200, ("10", "3"))) is APPLIED
    assert one.lose(reason) is LOST
    one.asked()
    assert one.snapshot(snapshot(199, ("10", "1"))) is STALE
    assert not one.book.synced and one.wants_snapshot
    one.asked()
    assert one.snapshot(snapshot(200, ("10", "3"))) is SYNCED


def test_a_true_book_does_not_go_back_for_a_change_that_it_had_before():
    """Such a change is held while a snapshot is on its way, and does not show that the snapshot is new."""
    one, _ = joined("spot", 160, spot(150, 155))
    assert one.event(spot(161, 190)) is APPLIED
    assert one.event(spot(191, 200)) is APPLIED
    one.refresh()
    one.asked()
    assert one.event(spot(161, 190)) is OLD
    assert one.snapshot(snapshot(195)) is STALE
    assert one.book.synced and one.book.last_update_id == 200


def test_a_book_that_has_ended_is_not_true():
    """Nobody tells what the exchange has from now on."""
    one, _ = joined("spot", 160, spot(150, 155))
    one.ended()
    assert not one.book.synced


# -- anything in any order -------------------------------------------------------------------------------

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["next", "next", "next", "skip", "again", "swap", "ask", "answer", "answer", "cut",
                         "fail", "refresh", "quiet"]),
        st.integers(0, 12),
    ),
    max_size=120,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(CHAINS)), ACTIONS)
def test_it_is_equal_to_the_truth_or_says_that_it_is_lost(seed, venue, actions):
    """Duplicates, drops, disorder, cuts, snapshots of any age and none: a book that is synced has the levels
    that the exchange had at its id, and at the end a snapshot and what follows make it so.
    """
    market, one, place, has_heard = WrittenMarket(seed, 140, venue), sync(venue), 0, False
    events = market.events

    def check():
        if one.book.synced:
            assert has_heard
            assert levels_of(one.book.bids(), one.book.asks()) == market.truth[one.book.last_update_id]

    for action, number in actions:
        has_heard = action != "cut" and (has_heard or action in ("next", "swap", "again", "quiet"))
        if action in ("next", "swap"):
            if action == "swap" and place + 1 < len(events):
                one.event(events[place + 1])
                check()
            one.event(events[place])
            place += 2 if action == "swap" else 1
        elif action == "skip":
            place += number % 3
        elif action == "again":
            one.event(events[max(place - 1 - number, 0)])
        elif action == "ask":
            one.asked()
        elif action == "answer" and one.is_asked:
            now = events[min(place, len(events) - 1)]["U"]
            one.snapshot(market.snapshot(max(now - 8 + number, market.first_id)))
        elif action == "cut":
            one.interrupted()
        elif action == "fail":
            one.failed()
        elif action == "refresh":
            one.refresh()
        elif action == "quiet" and place == 0:
            one.quiet()
        place = min(place, len(events) - 3)
        check()
    one.interrupted()
    one.failed()
    one.event(events[-2])
    has_heard = True
    one.asked()
    one.event(events[-1])
    one.snapshot(market.snapshot(market.id))
    assert one.book.synced and one.book.last_update_id == market.id
    check()
