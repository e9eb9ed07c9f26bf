"""What the exchange's errors mean: every row of the table, with what has been done about it ever since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from binance.account.keeper import Keeper
from binance.account.listen_key import ListenKey
from binance.account.signature import Signature
from binance.account.token import ListenToken
from binance.events import Event
from binance.net.interfaces import Options
from binance.sockets.delivery import Delivery
from binance.sockets.report import Report
from binance.venues.codes import OF_A_METHOD, REMEDIES, STATUS_REMEDIES, Remedy, remedy
from binance.venues.listen_keys import SPOT_ACCOUNT, USDM_ACCOUNT
from binance.wire.codec import Codec
from binance.wire.timings import Timings

AGAIN, FINAL, NEW_KEY = Remedy.AGAIN, Remedy.FINAL, Remedy.NEW_KEY

#: HTTP status, code, and what is done. The statuses are those with which the exchange sends the codes, and
#: None, for errors that come without.
ROWS = [
    # about the API key or the signature
    (401, None, FINAL),
    (401, -2015, FINAL),
    (400, -2015, FINAL),
    (None, -2015, FINAL),
    (400, -2014, FINAL),
    (401, -2014, FINAL),
    (400, -1022, FINAL),
    (None, -1022, FINAL),
    # ended for good
    (410, None, FINAL),
    (410, 0, FINAL),
    # about the key or the token that a subscription goes by
    (400, -1121, FINAL),  # about the symbol
    (400, -1125, NEW_KEY),
    (None, -1125, NEW_KEY),
    (400, -1209, NEW_KEY),
    (None, -1209, NEW_KEY),
    # about the clock
    (400, -1021, Remedy.CORRECT_CLOCK),
    (None, -1021, Remedy.CORRECT_CLOCK),
    # about a connection to the WebSocket API
    (400, -2035, Remedy.CLEAR_AWAY),
    (400, -2042, Remedy.NEW_CONNECTION),
    # limits: the exchange says for how long
    (429, -1003, AGAIN),
    (418, -1003, AGAIN),
    (None, -1003, AGAIN),
    (429, None, AGAIN),
    (418, None, AGAIN),
    # trouble of the exchange's, or of the network's
    (500, -1001, AGAIN),
    (503, -1008, AGAIN),
    (502, None, AGAIN),
    (None, None, AGAIN),
    (400, -1000, AGAIN),
    # a web page in place of an answer: a gateway's, or a venue's that has no such call
    (403, None, AGAIN),
    (404, None, AGAIN),
    # what is final by one of the two is final, whatever the other says
    (401, -1021, FINAL),
    (401, -1125, FINAL),
    (410, -1125, FINAL),
    (429, -2015, FINAL),
    # else the code says more than the status
    (500, -1021, Remedy.CORRECT_CLOCK),
    (404, -1125, NEW_KEY),
]


@pytest.mark.parametrize(("status", "code", "what"), ROWS)
def test_every_error_has_the_remedy_that_it_has_had(status, code, what):
    """By the code, by the status if there is no code that says more, and final if either is."""
    assert remedy(status, code) is what


def test_every_row_of_the_tables_is_here():
    """None is without its test, and each remedy is that of some error."""
    assert {code for _, code, _ in ROWS} >= set(REMEDIES)
    assert {status for status, _, _ in ROWS} >= set(STATUS_REMEDIES)
    assert {what for *_, what in ROWS} == set(Remedy)


@given(st.none() | st.integers(), st.none() | st.integers())
def test_what_nobody_has_heard_of_is_worth_another_try(status, code):
    """An error that is in no table is waited after; only what is listed as final ends anything."""
    by_code, by_status = REMEDIES.get(code), STATUS_REMEDIES.get(status)
    what = remedy(status, code)
    if by_code is None and by_status is None:
        assert what is AGAIN
    assert (what is FINAL) == (FINAL in (by_code, by_status))


def test_what_a_status_says_of_one_way_only():
    """A venue without margin accounts, listen keys or derivatives: final for those, in words that say so."""
    assert OF_A_METHOD == {
        ("token", 404): (FINAL, "HTTP 404: this venue has no margin accounts"),
        ("listen_key", 410): (FINAL, "HTTP 410: binance.com ended spot listen keys on 2026-02-20"),
        ("derivatives_key", 404): (FINAL, "HTTP 404: this venue has no such accounts"),
    }


# -- what each way of authorising an account does about it ------------------------------------------------


class Failed(Exception):
    """An error as clients raise it, of ours or of somebody else's."""

    def __init__(self, status: int | None, code: int | None) -> None:
        super().__init__("of the test")
        self.status_code = status
        self.code = code


