"""Accounts by listen key: who makes a key, and where its events are served. Pure.

Source: binance.us, *USD-M*, *COIN-M*, *Options* and *Portfolio Margin*: "User Data Streams"; of USD-M's URL
*Important WebSocket Change Notice*.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from binance.endpoints import Endpoints
from binance.venues.venue import Method

#: The events of USD-M accounts; its connections send those that their URL names. The last one is retired.
USDM_EVENTS = (
    "ORDER_TRADE_UPDATE",
    "ACCOUNT_UPDATE",
    "TRADE_LITE",
    "ALGO_UPDATE",
    "MARGIN_CALL",
    "ACCOUNT_CONFIG_UPDATE",
    "STRATEGY_UPDATE",
    "GRID_UPDATE",
    "listenKeyExpired",
    "CONDITIONAL_ORDER_TRIGGER_REJECT",
)


@dataclass(frozen=True, kw_only=True)
class KeyedAccount:
    """One kind of account whose events come by listen key.

    :ivar conn_key: the connection key of its sockets; *what*: such a socket, in messages.
    :ivar prefix: what the names of the client's three calls begin with.
    :ivar rest: the field of :class:`~binance.endpoints.Endpoints` with the host that makes the keys;
        *stream*: with the one that serves the events.
    :ivar path: behind the stream host, with ``{key}`` for the listen key.
    :ivar market: whose pings its connections have.
    :ivar method: by which error codes may have a meaning of their own.
    """

    conn_key: str
    what: str
    prefix: str
    rest: str
    stream: str
    path: str = "/ws/{key}"
    market: str
    method: Method = "derivatives_key"

    @property
    def get(self) -> str:
        """The client's call that answers with the listen key."""
        return f"{self.prefix}stream_get_listen_key"

    @property
    def keep_alive(self) -> str:
        """The one that extends it."""
        return f"{self.prefix}stream_keepalive"

    def rest_url(self, endpoints: Endpoints) -> str:
        """The host that makes the keys."""
        return str(getattr(endpoints, self.rest))

    def url(self, endpoints: Endpoints, listen_key: str) -> str:
        """Where the events are served that belong to a listen key."""
        return str(getattr(endpoints, self.stream)) + self.path.format(key=quote(listen_key, safe=""))

    def shown_url(self, endpoints: Endpoints) -> str:
        """The same for events and log lines: without the key, and what follows it."""
        return str(getattr(endpoints, self.stream)) + self.path.partition("&")[0].format(key="***")


SPOT_ACCOUNT = KeyedAccount(
    conn_key="user",
    what="a user socket",
    prefix="",
    rest="rest",
    stream="stream",
    market="spot",
    method="listen_key",
)
USDM_ACCOUNT = KeyedAccount(
    conn_key="usdm_user",
    what="a user socket of USD-M futures",
    prefix="futures_",
    rest="usdm_rest",
    stream="usdm_stream",
    # a key in the path, or one without events, connects and is silent
    path=f"/private/ws?listenKey={{key}}&events={'/'.join(USDM_EVENTS)}",
    market="usdm",
)
COINM_ACCOUNT = KeyedAccount(
    conn_key="coinm_user",
    what="a user socket of COIN-M futures",
    prefix="futures_coin_",
    rest="coinm_rest",
    stream="coinm_stream",
    market="coinm",
)
OPTIONS_ACCOUNT = KeyedAccount(
    conn_key="options_user",
    what="a user socket of options",
    prefix="options_",
    rest="options_rest",
    stream="options_stream",
    path="/private/ws/{key}",
    market="options",
)
PORTFOLIO_MARGIN_ACCOUNT = KeyedAccount(
    conn_key="portfolio_margin",
    what="a portfolio margin socket",
    prefix="papi_",
    rest="portfolio_rest",
    stream="portfolio_stream",
    market="usdm",
)
