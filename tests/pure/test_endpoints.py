"""Where each venue lives."""

from __future__ import annotations

import dataclasses

import pytest

from binance import endpoints
from binance.endpoints import (
    BINANCE_COM,
    BINANCE_US,
    MARKET_DATA_ONLY,
    SPOT_DEMO,
    SPOT_TESTNET,
    Endpoints,
)
from binance.exceptions import BinanceError, InvalidArgument

COM = {
    "rest": "https://api.binance.com",
    "stream": "wss://stream.binance.com:9443",
    "ws_api": "wss://ws-api.binance.com:443/ws-api/v3",
    "usdm_rest": "https://fapi.binance.com",
    "usdm_stream": "wss://fstream.binance.com",
    "coinm_rest": "https://dapi.binance.com",
    "coinm_stream": "wss://dstream.binance.com",
    "options_rest": "https://eapi.binance.com",
    "options_stream": "wss://fstream.binance.com",
    "portfolio_rest": "https://papi.binance.com",
    "portfolio_stream": "wss://fstream.binance.com/pm",
    "user_stream": "signature",
}

PRESETS = {
    "BINANCE_COM": (BINANCE_COM, {}),
    "BINANCE_US": (
        BINANCE_US,
        {
            "rest": "https://api.binance.us",
            "stream": "wss://stream.binance.us:9443",
            "ws_api": "wss://ws-api.binance.us:443/ws-api/v3",
            "user_stream": "listen_key",
        },
    ),
    "SPOT_TESTNET": (
        SPOT_TESTNET,
        {
            "rest": "https://testnet.binance.vision",
            "stream": "wss://stream.testnet.binance.vision",
            "ws_api": "wss://ws-api.testnet.binance.vision/ws-api/v3",
            "usdm_rest": "https://testnet.binancefuture.com",
            "usdm_stream": "wss://fstream.binancefuture.com",
            "coinm_rest": "https://testnet.binancefuture.com",
            "coinm_stream": "wss://dstream.binancefuture.com",
            "options_rest": "https://testnet.binancefuture.com",
            "options_stream": "wss://fstream.binancefuture.com",
        },
    ),
    "SPOT_DEMO": (
        SPOT_DEMO,
        {
            "rest": "https://demo-api.binance.com",
            "stream": "wss://demo-stream.binance.com:9443",
            "ws_api": "wss://demo-ws-api.binance.com/ws-api/v3",
            "usdm_rest": "https://demo-fapi.binance.com",
            "usdm_stream": "wss://demo-fstream.binance.com",
            "coinm_rest": "https://demo-dapi.binance.com",
            "coinm_stream": "wss://demo-dstream.binance.com",
        },
    ),
    "MARKET_DATA_ONLY": (
        MARKET_DATA_ONLY,
        {"rest": "https://data-api.binance.vision", "stream": "wss://data-stream.binance.vision"},
    ),
}

FIELDS = [field.name for field in dataclasses.fields(Endpoints)]
REST_FIELDS = [name for name in FIELDS if name.endswith("rest")]
STREAM_FIELDS = ["stream", "usdm_stream", "coinm_stream", "options_stream"]
URL_FIELDS = ["ws_api", "portfolio_stream"]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_the_hosts_of_their_venue(preset):
    """A preset names its venue's hosts, and binance.com's where the venue has none of its own."""
    found, differences = PRESETS[preset]
    assert dataclasses.asdict(found) == COM | differences
    assert getattr(endpoints, preset) is found


def test_fields_have_names_only():
    """A value without a field's name is refused."""
    with pytest.raises(TypeError):
        Endpoints("https://api.binance.com")


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_cannot_be_changed(field):
    """Endpoints are frozen: what a manager was given stays what it is."""
    venue = Endpoints()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(venue, field, "https://elsewhere.example")


def test_endpoints_are_values():
    """Equal hosts make equal, hashable endpoints."""
    assert Endpoints() == BINANCE_COM
    assert len({Endpoints(), BINANCE_COM, BINANCE_US}) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, "https://host.example") for name in REST_FIELDS),
        *((name, "wss://host.example") for name in STREAM_FIELDS),
        ("rest", "http://127.0.0.1:8080"),
        ("rest", "https://[::1]:8080"),
        ("stream", "ws://localhost:9443"),
        ("ws_api", "ws://127.0.0.1:8080/ws-api/v3"),
        ("portfolio_stream", "wss://host.example:443/pm"),
        ("user_stream", "listen_key"),
        ("user_stream", "signature"),
    ],
)
def test_right_forms_are_kept_as_they_are(field, value):
    """Hosts and ports, plain or over TLS, are kept as they were written."""
    assert getattr(Endpoints(**{field: value}), field) == value


