"""Constants, exceptions and helpers of python-binance 0.7.11, under the same names."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from binance import constants, enums, exceptions, helpers
from binance.rest.class_constants import ClassConstants

from .. import classic

ON_THE_CLASS = {
    name: value for name, value in classic.constants("Client constants").items() if not name.endswith("_URL")
}


def test_every_classic_constant_is_in_enums_with_its_value():
    """So it is in constants, whose names these are."""
    wanted = classic.constants("binance.enums")
    assert len(wanted) == 49
    assert {name: getattr(enums, name, None) for name in wanted} == wanted
    assert {name: getattr(constants, name, None) for name in wanted} == wanted


def test_every_classic_constant_is_on_the_class_with_its_value():
    """``Client.ORDER_STATUS_FILLED`` and all others, but the URLs, which follow the venue."""
    assert len(ON_THE_CLASS) == 77
    assert {name: getattr(ClassConstants, name, None) for name in ON_THE_CLASS} == ON_THE_CLASS


def test_newer_constants_are_on_the_class_too():
    """Whoever finds a word in the module finds it on the class, except lists and the depths of sockets."""
    newer = {name for name in vars(constants) if name.isupper()} - {"KLINE_INTERVALS"}
    newer -= {name for name in newer if name.startswith("WEBSOCKET_")}
    assert {name: getattr(ClassConstants, name, None) for name in newer} == {
        name: getattr(constants, name) for name in newer
    }


def test_nothing_but_constants_is_on_the_class():
    """No helper of ours becomes an attribute of the client."""
    assert all(name.isupper() for name in vars(ClassConstants) if not name.startswith("__"))


def test_every_classic_exception_is_there_under_one_root():
    """An except clause of an older script can be written as it was, and BinanceError covers it."""
    wanted = classic.names("binance.exceptions")
    assert len(wanted) == 9
    assert all(issubclass(getattr(exceptions, name), exceptions.BinanceError) for name in wanted)


ORDER_ERRORS = [
    exceptions.BinanceOrderMinAmountException("0.001"),
    exceptions.BinanceOrderMinPriceException("0.001"),
    exceptions.BinanceOrderMinTotalException("0.001"),
    exceptions.BinanceOrderUnknownSymbolException("0.001"),
    exceptions.BinanceOrderInactiveSymbolException("0.001"),
]


@pytest.mark.parametrize("error", ORDER_ERRORS, ids=lambda error: type(error).__name__)
def test_an_exception_of_an_order_is_made_of_a_value(error):
    """It has the exchange's code of a filter, words with the value, and is a BinanceOrderException."""
    assert isinstance(error, exceptions.BinanceOrderException)
    assert error.code == -1013
    assert "0.001" in error.message
    assert str(error) == f"{type(error).__name__}(code=-1013): {error.message}"


@pytest.mark.parametrize(
    "error",
    [
        *ORDER_ERRORS,
        exceptions.BinanceOrderException(-2010, "no money"),
        exceptions.BinanceWithdrawException("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_of_an_order_can_be_copied_and_pickled(error):
    """It comes through a process pool as it was."""
    for made in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(made) is type(error)
        assert (str(made), made.message) == (str(error), error.message)


def test_the_general_exceptions_are_made_of_code_and_message():
    """As they were."""
    order = exceptions.BinanceOrderException(-2010, "no money")
    assert (order.code, order.message) == (-2010, "no money")
    assert str(order) == "BinanceOrderException(code=-2010): no money"
    withdraw = exceptions.BinanceWithdrawException("address unknown")
    assert withdraw.message == "address unknown"
    assert str(withdraw) == "BinanceWithdrawException: address unknown"


def test_helpers_have_their_classic_names_and_arguments():
    """Both of them."""
    wanted = classic.names("binance.helpers")
    assert wanted == ["date_to_milliseconds(date_str)", "interval_to_milliseconds(interval)"]
    for text in wanted:
        name, _, arguments = text.rstrip(")").partition("(")
        assert list(inspect.signature(getattr(helpers, name)).parameters) == [arguments]
