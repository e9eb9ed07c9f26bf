"""The tables of REST calls of spot, wallet and margin, and of the ended calls: each row by itself."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from binance.client import Client
from binance.rest import calls_futures, calls_margin, calls_options, calls_spot, calls_wallet
from binance.rest.calls import HOSTS, Call, Ended
from binance.rest.ended import ENDED

CALLS = [*calls_spot.CALLS, *calls_wallet.CALLS, *calls_margin.CALLS]

NAME = re.compile(r"[a-z][a-z0-9_]*")
PARAMS = re.compile(
    r"(?:[a-z][A-Za-z]*)?(?: [a-z][A-Za-z]*)*(?:(?:^| )\[[a-z][A-Za-z]*(?: [a-z][A-Za-z]*)*\])?"
)
PATH = re.compile(r"/(?:api/v3|sapi/v[1-4]|bapi/[a-z]+/v\d)(?:/[A-Za-z0-9-]+)+")
METHOD = re.compile(r"client\.([a-z_0-9]+)\(")
PAIRS = {"}": "{", "]": "[", ")": "("}

each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
each_ended = pytest.mark.parametrize("call", ENDED, ids=lambda call: call.name)


def balanced(text: str) -> bool:
    """Whether every bracket of a text is closed by its own kind."""
    opened: list[str] = []
    for sign in re.sub(r'"[^"]*"', "", text):
        if sign in PAIRS.values():
            opened.append(sign)
        elif sign in PAIRS and (not opened or opened.pop() != PAIRS[sign]):
            return False
    return not opened


def test_a_name_stands_once():
    """No two rows, of calls that there are or that there were, have one name."""
    rows = [*CALLS, *calls_futures.CALLS, *calls_options.CALLS, *ENDED]
    names = Counter(call.name for call in rows)
    assert [name for name, count in names.items() if count > 1] == []


@each_call
def test_a_call_has_a_verb_a_path_and_a_host(call: Call):
    """A row's verb is one of HTTP, its path begins at the host and its venue is one that has a host."""
    assert NAME.fullmatch(call.name)
    assert call.verb in ("GET", "POST", "PUT", "DELETE")
    assert PATH.fullmatch(call.path), "a query belongs in fixed"
    assert call.venue in HOSTS
    assert call.venue == ("web" if call.path.startswith("/bapi") else "spot")


@each_call
def test_what_changes_something_needs_a_key(call: Call):
    """Only a GET may go without a key, and what is not of a listen key is signed."""
    if call.verb != "GET":
        assert call.security == ("key" if call.path.endswith("/userDataStream") else "signed")


ACTS = re.compile(
    "create|cancel|make|withdraw|transfer_(?!history)|universal|repay|margin_borrow|enable|disable|toggle"
)


@each_call
def test_a_name_that_acts_is_no_get(call: Call):
    """What places, cancels, moves or switches is no GET, for those are made again after a failure."""
    assert not (ACTS.match(call.name) and call.verb == "GET")


def test_of_sapi_only_the_status_is_public():
    """Calls of ``/sapi`` are signed, but for the exchange's status and margin's market data."""
    open_calls = {call.name: call.security for call in CALLS if call.path.startswith("/sapi")}
    assert {name: security for name, security in open_calls.items() if security != "signed"} == {
        "get_system_status": "none",
        "get_margin_all_assets": "key",
        "get_margin_all_pairs": "key",
        "get_all_isolated_margin_symbols": "key",
        "get_margin_price_index": "key",
    }


@each_call
def test_parameters_are_names_and_the_needed_ones_come_first(call: Call):
    """Parameters are names, no name twice, those that may be left out in brackets and last."""
    names = [*call.needed, *call.optional]
    assert PARAMS.fullmatch(call.params)
    assert len(set(names)) == len(names)
    assert "recvWindow" not in names, "every signed call takes it"


@each_call
def test_fixed_parameters_are_not_a_callers(call: Call):
    """What is always sent is no parameter; what is made, or given by position, is one."""
    names = [*call.needed, *call.optional]
    assert not {name for name, _ in call.fixed} & set(names)
    assert not call.made or call.made in call.optional
    assert set(call.args.split()) <= set(names)
    assert not call.unsent or call.unsent not in names


@each_call
def test_a_row_says_what_the_call_does_and_returns(call: Call):
    """A row has a sentence, the shape of the answer with closed brackets, and a source."""
    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", call.does)
    assert call.returns
    assert balanced(call.returns)
    assert call.source
    assert "{" not in call.source, "a text that was not filled in"
    assert not re.search(r"_[A-Z]", call.returns), "a text that was not filled in"


@each_call
def test_weights_are_those_of_a_call(call: Call):
    """A call weighs something, and at most no less than at least."""
    assert call.weight >= 1
    assert call.most == 0 or call.most > call.weight
    assert not call.by_account or call.path.startswith("/sapi"), "limits of accounts are those of /sapi"


def test_one_call_of_the_exchange_has_one_security_and_one_weight():
    """Rows of the same verb and path agree on the key, the account's limit and the heaviest weight."""
    said: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for call in CALLS:
        said.setdefault((call.verb, call.path), set()).add(
            (call.security, call.by_account, max(call.weight, call.most))
        )
    assert {asked: rows for asked, rows in said.items() if len(rows) > 1} == {}


def test_an_answer_of_several_shapes_is_not_held_to_one():
    """Where the answer is an object or a list, by the parameters, its text begins with neither's bracket."""
    both = [call for call in CALLS if {"symbol", "symbols"} <= set(call.optional)]
    both = [call for call in both if call.path.startswith("/api/v3/ticker")]
    assert {call.path.rpartition("/")[2] for call in both} == {
        *("24hr", "tradingDay", "ticker", "price", "bookTicker")
    }
    assert [call.name for call in both if call.returns[0] in "{["] == []


@each_ended
def test_an_ended_call_says_since_when_and_what_to_use(call: Ended):
    """An ended call has a sentence, a day or a year that has passed, a successor and a source.

    Where the day is in no change log it is the one by which the call was gone.
    """
    assert NAME.fullmatch(call.name)
    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", call.did)
    since = call.since.removeprefix("by ")
    day = date.fromisoformat(since if len(since) > 4 else f"{since}-12-31")
    assert date(2019, 1, 1) < day <= date(2026, 11, 26)
    assert call.use
    assert balanced(call.use)
    assert not call.use.endswith("."), "it ends a message"
    assert call.source
    assert PARAMS.fullmatch(call.args)


@each_ended
def test_a_successor_is_a_call_that_there_is(call: Ended):
    """What an ended call's row names in its place the client has, and it has not ended itself."""
    named = set(METHOD.findall(call.use))
    assert not named & {other.name for other in ENDED}
    assert [name for name in named if not hasattr(Client, name)] == []
