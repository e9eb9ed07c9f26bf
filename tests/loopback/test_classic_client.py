"""Every public call of the old library's client: it takes what it took, and asks what the table says.

The calls that there were are in ``tests/data/classic_client.tsv``. What they ask is what the sandbox sees; it
checks keys, timestamps and signatures by code of its own.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException, BinanceRequestException, Retired
from binance.rest import generate, methods
from binance.rest.calls import Call, Ended
from binance.rest.table import CALLS, ENDED
from binance.sandbox import NO_LIMITS, Sandbox

KEY, SECRET = "api-key-Qm8Zr4Tn", "api-secret-Wp6Xs2Vd"
DATA = Path(__file__).parents[1] / "data" / "classic_client.tsv"


class Classic(NamedTuple):
    """A call of the old client.

    :ivar asked: verb, host and path that it asked; *now*: those that its name asks in a newer library.
    """

    name: str
    arguments: str
    asked: str
    now: str


CLASSIC = [
    Classic(*line.split("\t")) for line in DATA.read_text().splitlines() if line and not line.startswith("#")
]

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


@pytest.mark.parametrize("classic", CLASSIC, ids=lambda classic: classic.name)
def test_a_call_of_the_old_client_takes_what_it_took(classic: Classic):
    """Its arguments by their names, in their order, with their defaults."""
    ours = list(inspect.signature(getattr(Client, classic.name)).parameters.values())[1:]
    theirs = list(parameters(classic.arguments).parameters.values())
    for mine, old in zip(ours, theirs, strict=False):
        assert (mine.name, mine.kind, mine.default) == (old.name, old.kind, old.default)
    assert len(ours) >= len(theirs)
    assert all(more.kind is inspect.Parameter.VAR_KEYWORD for more in ours[len(theirs) :])


@pytest.mark.parametrize("classic", CLASSIC, ids=lambda classic: classic.name)
def test_a_call_of_the_old_client_says_what_it_does(classic: Classic):
    """Each has a text for editors, and one that has ended says in it what to use."""
    method = getattr(Client, classic.name)
    assert method.__doc__
    if classic.name in ENDED:
        assert ENDED[classic.name].use.split()[0] in method.__doc__


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


# -- what is asked ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox whose market stands still, and which knows the secret of the key."""
    with Sandbox(rate=0, limits=NO_LIMITS) as sandbox:
        sandbox.add_api_key(KEY, secret=SECRET)
        yield sandbox


@pytest.fixture(scope="module")
def client(sandbox):
    """A client with that key."""
    return Client(KEY, SECRET, endpoints=Endpoints.sandbox(sandbox.host, sandbox.port), recv_window_ms=60_000)


def arguments_of(call: Call) -> dict[str, Any]:
    """Something for each parameter of a call."""
    names = call.params.replace("[", "").replace("]", "").split()
    params: dict[str, Any] = {name: f"{name}-1" for name in names}
    listed = call.made.partition(".")
    if listed[2]:
        params[listed[0]] = [{"symbol": "A", listed[2]: "mine-1"}]
    return params


def called(client: Client, call: Call) -> Any:
    """Make a call by the client's method, with something for each of its arguments."""
    params = arguments_of(call)
    return getattr(client, call.name)(**params)


@pytest.mark.parametrize("call", CALLS.values(), ids=lambda call: call.name)
def test_a_call_asks_what_the_table_says(sandbox, client, call: Call):
    """Verb, path, every parameter by its name, the key where it is needed, and a signature that is right."""
    answer: Any = {"listenKey": "l" * 64} if call.picks else [] if call.returns.startswith("[") else {}
    sandbox.rest_answer(call.verb, call.path, answer, security=call.security, times=1)
    assert called(client, call) == (answer["listenKey"] if call.picks else answer)
    sent = sandbox.rest_calls()[-1]
    assert (sent["method"], sent["path"]) == (call.verb, call.path)
    expected = {name: str(value) for name, value in arguments_of(call).items() if not isinstance(value, list)}
    expected |= dict(call.fixed)
    params = sent["params"]
    assert {name: params[name] for name in expected} == expected
    added = {"timestamp", "signature", "recvWindow"} if call.security == "signed" else set()
    listed = {name for name, value in arguments_of(call).items() if isinstance(value, list)}
    assert set(params) == {*expected, *added, *listed, *dict(call.defaults)}
    if added:
        assert sent["query" if call.verb == "GET" else "form"][-1][0] == "signature"


@pytest.mark.parametrize("name", ["get_account", "create_order", "futures_cancel_order", "withdraw"])
def test_a_signature_with_another_secret_is_refused(sandbox, name: str):
    """So the sandbox would notice one that is not right."""
    call = CALLS[name]
    other = Client(KEY, "another-secret", endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
    sandbox.rest_answer(call.verb, call.path, {}, security="signed", times=1)
    with pytest.raises(BinanceAPIException) as caught:
        called(other, call)
    assert caught.value.code == -1022
    sandbox.forget_rest_answers()


@pytest.mark.parametrize(
    "classic", [classic for classic in CLASSIC if classic.name in CALLS], ids=lambda classic: classic.name
)
def test_a_call_asks_where_the_exchange_has_it(classic: Classic):
    """The path of the newest library, unless the exchange's pages name another."""
    call = CALLS[classic.name]
    verb, host, path, *_ = (classic.asked if classic.now in ("same", "-", "gone") else classic.now).split()
    asked = f"{verb} {path.partition('?')[0]}"
    assert (f"{call.verb} {call.path}", call.venue) == (ELSEWHERE.get(classic.name, asked), host)
