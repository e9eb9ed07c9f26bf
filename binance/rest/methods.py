"""The client's methods, one for each row of the table.

Made by ``python -m binance.rest.generate``. A test holds it against the table. Do not change it by hand.
"""

# mypy: disable-error-code=no-any-return
from __future__ import annotations

from typing import Any, NoReturn

from binance.rest.caller import Caller
from binance.rest.table import retired


class TableCalls(Caller):
    """The calls of the table, under their classic names."""

    def ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /api/v3/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("ping", {})

    def get_server_time(self) -> dict[str, Any]:
        """The exchange's clock.

        ``GET /api/v3/time``: no key, weight 1.

        :returns: ``{"serverTime": ms}``
        """
        return self._call("get_server_time", {})

    def get_exchange_info(self, **params: Any) -> dict[str, Any]:
        """Rules.

        ``GET /api/v3/exchangeInfo``: no key, weight 20. Parameters, none of them needed: ``symbol``,
        ``symbols``.

        :returns: ``{"symbols"}``
        """
        return self._call("get_exchange_info", params)

    def get_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /api/v3/depth``: no key, weight 5 to 250. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{"bids"}``
        """
        return self._call("get_order_book", params)

    def get_klines(self, **params: Any) -> list[Any]:
        """Candles.

        ``GET /api/v3/klines``: no key, weight 2. Parameters: ``symbol``, ``interval``; if wanted
        ``startTime``, ``endTime``, ``limit``.

        :returns: ``[[]]``
        """
        return self._call("get_klines", params)

    def get_account(self, **params: Any) -> dict[str, Any]:
        """Account.

        ``GET /api/v3/account``: signed, weight 20. Parameters, none of them needed: ``recvWindow``.

        :returns: ``{"balances"}``
        """
        return self._call("get_account", params)

    def create_order(self, **params: Any) -> dict[str, Any]:
        """Order.

        ``POST /api/v3/order``: signed, weight 1. Parameters: ``symbol``, ``side``, ``type``; if wanted
        ``quantity``.

        :returns: ``{"orderId"}``
        """
        return self._call("create_order", params)

    def stream_get_listen_key(self) -> str:
        """Key.

        ``POST /api/v3/userDataStream``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("stream_get_listen_key", {})

    def stream_keepalive(self, listenKey: str) -> dict[str, Any]:
        """Keep.

        ``PUT /api/v3/userDataStream``: API key, weight 1. Parameters: ``listenKey``.

        :returns: ``{}``
        """
        return self._call("stream_keepalive", {"listenKey": listenKey})

    def stream_close(self, listenKey: str) -> dict[str, Any]:
        """Close.

        ``DELETE /api/v3/userDataStream``: API key, weight 1. Parameters: ``listenKey``.

        :returns: ``{}``
        """
        return self._call("stream_close", {"listenKey": listenKey})

    def futures_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /fapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_ping", {})

    def futures_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /fapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_time", {})

    def futures_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /fapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_exchange_info", {})

    def futures_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /fapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("futures_order_book", params)

    def futures_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /fapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("futures_stream_get_listen_key", {})

    def futures_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_stream_keepalive", {})

    def futures_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /fapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_stream_close", {})

    def futures_coin_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /dapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_ping", {})

    def futures_coin_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /dapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_time", {})

    def futures_coin_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /dapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("futures_coin_exchange_info", {})

    def futures_coin_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /dapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("futures_coin_order_book", params)

    def futures_coin_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /dapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("futures_coin_stream_get_listen_key", {})

    def futures_coin_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_coin_stream_keepalive", {})

    def futures_coin_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /dapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("futures_coin_stream_close", {})

    def options_ping(self) -> dict[str, Any]:
        """Ask.

        ``GET /eapi/v1/ping``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_ping", {})

    def options_time(self) -> dict[str, Any]:
        """Clock.

        ``GET /eapi/v1/time``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_time", {})

    def options_exchange_info(self) -> dict[str, Any]:
        """Rules.

        ``GET /eapi/v1/exchangeInfo``: no key, weight 1.

        :returns: ``{}``
        """
        return self._call("options_exchange_info", {})

    def options_order_book(self, **params: Any) -> dict[str, Any]:
        """Book.

        ``GET /eapi/v1/depth``: no key, weight 1. Parameters: ``symbol``; if wanted ``limit``.

        :returns: ``{}``
        """
        return self._call("options_order_book", params)

    def options_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /eapi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("options_stream_get_listen_key", {})

    def options_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("options_stream_keepalive", {})

    def options_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /eapi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("options_stream_close", {})

    def papi_stream_get_listen_key(self) -> str:
        """Key.

        ``POST /papi/v1/listenKey``: API key, weight 1.

        :returns: ``text``
        """
        return self._call("papi_stream_get_listen_key", {})

    def papi_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Keep.

        ``PUT /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("papi_stream_keepalive", {})

    def papi_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Close.

        ``DELETE /papi/v1/listenKey``: API key, weight 1.

        :param listenKey: not sent; the exchange takes the one that the account has.
        :returns: ``{}``
        """
        return self._call("papi_stream_close", {})

    def get_lending_account(self, **params: Any) -> NoReturn:
        """Lending. The exchange has ended it (2023-06).

        Use x.

        :raises Retired: always.
        """
        raise retired("get_lending_account")