WAYS = {
    "signature": lambda keeper: Signature(keeper, None),
    "token": lambda keeper: ListenToken(keeper, None, None),
    "listen key": lambda keeper: ListenKey(keeper, SPOT_ACCOUNT, None, 1800.0),
    "derivatives key": lambda keeper: ListenKey(keeper, USDM_ACCOUNT, None, 1800.0),
}

#: Way, status, code, and what follows the first failure, the second and the third in a row: the next call
#: `now`, the same one `later`, or `end`.
DONE = [
    *((way, 401, None, "end") for way in WAYS),
    *((way, 401, -2015, "end") for way in WAYS),
    *((way, 400, -2014, "end") for way in WAYS),
    *((way, None, -2015, "end") for way in WAYS),
    *((way, 400, -1022, "end") for way in WAYS),
    *((way, 410, None, "end") for way in WAYS),
    *((way, 429, -1003, "later later later") for way in WAYS),
    *((way, 418, -1003, "later later later") for way in WAYS),
    *((way, 503, None, "later later later") for way in WAYS),
    *((way, 500, -1001, "later later later") for way in WAYS),
    *((way, 403, None, "later later later") for way in WAYS),
    *((way, None, None, "later later later") for way in WAYS),
    ("signature", 404, None, "later later later"),
    ("token", 404, None, "end"),
    ("listen key", 404, None, "later later later"),
    ("derivatives key", 404, None, "end"),
    # the clock: a signature is corrected by us; the REST client sees to that of a token; a key has no time
    ("signature", 400, -1021, "now now end"),
    ("token", 400, -1021, "later later end"),
    ("listen key", 400, -1021, "later later later"),
    # a key that is not known any more is replaced once; then a call for one has failed
    ("listen key", 400, -1125, "now later later"),
    ("derivatives key", 400, -1125, "now later later"),
    ("signature", 400, -1125, "later later later"),
    ("token", 400, -1209, "later later later"),
    ("signature", 400, -1209, "later later later"),
    # what is subscribed already is cleared away, where there are subscriptions
    ("signature", 400, -2035, "now now now"),
    ("token", 400, -2035, "now now now"),
    ("listen key", 400, -2035, "later later later"),
]


@pytest.mark.parametrize(("way", "status", "code", "done"), DONE)
def test_each_way_does_about_an_error_what_it_has_done(way, status, code, done):
    """It goes on, waits, or gives up for good; and what is final is said in the event."""
    clock, events = Clock(), list[Event]()
    delivery = Delivery(
        events.append, interrupt=lambda: None, later=lambda function: clock.callLater(0, function)
    )
    options = Options(clock, clock, Timings(), None, 75.0, None, Codec())
    keeper = Keeper(Report("user", delivery, clock, 60.0), options, WAYS[way])
    told = []
    for _ in range(3):
        keeper.failed(Failed(status, code))
        clock.advance(0)  # for the events
        if keeper.refused is not None:
            told.append("end")
            break
        waits = clock.getDelayedCalls()
        told.append("later" if waits else "now")
        clock.advance(3_600)
    assert " ".join(told) == done
    failures = [event.info for event in events if event.kind == "key_failed"]
    assert [info["final"] for info in failures].count(True) == told.count("end")
    assert all((info["status"], info["code"]) == (status, code) for info in failures)
