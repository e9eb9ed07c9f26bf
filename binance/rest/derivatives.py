"""Calls of derivatives' venues: what is public, and listen keys.

Source: *USD-M Futures*, *COIN-M Futures*, *European Options* and *Portfolio Margin*: "Market Data" and
"User Data Streams" of each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from binance.exceptions import BinanceRequestException


class Base(NamedTuple):
    """Where the calls of one venue begin.

    :ivar rest: the field of :class:`~binance.endpoints.Endpoints` with its host.
    :ivar path: what the paths begin with.
    """

    rest: str
    path: str


BASES = {
    "usdm": Base("usdm_rest", "/fapi/v1"),
    "coinm": Base("coinm_rest", "/dapi/v1"),
    "options": Base("options_rest", "/eapi/v1"),
    "portfolio_margin": Base("portfolio_rest", "/papi/v1"),
}


def listen_key_of(answer: Mapping[str, Any]) -> str:
    """The listen key in an answer.

    :raises BinanceRequestException: if there is none.
    """
    listen_key = answer.get("listenKey")
    if not isinstance(listen_key, str):
        raise BinanceRequestException("the exchange's answer holds no listenKey")
    return listen_key


class DerivativesCalls(ABC):
    """The calls; what makes them is the client's."""

    @abstractmethod
    def _request_dict(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | str | None = None,
        with_key: bool = False,
        rest: str = "rest",
    ) -> dict[str, Any]:
        """Make one call, whose answer is an object.

        :param rest: the field of :class:`~binance.endpoints.Endpoints` with its host.
        """

    def _public(self, venue: str, what: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        base = BASES[venue]
        return self._request_dict("GET", f"{base.path}/{what}", params, rest=base.rest)

    def _listen_key(self, venue: str, method: str) -> dict[str, Any]:
        base = BASES[venue]
        return self._request_dict(method, f"{base.path}/listenKey", with_key=True, rest=base.rest)

    # -- USD-M futures -----------------------------------------------------------------------------------

    def futures_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's USD-M futures answer.

        :returns: ``{}``.
        """
        return self._public("usdm", "ping")

    def futures_time(self) -> dict[str, Any]:
        """The clock of USD-M futures.

        :returns: ``{"serverTime": epoch ms}``.
        """
        return self._public("usdm", "time")

    def futures_exchange_info(self) -> dict[str, Any]:
        """Trading rules and symbols of USD-M futures.

        :returns: ``{"timezone", "serverTime", "rateLimits": [...], "symbols": [...], ...}``.
        """
        return self._public("usdm", "exchangeInfo")

    def futures_order_book(self, **params: Any) -> dict[str, Any]:
        """The order book of one contract.

        :param params: ``symbol="BTCUSDT"``, and ``limit``, levels per side.
        :returns: ``{"lastUpdateId": n, "E", "T", "bids": [[price, quantity], ...], "asks": ...}``.
        """
        return self._public("usdm", "depth", params)

    def futures_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of USD-M futures, a new one or the one that lives; it lives
        60 minutes from now.
        """
        return listen_key_of(self._listen_key("usdm", "POST"))

    def futures_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Let the listen key of an account of USD-M futures live another 60 minutes.

        :param listenKey: not sent; the exchange extends the key that the account has.
        :returns: ``{"listenKey": that key}``; code -1125 in the error means that there is none.
        """
        return self._listen_key("usdm", "PUT")

    def futures_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of USD-M futures, for every program that uses it.

        :param listenKey: not sent; the exchange deletes the key that the account has.
        :returns: ``{}``.
        """
        return self._listen_key("usdm", "DELETE")

    # -- COIN-M futures ----------------------------------------------------------------------------------

    def futures_coin_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's COIN-M futures answer.

        :returns: ``{}``.
        """
        return self._public("coinm", "ping")

    def futures_coin_time(self) -> dict[str, Any]:
        """The clock of COIN-M futures.

        :returns: ``{"serverTime": epoch ms}``.
        """
        return self._public("coinm", "time")

    def futures_coin_exchange_info(self) -> dict[str, Any]:
        """Trading rules and symbols of COIN-M futures.

        :returns: ``{"timezone", "serverTime", "rateLimits": [...], "symbols": [...], ...}``.
        """
        return self._public("coinm", "exchangeInfo")

    def futures_coin_order_book(self, **params: Any) -> dict[str, Any]:
        """The order book of one contract.

        :param params: ``symbol="BTCUSD_PERP"``, and ``limit``, levels per side.
        :returns: ``{"lastUpdateId": n, "E", "T", "bids": [[price, quantity], ...], "asks": ...}``.
        """
        return self._public("coinm", "depth", params)

    def futures_coin_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of COIN-M futures, a new one or the one that lives; it lives
        60 minutes from now.
        """
        return listen_key_of(self._listen_key("coinm", "POST"))

    def futures_coin_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Let the listen key of an account of COIN-M futures live another 60 minutes.

        :param listenKey: not sent; the exchange extends the key that the account has.
        :returns: ``{"listenKey": that key}``; code -1125 in the error means that there is none.
        """
        return self._listen_key("coinm", "PUT")

    def futures_coin_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of COIN-M futures, for every program that uses it.

        :param listenKey: not sent; the exchange deletes the key that the account has.
        :returns: ``{}``.
        """
        return self._listen_key("coinm", "DELETE")

    # -- options -----------------------------------------------------------------------------------------

    def options_ping(self) -> dict[str, Any]:
        """Ask whether the exchange's options answer.

        :returns: ``{}``.
        """
        return self._public("options", "ping")

    def options_time(self) -> dict[str, Any]:
        """The clock of options.

        :returns: ``{"serverTime": epoch ms}``.
        """
        return self._public("options", "time")

    def options_exchange_info(self) -> dict[str, Any]:
        """Trading rules and symbols of options.

        :returns: ``{"timezone", "serverTime", "rateLimits": [...], "optionSymbols": [...], ...}``.
        """
        return self._public("options", "exchangeInfo")

    def options_order_book(self, **params: Any) -> dict[str, Any]:
        """The order book of one option.

        :param params: ``symbol="BTC-261225-100000-C"``, and ``limit``, levels per side.
        :returns: ``{"lastUpdateId": n, "T", "bids": [[price, quantity], ...], "asks": ...}``.
        """
        return self._public("options", "depth", params)

    def options_stream_get_listen_key(self) -> str:
        """Get the listen key of an account of options, a new one or the one that lives; it lives
        60 minutes from now.
        """
        return listen_key_of(self._listen_key("options", "POST"))

    def options_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Let the listen key of an account of options live another 60 minutes.

        :param listenKey: not sent; the exchange extends the key that the account has.
        :returns: ``{"listenKey": that key}``; code -1125 in the error means that there is none.
        """
        return self._listen_key("options", "PUT")

    def options_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of an account of options, for every program that uses it.

        :param listenKey: not sent; the exchange deletes the key that the account has.
        :returns: ``{}``.
        """
        return self._listen_key("options", "DELETE")

    # -- portfolio margin --------------------------------------------------------------------------------

    def papi_stream_get_listen_key(self) -> str:
        """Get the listen key of a portfolio margin account, a new one or the one that lives; it lives
        60 minutes from now.
        """
        return listen_key_of(self._listen_key("portfolio_margin", "POST"))

    def papi_stream_keepalive(self, listenKey: str | None = None) -> dict[str, Any]:
        """Let the listen key of a portfolio margin account live another 60 minutes.

        :param listenKey: not sent; the exchange extends the key that the account has.
        :returns: ``{"listenKey": that key}``; code -1125 in the error means that there is none.
        """
        return self._listen_key("portfolio_margin", "PUT")

    def papi_stream_close(self, listenKey: str | None = None) -> dict[str, Any]:
        """Delete the listen key of a portfolio margin account, for every program that uses it.

        :param listenKey: not sent; the exchange deletes the key that the account has.
        :returns: ``{}``.
        """
        return self._listen_key("portfolio_margin", "DELETE")
