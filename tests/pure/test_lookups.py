"""One symbol, one balance, one withdrawal."""

from __future__ import annotations

import pytest

from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.rest.lookups import Lookups

BNBBTC = {"symbol": "BNBBTC", "status": "TRADING"}
BALANCES = [{"asset": "BNB", "free": "1.0", "locked": "0.0"}, {"asset": "1INCH", "free": "2", "locked": "0"}]
WITHDRAWN = [{"id": "a1", "amount": "8.9"}, {"withdrawOrderId": "b2"}, {"id": "b2", "amount": "0.1"}]


class Account(Lookups):
    """Answers as the exchange does, or with an error."""

    def __init__(self, error=None):
        self.error = error
        self.asked = []

    def _call(self, name, params):
        self.asked.append((name, params))
        if self.error is not None:
            raise self.error
        return {
            "get_exchange_info": {"symbols": [BNBBTC]},
            "get_account": {"makerCommission": 10, "balances": BALANCES},
            "get_withdraw_history": WITHDRAWN,
        }[name]


def test_a_symbol_is_asked_for_by_its_name_in_any_case():
    """Only that one is fetched."""
    client = Account()
    assert client.get_symbol_info("bnbBTC") == BNBBTC
    assert client.asked == [("get_exchange_info", {"symbol": "BNBBTC"})]


@pytest.mark.parametrize("code", [-1121, -1100, -1105])
def test_a_symbol_that_is_not_listed_or_cannot_be_one_is_none(code):
    """As ever, whatever the exchange answers."""
    assert Account(BinanceAPIException(400, code, "no")).get_symbol_info("BNB/BTC") is None


def test_an_answer_without_the_symbol_is_none():
    """A venue that ignores the name is not trusted with it."""
    assert Account().get_symbol_info("ETHBTC") is None


def test_any_other_error_of_a_symbol_is_raised():
    """Only those codes mean that there is no such symbol."""
    with pytest.raises(BinanceAPIException, match="slow"):
        Account(BinanceAPIException(429, -1003, "slow down")).get_symbol_info("BNBBTC")


@pytest.mark.parametrize(
    ("asset", "found"), [("BNB", BALANCES[0]), ("bnb", BALANCES[0]), ("1inch", BALANCES[1]), ("NONE", None)]
)
def test_a_balance_is_found_by_its_asset_in_any_case(asset, found):
    """None if the account has no such entry; parameters go along."""
    client = Account()
    assert client.get_asset_balance(asset, recvWindow=9) == found
    assert client.asked == [("get_account", {"recvWindow": 9})]


@pytest.mark.parametrize(("withdraw_id", "found"), [("a1", WITHDRAWN[0]), ("b2", WITHDRAWN[2])])
def test_a_withdrawal_is_found_by_its_id(withdraw_id, found):
    """The exchange is asked for that one alone, and another id is not taken for it."""
    client = Account()
    assert client.get_withdraw_history_id(withdraw_id, coin="BNB") == found
    assert client.asked == [("get_withdraw_history", {"idList": withdraw_id, "coin": "BNB"})]


def test_a_withdrawal_that_there_is_not_is_an_error():
    """As it was: a script reads the entry and does not look whether there is one."""
    with pytest.raises(BinanceRequestException, match="'c3'"):
        Account().get_withdraw_history_id("c3")
