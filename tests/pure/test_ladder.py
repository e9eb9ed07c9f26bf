"""The picture of an order book, at any width and height."""

from __future__ import annotations

import pytest

from binance.terminal.ladder import LEVELS, Seen, imbalance, ladder, wrapped
from binance.terminal.screen import plain

BIDS = [[f"0.0089{99 - number:02}00", f"{number + 1}.00000000"] for number in range(20)]
ASKS = [[f"0.0090{number:02}00", f"{2 * number + 2}.50000000"] for number in range(20)]


def seen(**given):
    return Seen(
        "BNBBTC", **{"bids": BIDS, "asks": ASKS, "state": "synced", "at_s": 1.0, "last_update_id": 7, **given}
    )


def texts(*arguments):
    """A picture as text."""
    return [plain(line) for line in ladder(*arguments)]


def test_asks_stand_above_bids_and_the_best_of_both_in_the_middle():
    """Ten levels a side, the facts above them, and bars as long as quantities are large."""
    lines = texts(seen(resyncs=2), 1.5)
    assert lines[0] == "BNBBTC  synced  spread 0.00000100 (0.0111 %)  imbalance -35 %  age 0.5 s"
    assert lines[1] == "resyncs 2  id 7"
    levels = [line.split(" ")[0] for line in lines[2:]]
    middle = next(n for n, text in enumerate(levels) if text.startswith("-"))
    assert levels[middle - 1] == ASKS[0][0] and levels[middle + 1] == BIDS[0][0]
    assert levels[:middle] == sorted(levels[:middle], reverse=True)
    assert len(levels) == 2 * LEVELS + 1 and len(lines) == 2 * LEVELS + 3
    assert lines[2].endswith("#" * 40) and lines[-1].count("#") == 19


@pytest.mark.parametrize("columns", [1, 5, 12, 20, 40, 79, 200])
@pytest.mark.parametrize("lines", [1, 5, 10, 24, 60])
@pytest.mark.parametrize("state", ["synced", "lost"])
def test_it_fits_any_window(columns, lines, state):
    """No line is longer than the window is wide, and there are no more than it has, if it has any room; the
    best prices are shown in any case.
    """
    picture = texts(seen(state=state, reason="disconnected"), 1.5, columns, lines)
    assert all(len(line) <= columns for line in picture)
    head = len(wrapped([("BNBBTC", ""), ("synced", "")], columns))
    assert len(picture) <= max(lines, 12 + head)
    if columns >= 20:
        assert any(line.startswith(BIDS[0][0]) for line in picture)
        assert any(line.startswith(ASKS[0][0]) for line in picture)
        assert len(picture) <= max(lines, 11)
    assert picture[0].startswith("BNBBTC"[:columns])


def test_a_book_of_which_nothing_is_known_has_a_picture():
    """Before the snapshot there are the facts, and no levels; one side alone is shown."""
    assert texts(Seen("BNBBTC"), 3.0) == ["BNBBTC  waiting  resyncs 0  id 0", "-"]
    assert "spread" not in "".join(texts(seen(asks=[]), 3.0))
    assert texts(seen(bids=[["1", "0"]], asks=[]), 3.0)[-1] == "1 0"


@pytest.mark.parametrize("state", ["lost", "given up"])
def test_a_book_that_is_not_true_is_seen_to_be(state):
    """All of its levels are faint, and a line right across says since when it is not true, and why."""
    true, lost = seen(), seen(state=state, lost_at_s=2.0, reason="gap")
    styles = {style for line in ladder(lost, 5.0)[2:] for _, style in line}
    assert styles == {"faint", "bad"}
    (across,) = [line for line in texts(lost, 5.0, 60) if line.startswith("--")]
    assert across == f"{'-- NOT TRUE for 3 s: gap ':-<60}"
    assert not any("NOT TRUE" in line for line in texts(true, 5.0))
    assert {style for line in ladder(true, 5.0)[2:] for _, style in line} == {"", "ask", "bid", "faint"}


@pytest.mark.parametrize(
    ("bid", "ask", "percent"), [("3", "1", 50.0), ("1", "1", 0.0), ("0.0", "0", 0.0), ("1", "3", -50.0)]
)
def test_imbalance_is_what_is_bid_more_in_percent_of_both(bid, ask, percent):
    """From -100, nothing is bid, to 100, nothing is asked."""
    assert imbalance([["1", bid]], [["2", ask]]) == percent
