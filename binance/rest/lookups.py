"""One symbol, one balance, one withdrawal: the client's methods that look it up in a longer answer.

Source: Spot *REST API*, "Exchange information", "Account information"; *Wallet*, "Withdraw History".
"""

from __future__ import annotations

from typing import Any

from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.rest.methods import TableCalls

# Codes of a symbol that cannot be one, is empty, or is not listed.
_NO_SUCH_SYMBOL = (-1100, -1105, -1121)


class Lookups(TableCalls):
    """Methods that return one entry.

    They call ``get_exchange_info``, ``get_account`` and ``get_withdraw_history``.
    """

    def get_symbol_info(self, symbol: str) -> dict[str, Any] | None:
        """Trading rules of one symbol.

        :param symbol: in any case, e.g. ``"BNBBTC"``.
        :returns: ``{"symbol", "status", "baseAsset", "filters": [...], ...}``; None if it is not listed.
        """
        name = symbol.upper()
        try:
            listed = self.get_exchange_info(symbol=name)["symbols"]
        except BinanceAPIException as exc:
            if exc.code in _NO_SUCH_SYMBOL:
                return None
            raise
        return next((info for info in listed if info["symbol"] == name), None)

    def get_asset_balance(self, asset: str, **params: Any) -> dict[str, Any] | None:
        """How much of one asset the spot account has.

        :param asset: in any case, e.g. ``"BTC"``.
        :param params: of ``get_account``.
        :returns: ``{"asset", "free": amount, "locked": amount}``, amounts as text; None if the account has no
            entry of it.
        """
        name = asset.upper()
        balances = self.get_account(**params).get("balances", [])
        return next((entry for entry in balances if entry["asset"].upper() == name), None)

    def get_withdraw_history_id(self, withdraw_id: str, **params: Any) -> dict[str, Any]:
        """One withdrawal.

        :param withdraw_id: what ``withdraw`` returned as ``id``.
        :param params: of ``get_withdraw_history``. Without ``startTime`` the exchange looks back 90 days.
        :returns: ``{"id", "amount", "coin", "status": number, "address", ...}``.
        :raises BinanceRequestException: if no withdrawal has this id.
        """
        entries = self.get_withdraw_history(**{"idList": withdraw_id, **params})
        for entry in entries:
            if entry.get("id") == withdraw_id:
                found: dict[str, Any] = entry
                return found
        raise BinanceRequestException(f"no withdrawal has the id {withdraw_id!r}")
