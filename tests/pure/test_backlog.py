"""A bounded queue of batches: what is kept, what is dropped, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.consuming.backlog import POLICIES, Backlog, Batch
from binance.exceptions import InvalidArgument

#: What is done with a backlog: a batch of so many messages of one of two sources, an error message, or takes.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("ab"), st.integers(0, 40)),
        st.tuples(st.just("error"), st.sampled_from("ab"), st.just(1)),
        st.tuples(st.just("take"), st.just("a"), st.integers(1, 5)),
    ),
    max_size=40,
)


class Played:
    """A backlog through which numbers were sent.

    :ivar sent: numbers, by their source; *errors*: those that are never dropped.
    """

    def __init__(self, limit: int, policy: str, steps: list[tuple[str, str, int]], most: int = 0) -> None:
        self.backlog = Backlog[str](limit, policy)
        self.most = most
        self.sent: dict[int, str] = {}
        self.errors: set[int] = set()
        self.kept: list[int] = []
        self.dropped: list[int] = []
        for what, source, count in steps:
            if what == "take":
                for _ in range(count):
                    self.take()
                continue
            numbers = list(range(len(self.sent), len(self.sent) + count))
            self.sent.update(dict.fromkeys(numbers, source))
            if what == "error":
                self.errors.update(numbers)
                self.backlog.put_kept(source, numbers[0], 0.0)
            else:
                self.drops(self.backlog.put(source, numbers, 0.0))
            waiting = len(self.sent) - len(self.kept) - len(self.dropped)
            assert self.backlog.pending == waiting
            assert self.backlog.pending_of("a") + self.backlog.pending_of("b") == waiting
            assert waiting - len(self.errors - {*self.kept}) <= limit

    def take(self) -> bool:
        batch = self.backlog.take(self.most)
        if batch is None:
            return False
        assert len(batch.messages) <= max(self.most, 40)
        assert {self.sent[number] for number in batch.messages} == {batch.source}
        self.kept += batch.messages
        return True

    def drops(self, batches: list[Batch[str]]) -> None:
        for batch in batches:
            assert {self.sent[number] for number in batch.messages} == {batch.source}
            self.dropped += batch.messages


@given(st.integers(1, 60), st.sampled_from(sorted(POLICIES)), STEPS, st.integers(0, 100))
def test_what_is_kept_and_what_is_dropped_is_what_was_sent(limit, policy, steps, most):
    """Each message is one of the two, once; both are in order, and no error message is dropped."""
    played = Played(limit, policy, steps, most)
    while played.take():
        pass
    assert sorted(played.kept + played.dropped) == list(played.sent)
    assert played.kept == sorted(played.kept)
    assert played.dropped == sorted(played.dropped)
    assert played.errors <= {*played.kept}
    assert played.backlog.dropped == len(played.dropped)
    assert played.backlog.pending == 0


@pytest.mark.parametrize(
    ("policy", "kept"), [("drop_oldest", range(12, 20)), ("drop_newest", range(8)), ("stop", range(8))]
)
def test_a_full_backlog_keeps_the_newest_or_the_oldest(policy, kept):
    """Of twenty single messages, eight are kept."""
    backlog = Backlog[str](8, policy)
    dropped = [batch for number in range(20) for batch in backlog.put("a", [number], 0.0)]
    assert [backlog.take().messages for _ in kept] == [[number] for number in kept]
    assert len(dropped) == 12


def test_a_batch_larger_than_the_limit_is_cut(policy="drop_oldest"):
    """What is kept of it is as much as there is room for."""
    backlog = Backlog[str](10, policy)
    dropped = backlog.put("a", list(range(64)), 0.0)
    assert backlog.pending == 10
    assert sum(len(batch.messages) for batch in dropped) == 54


def test_a_large_limit_leaves_batches_whole():
    """Nothing is cut that is less than an eighth of the limit."""
    backlog = Backlog[str](512, "drop_oldest")
    backlog.put("a", list(range(64)), 1.5)
    assert backlog.take()[:3] == ("a", list(range(64)), 1.5)


def test_once_a_message_was_dropped_none_behind_it_of_the_same_batch_is_kept():
    """So what was kept has no hole within a batch."""
    backlog = Backlog[str](20, "drop_newest")
    backlog.put("a", list(range(17)), 0.0)
    [first, *rest] = backlog.put("a", [0, 1, 2, 3, 4], 0.0)
    assert [first.messages, *(one.messages for one in rest)] == [[3], [4]]
    assert backlog.pending == 20


def test_batches_that_wait_are_joined():
    """Those of one source in a row, up to the number asked for; an error message keeps its place."""
    backlog = Backlog[str](100, "drop_oldest")
    for number in range(3):
        backlog.put("a", [number, number], 0.0)
    backlog.put_kept("a", "error", 0.0)
    backlog.put("a", [3], 0.0)
    backlog.put("b", [4], 0.0)
    backlog.put("a", [5], 0.0)
    taken = []
    while (batch := backlog.take(5)) is not None:
        taken.append(batch.messages)
        assert backlog.pending == 10 - sum(map(len, taken))
    assert taken == [[0, 0, 1, 1], [2, 2], ["error"], [3], [4], [5]]


def test_discarding_one_source_leaves_the_others():
    """Its error messages go, too."""
    backlog = Backlog[str](100, "drop_oldest")
    for source in "abab":
        backlog.put(source, [1, 2], 0.0)
        backlog.put_kept(source, "error", 0.0)
    assert backlog.discard("a") == 6
    assert (backlog.pending, backlog.pending_of("a"), backlog.pending_of("b")) == (6, 0, 6)
    assert backlog.discard() == 6
    assert backlog.take() is None


@pytest.mark.parametrize("limit", [0, -1, 2.5, "7", True, None])
def test_a_limit_is_a_number_of_messages(limit: Any):
    """At least one."""
    with pytest.raises(InvalidArgument, match="limit"):
        Backlog(limit, "drop_oldest")


@pytest.mark.parametrize("policy", ["drop", "", None, 7, []])
def test_a_policy_that_does_not_exist_is_refused(policy: Any):
    """The message has those that do."""
    with pytest.raises(InvalidArgument, match="'drop_oldest', 'drop_newest', 'stop'"):
        Backlog(7, policy)
