"""Parameters of REST calls as text, client order ids, and what is kept of used limits."""

from __future__ import annotations

import copy
import enum
import json
import pickle
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import (
    BinanceAPIException,
    BinanceRequestException,
    InvalidArgument,
    RateLimited,
    Retired,
)
from binance.rest.calls import Call
from binance.rest.order_ids import name_orders, with_ids
from binance.rest.params import of_call, texts
from binance.wire.usage import Usage


class Side(str, enum.Enum):  # noqa: UP042, scripts write it like this
    """An enumeration of texts."""

    BUY = "BUY"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.10", "0.10"),
        (Side.BUY, "BUY"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (-0.5, "-0.5"),
        (Decimal("1E+3"), "1000"),
        (["BNBBTC", "ETHBTC"], '["BNBBTC","ETHBTC"]'),
        ([{"quantity": Decimal("1E-8"), "price": 1e-05, "reduceOnly": True, "stopPrice": None}],
         '[{"quantity":"0.00000001","price":"0.00001","reduceOnly":true}]'),
        ((1, 2), "[1,2]"),
    ],
)  # fmt: skip
def test_a_value_is_text(value, text):
    """As the exchange reads it."""
    assert texts({"a": value, "b": None}) == {"a": text}


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_is_sent_exactly(value):
    """Any of them: the text is the same number, has no exponent, and loses no digit."""
    text = texts({"quantity": value})["quantity"]
    assert Decimal(text) == value
    assert "E" not in text.upper()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_sent_exactly(value):
    """Any of them: read back it is the same float, and has no exponent."""
    text = texts({"quantity": value})["quantity"]
    assert float(text) == value
    assert "e" not in text


@given(st.recursive(st.integers() | st.booleans() | st.text(), lambda inner: st.lists(inner), max_leaves=20))
def test_a_list_is_json(value):
    """Read back it is the same."""
    assert json.loads(texts({"a": [value]})["a"]) == [value]


@pytest.mark.parametrize("value", [object(), b"x", {1}, [object()], [float("nan")], 1j])
def test_other_values_are_refused(value):
    """With the name of the parameter."""
    with pytest.raises(InvalidArgument, match="quantity"):
        texts({"quantity": value})


def test_each_order_of_a_list_gets_an_id():
    """Those that have one keep it, and what was passed is not changed."""
    numbers = count(1)
    orders = [{"symbol": "A"}, {"symbol": "B", "newClientOrderId": "mine"}, {"symbol": "C"}]
    sent, ids = with_ids(
        "batchOrders.newClientOrderId", {"batchOrders": orders}, lambda: f"made-{next(numbers)}"
    )
    assert ids == ["made-1", "mine", "made-2"]
    assert [order["newClientOrderId"] for order in sent["batchOrders"]] == ids
    assert orders[0] == {"symbol": "A"}


@pytest.mark.parametrize("orders", [None, "[]", [1], {"a": 1}])
def test_a_list_of_orders_has_to_be_one(orders):
    """The error says what to use."""
    with pytest.raises(InvalidArgument, match="list of dicts"):
        with_ids("batchOrders.newClientOrderId", {"batchOrders": orders})


def test_an_error_names_a_few_of_many_orders():
    """All of them in the error's attribute would be the caller's own list."""
    error = BinanceRequestException("no answer in time")
    name_orders(error, [f"id-{number}" for number in range(8)])
    assert error.client_order_id == "id-0"
    assert "id-4 ..." in str(error) and "id-5" not in str(error)


# -- usage ------------------------------------------------------------------------------------------------


def test_used_limits_are_kept_by_host_family_and_account():
    """Weights are of the address, orders and account weights of the account; a count ends with its time."""
    usage = Usage()
    usage.answered(
        "one", "/api/v3/order", "me", [("X-MBX-USED-WEIGHT-1M", "5"), ("x-mbx-order-count-1d", "9")], 0
    )
    usage.answered("one", "/sapi/v1/x", "me", [("X-SAPI-USED-UID-WEIGHT-1M", "7")], 0)
    usage.answered("one", "/sapi/v1/x", "", [("X-SAPI-USED-IP-WEIGHT-1M", "3")], 10)
    usage.answered("two", "/api/v3/order", "me", [("X-MBX-USED-WEIGHT-1M", "99")], 0)
    assert usage.used(["one"], "me", 20) == {
        "/api": {"weight_1m": 5, "orders_1d": 9},
        "/sapi": {"account_weight_1m": 7, "weight_1m": 3},
    }
    assert usage.used(["one"], "other", 20) == {"/api": {"weight_1m": 5}, "/sapi": {"weight_1m": 3}}
    assert usage.used(["one"], "me", 65)["/api"] == {"weight_1m": 0, "orders_1d": 9}


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_headers_are_read(headers):
    """What a server sends in them raises nothing."""
    usage = Usage()
    usage.answered("one", "/api/v3/ping", "", [*headers, ("X-MBX-USED-WEIGHT-1M", "5")], 0)
    usage.answered(
        "one", "/api/v3/ping", "", [("X-MBX-USED-WEIGHT-1M", "many"), ("X-MBX-USED-WEIGHT-1Y", "5")], 0
    )
    assert usage.used(["one"], "", 0) == {"/api": {"weight_1m": 5}}


def test_an_id_is_sent_as_any_other_parameter_is():
    """An enumeration's member as its value, a number without an exponent; what can be none is refused."""
    assert with_ids("newClientOrderId", {"newClientOrderId": Side.BUY}) == (
        {"newClientOrderId": "BUY"},
        ["BUY"],
    )
    assert with_ids("newClientOrderId", {"newClientOrderId": Decimal("1E+3")})[1] == ["1000"]
    with pytest.raises(InvalidArgument, match="newClientOrderId"):
        with_ids("newClientOrderId", {"newClientOrderId": b"mine-1"})


def test_a_list_with_commas_has_its_values_as_any_other_parameter_has():
    """True is true, and a number has no exponent."""
    call = Call("get_it", "GET", "/it", "Get it.", commas="assets")
    assert of_call(call, {"assets": [Side.BUY, 1e-7, True]}) == {"assets": "BUY,0.0000001,true"}


@pytest.mark.parametrize("value", ["\ud800", ["BNB\udfff"], {"a": "\udc80"}])
def test_half_a_character_is_refused(value):
    """It cannot be encoded; the error is the one of every other value that cannot be sent."""
    with pytest.raises(InvalidArgument, match="symbol"):
        texts({"symbol": value})


def lost() -> BinanceRequestException:
    """The error of an order that is in doubt."""
    error = BinanceAPIException(504, -1007, "Timeout", data={"a": 1})
    name_orders(error, ["mine-1"])
    return error


@pytest.mark.parametrize(
    "error",
    [
        BinanceRequestException("no answer", 502),
        BinanceAPIException(400, -1121, "Invalid symbol.", 3.0),
        RateLimited(429, -1003, "wait", 2.0),
        Retired("ended", "2023-06-01", "another"),
        lost(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_a_pickle(error):
    """A pool of processes brings it home whole: its words, the client order id, and all else."""
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))
