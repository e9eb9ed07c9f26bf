"""Every public call of the old library's client: it is there, and takes what it took."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from binance.client import Client
from binance.exceptions import BinanceRequestException, Retired
from binance.rest import generate, methods
from binance.rest.calls import Ended
from binance.rest.table import CALLS, ENDED

from .. import classic
from ..classic import Classic

each_classic = pytest.mark.parametrize("call", classic.CALLS, ids=lambda call: call.name)

#: Calls that ask another path than the newer library: the exchange has moved them, by its own pages, or keeps
#: an older version whose answer is the one that an old script reads.
ELSEWHERE = {
    "create_margin_loan": "POST /sapi/v1/margin/borrow-repay",
    "create_sub_account_transfer": "POST /sapi/v1/sub-account/universalTransfer",
    "disable_fast_withdraw_switch": "POST /sapi/v1/account/disableFastWithdrawSwitch",
    "enable_fast_withdraw_switch": "POST /sapi/v1/account/enableFastWithdrawSwitch",
    "futures_position_information": "GET /fapi/v2/positionRisk",
    "get_margin_loan_details": "GET /sapi/v1/margin/borrow-repay",
    "get_margin_repay_details": "GET /sapi/v1/margin/borrow-repay",
    "get_subaccount_futures_details": "GET /sapi/v1/sub-account/futures/account",
    "get_subaccount_futures_positionrisk": "GET /sapi/v1/sub-account/futures/positionRisk",
    "get_subaccount_futures_summary": "GET /sapi/v1/sub-account/futures/accountSummary",
    "make_universal_transfer": "POST /sapi/v1/sub-account/universalTransfer",
    "options_account_info": "GET /eapi/v1/marginAccount",
    "options_bill": "GET /eapi/v1/bill",
    "options_place_batch_order": "POST /eapi/v1/batchOrders",
    "repay_margin_loan": "POST /sapi/v1/margin/borrow-repay",
    "transfer_isolated_margin_to_spot": "POST /sapi/v1/asset/transfer",
    "transfer_margin_to_spot": "POST /sapi/v1/asset/transfer",
    "transfer_spot_to_isolated_margin": "POST /sapi/v1/asset/transfer",
    "transfer_spot_to_margin": "POST /sapi/v1/asset/transfer",
}


def parameters(text: str) -> inspect.Signature:
    """The signature that stands in the data."""
    arguments = ast.parse(f"def call{text}: pass").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    names = [one.arg for one in arguments.args.args]
    defaults = [ast.literal_eval(one) for one in arguments.args.defaults]
    first = len(names) - len(defaults)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [
        inspect.Parameter(
            name, kind, default=defaults[number - first] if number >= first else inspect.Parameter.empty
        )
        for number, name in enumerate(names)
    ]
    if arguments.args.kwarg is not None:
        found.append(inspect.Parameter(arguments.args.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(found)


@each_classic
def test_a_call_of_the_old_client_takes_what_it_took(call: Classic):
    """Its arguments by their names, in their order, with their defaults."""
    ours = list(inspect.signature(getattr(Client, call.name)).parameters.values())[1:]
    theirs = list(parameters(call.arguments).parameters.values())
    for mine, old in zip(ours, theirs, strict=False):
        assert (mine.name, mine.kind, mine.default) == (old.name, old.kind, old.default)
    assert len(ours) >= len(theirs)
    assert all(more.kind is inspect.Parameter.VAR_KEYWORD for more in ours[len(theirs) :])


@each_classic
def test_a_call_of_the_old_client_says_what_it_does(call: Classic):
    """Each has a text for editors, and one that has ended says in it what to use."""
    method = getattr(Client, call.name)
    assert method.__doc__
    if call.name in ENDED:
        assert ENDED[call.name].use.split()[0] in method.__doc__


def test_the_methods_are_those_of_the_table():
    """What is written in the module is what the table makes: run ``python -m binance.rest.generate``."""
    assert Path(methods.__file__).read_text() == generate.module_text()


@pytest.mark.parametrize("ended", ENDED.values(), ids=lambda ended: ended.name)
def test_a_call_that_has_ended_says_what_to_use(ended: Ended):
    """It raises before anything is sent, with the day and the successor."""
    with pytest.raises(Retired) as caught:
        getattr(Client(), ended.name)(*ended.args.split())
    assert ended.since in str(caught.value) and ended.use in str(caught.value)
    assert (caught.value.since, caught.value.use, caught.value.was_sent) == (ended.since, ended.use, False)
    assert isinstance(caught.value, BinanceRequestException)


@pytest.mark.parametrize(
    "call", [call for call in classic.CALLS if call.name in CALLS], ids=lambda call: call.name
)
def test_a_call_asks_where_the_exchange_has_it(call: Classic):
    """The path of the newest library, unless the exchange's pages name another."""
    row = CALLS[call.name]
    verb, host, path, *_ = (call.asked if call.now in ("same", "-", "gone") else call.now).split()
    asked = f"{verb} {path.partition('?')[0]}"
    assert (f"{row.verb} {row.path}", row.venue) == (ELSEWHERE.get(call.name, asked), host)
