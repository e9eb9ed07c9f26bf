"""What is counted of a socket."""

from __future__ import annotations

from binance.sockets.counts import LAGS_KEPT, Counts


def test_a_batch_that_waited_counts_as_its_messages():
    """Sixty-four messages that waited weigh more than ten that did not."""
    counts = Counts()
    for _ in range(10):
        counts.waited(1, 0.001)
    counts.waited(64, 0.9)
    report = counts.report(0.0)
    assert (report["behind_p50_s"], report["behind_p99_s"]) == (0.9, 0.9)
    for _ in range(100):
        counts.waited(64, 0.002)
    report = counts.report(0.0)
    assert (report["behind_p50_s"], report["behind_p99_s"]) == (0.002, 0.002)


def test_the_latest_batches_are_kept():
    """What was long ago is forgotten."""
    counts = Counts()
    counts.waited(64, 9.0)
    for _ in range(LAGS_KEPT):
        counts.waited(1, 0.5)
    assert counts.report(0.0)["behind_p99_s"] == 0.5


def test_nothing_is_known_before_something_came():
    """None, and not 0."""
    report = Counts().report(0.0)
    assert report["behind_p50_s"] is report["behind_p99_s"] is report["last_message_age_s"] is None