WRONG_REST = [
    "api.binance.com",
    "wss://api.binance.com",
    "ftp://api.binance.com",
    "https://",
    "https:///",
    "https://api.binance.com/",
    "https://api.binance.com/api",
    "https://api.binance.com?x=1",
    "https://api.binance.com#x",
    "https://api.binance.com ",
    " https://api.binance.com",
    "https://api.binance.com\n",
    "https://api binance.com",
    "",
    None,
    443,
    b"https://api.binance.com",
]
WRONG_STREAM = [
    value.replace("wss:", "https:") if value.startswith("wss:") else value.replace("https:", "wss:")
    for value in WRONG_REST
    if isinstance(value, str)
] + [
    "wss://stream.binance.com:9443/ws",
    "wss://stream.binance.com/stream?streams=",
    None,
    443,
    b"wss://a.example",
]
WRONG_URL = [
    "ws-api.binance.com/ws-api/v3",
    "https://ws-api.binance.com/ws-api/v3",
    "wss://",
    "wss:///ws-api/v3",
    "wss://ws-api.binance.com/",
    "wss://ws-api.binance.com/ws-api/v3/",
    "wss://ws-api.binance.com/ws-api/v3?x=1",
    "wss://ws-api.binance.com/ws-api/v3#x",
    "wss://ws-api.binance.com/ws-api /v3",
    "wss://ws-api.binance.com/ws-api/v3\n",
    "",
    None,
    443,
]
WRONG_USER_STREAM = ["", "token", "Signature", "listen-key", None, True]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in REST_FIELDS for value in WRONG_REST),
        *((name, value) for name in STREAM_FIELDS for value in WRONG_STREAM),
        *((name, value) for name in URL_FIELDS for value in WRONG_URL),
        *(("user_stream", value) for value in WRONG_USER_STREAM),
    ],
)
def test_wrong_forms_are_refused_by_the_fields_name(field, value):
    """A value of another form raises InvalidArgument, a ValueError, that names the field."""
    with pytest.raises(InvalidArgument, match=rf"^{field} is ") as caught:
        Endpoints(**{field: value})
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, BinanceError)


@pytest.mark.parametrize("field", [*REST_FIELDS, *STREAM_FIELDS, *URL_FIELDS])
@pytest.mark.parametrize("port", [0, 65536, 70000, 99999])
def test_a_port_that_cannot_be_is_refused(field, port):
    """Ports are 1 to 65535: another one raises here, not at the first connection."""
    scheme = "https" if field in REST_FIELDS else "wss"
    path = "/ws-api/v3" if field in URL_FIELDS else ""
    for host in ("stream.example", "127.0.0.1", "[::1]"):
        with pytest.raises(InvalidArgument, match=rf"^{field} is .*{port}.*1 to 65535"):
            Endpoints(**{field: f"{scheme}://{host}:{port}{path}"})
        kept = f"{scheme}://{host}:65535{path}"
        assert getattr(Endpoints(**{field: kept}), field) == kept


@pytest.mark.parametrize("port", [0, 65536, 123456])
def test_the_sandbox_has_no_such_port_either(port):
    """Endpoints.sandbox checks what it was given."""
    with pytest.raises(InvalidArgument, match=str(port)):
        Endpoints.sandbox("127.0.0.1", port)


def test_a_changed_copy_is_checked_too():
    """dataclasses.replace takes one venue's hosts into another, with the same check."""
    mixed = dataclasses.replace(BINANCE_US, stream="ws://127.0.0.1:1")
    assert (mixed.rest, mixed.stream) == ("https://api.binance.us", "ws://127.0.0.1:1")
    with pytest.raises(InvalidArgument, match="stream"):
        dataclasses.replace(BINANCE_US, stream="ws://127.0.0.1:1/")


@pytest.mark.parametrize(("tls", "http", "ws"), [(False, "http", "ws"), (True, "https", "wss")])
def test_the_sandbox_stands_in_for_every_venue(tls, http, ws):
    """All hosts are the one local server; only the paths that belong to a field differ."""
    served = dataclasses.asdict(Endpoints.sandbox("127.0.0.1", 8080, tls=tls))
    assert served.pop("user_stream") == "signature"
    assert served.pop("ws_api") == f"{ws}://127.0.0.1:8080/ws-api/v3"
    assert served.pop("portfolio_stream") == f"{ws}://127.0.0.1:8080/pm"
    assert {served.pop(name) for name in REST_FIELDS} == {f"{http}://127.0.0.1:8080"}
    assert set(served.values()) == {f"{ws}://127.0.0.1:8080"}


def test_the_sandbox_takes_an_ipv6_address():
    """An address with colons is put in brackets, as a URL needs it."""
    assert Endpoints.sandbox("::1", 8080).rest == "http://[::1]:8080"
