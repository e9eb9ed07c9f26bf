"""Every call of the table, as the sandbox sees it, which checks keys and signatures by code of its own."""

from __future__ import annotations

from typing import Any

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException
from binance.rest.calls import Call
from binance.rest.table import CALLS
from binance.sandbox import NO_LIMITS, Sandbox

KEY, SECRET = "api-key-Qm8Zr4Tn", "api-secret-Wp6Xs2Vd"


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
    params: dict[str, Any] = {name: f"{name}-1" for name in (*call.needed, *call.optional)}
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
