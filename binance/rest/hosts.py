"""The hosts of a client's calls, which scripts change by the constants that 0.7 had. Values only.

``API_URL`` and its like are templates on the class, ``"https://api.binance.{}/api"``, and whole on a client.
"""

from __future__ import annotations

from typing import NamedTuple

from binance.endpoints import Endpoints


class Url(NamedTuple):
    """What a constant stands for.

    :ivar classic: its value in 0.7.
    :ivar field: of :class:`~binance.endpoints.Endpoints`, with the host.
    :ivar prefix: what the paths that go there begin with.
    """

    classic: str
    field: str
    prefix: str


#: By name; of several that fit a path, the first.
URLS = {
    "API_URL": Url("https://api.binance.{}/api", "rest", "/api"),
    "MARGIN_API_URL": Url("https://api.binance.{}/sapi", "rest", "/sapi"),
    "WITHDRAW_API_URL": Url("https://api.binance.{}/wapi", "rest", "/wapi"),
    "FUTURES_URL": Url("https://fapi.binance.{}/fapi", "usdm_rest", "/fapi"),
    "FUTURES_DATA_URL": Url("https://fapi.binance.{}/futures/data", "usdm_rest", "/futures/data"),
    "FUTURES_COIN_URL": Url("https://dapi.binance.{}/dapi", "coinm_rest", "/dapi"),
    "FUTURES_COIN_DATA_URL": Url("https://dapi.binance.{}/futures/data", "coinm_rest", "/futures/data"),
    "OPTIONS_URL": Url("https://vapi.binance.{}/vapi", "options_rest", "/eapi"),
    "WEBSITE_URL": Url("https://www.binance.{}", "web", ""),
}


def url_for(name: str, on_class: str, endpoints: Endpoints, tld: str) -> str:
    """What a client has for a constant: its host and the beginning of the paths, no slash at the end.

    :param on_class: the constant's value on the class; if it was changed it wins over the endpoints.
    """
    url = URLS[name]
    if on_class == url.classic:
        return str(getattr(endpoints, url.field)) + url.prefix
    return on_class.replace("{}", tld).rstrip("/")


def host_for(field: str, path: str, urls: object) -> str | None:
    """The host of a path, by the constants of a client; None if no constant is about that path.

    :param field: of :class:`~binance.endpoints.Endpoints`.
    :param urls: has the constants as attributes.
    """
    for name, url in URLS.items():
        if url.field == field and path.startswith(f"{url.prefix}/"):
            base = str(getattr(urls, name)).rstrip("/")
            ends = {url.prefix, url.classic.partition("{}")[2]}
            return next((base.removesuffix(end) for end in ends if end and base.endswith(end)), base)
    return None
