"""Where each venue lives."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest

from binance import endpoints
from binance.client import Client
from binance.endpoints import (
    BINANCE_COM,
    BINANCE_US,
    MARKET_DATA_ONLY,
    SPOT_DEMO,
    SPOT_TESTNET,
    Endpoints,
)
from binance.exceptions import BinanceError, InvalidArgument
from binance.websockets import BinanceSocketManager

from ..layers import ran

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
    "web": "https://www.binance.com",
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
            "web": "https://www.binance.us",
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
REST_FIELDS = [name for name in FIELDS if name.endswith("rest") or name == "web"]
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


# -- secrets, and hosts that are not what they seem -------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "https://me:hunter22@api.example",
        "https://me:hunt/er22@api.example",
        "me:hunter22@api.example",
        "https://me:hunter22@x@api.example",
    ],
)
def test_a_url_with_a_password_is_refused_without_it(value):
    """User and password would go to the exchange as credentials; the error does not repeat them."""
    for field in ("rest", "stream", "ws_api"):
        with pytest.raises(InvalidArgument, match=rf"^{field} is ") as caught:
            Endpoints(**{field: value})
        assert "hunt" not in str(caught.value)
        assert "er22" not in str(caught.value)
        assert "***@api.example" in str(caught.value)


@pytest.mark.parametrize("make", [Client, partial(BinanceSocketManager, None)], ids=["client", "manager"])
def test_a_url_in_place_of_endpoints_is_refused_without_it(make):
    """It may hold a password, as any URL."""
    with pytest.raises(InvalidArgument, match=r"is a str; use a binance\.endpoints") as caught:
        make(endpoints="https://me:hunter22@api.example")
    assert "hunter22" not in str(caught.value)


EVERYTHING = "BINANCE_TWISTED_EVERYTHING_TO"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_everything_goes_to_a_port_of_this_machine_with_one_warning(monkeypatch, host):
    """Whoever set the variable, a script that goes to the sandbox is told so, once."""
    code = (
        "from binance.client import Client\n"
        "from binance.endpoints import BINANCE_US\n"
        "from binance.websockets import BinanceSocketManager\n"
        "clients = Client(), Client(endpoints=BINANCE_US)\n"
        "bm = BinanceSocketManager(None)\n"
        "bm.start_trade_socket('BNBBTC', print)\n"
        "bm.close()\n"
        "print(*(client.endpoints.rest for client in clients), clients[1].endpoints.user_stream)\n"
    )
    place = f"[{host}]:8765" if ":" in host else f"{host}:8765"
    monkeypatch.setenv(EVERYTHING, f"http://{place}")
    done = ran(code)
    assert done.stdout.split() == [f"http://{place}", f"http://{place}", "listen_key"], done.stderr
    (line,) = done.stderr.splitlines()
    assert EVERYTHING in line
    assert f"http://{place}," in line


@pytest.mark.parametrize(
    "value",
    [
        *(
            "http://10.0.0.1:8765",
            "http://evil.example:80",
            "https://api.binance.com",
            "http://localhost.evil.example:80",
        ),
        *("", " ", "127.0.0.1", "127.0.0.1:8765", "127.0.0.1 8765", "http://127.0.0.1", "http://127.0.0.1:"),
        *("http://127.0.0.1:x", "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:+1"),
        *(
            "http://127.0.0.1:8765/",
            "http://127.0.0.1:8765 9",
            "https://127.0.0.1:8765",
            "http://127.0.0.1:٣",
        ),
        *("http://127.0.0.1@evil.example:80", "http://::1:8765", "http://[::1%lo]:8765", "http://\x1b[2J:80"),
    ],
)
def test_a_variable_that_names_anything_else_raises_with_name_and_value(monkeypatch, value):
    """A production script is sent nowhere by a variable of its environment, and does not go on either."""
    monkeypatch.setenv(EVERYTHING, value)
    with pytest.raises(InvalidArgument) as caught:
        endpoints.in_force(BINANCE_COM)
    assert EVERYTHING in str(caught.value)
    assert repr(value) in str(caught.value)


def test_who_sends_everything_to_the_sandbox_is_not_warned_of_it(monkeypatch):
    """``sandbox run`` says itself where the script goes."""
    monkeypatch.delenv(EVERYTHING, raising=False)
    done = ran(
        "from binance import endpoints as e; e.send_everything_to_sandbox('127.0.0.1', 8765);"
        "print(e.in_force(e.BINANCE_COM).stream)"
    )
    assert (done.stdout, done.stderr) == ("ws://127.0.0.1:8765\n", "")


def test_a_host_without_tls_is_warned_of_once(caplog):
    """With the host, for REST and sockets alike; not this machine, and not what goes by TLS."""
    venues = [
        Endpoints(rest="http://one.example:81", stream="ws://two.example"),
        Endpoints(ws_api="ws://one.example/ws-api/v3", stream="ws://127.0.0.1:80"),
        Endpoints.sandbox("localhost", 80),
        Endpoints.sandbox("10.1.2.3", 80),
        Endpoints.sandbox("10.1.2.3", 81),
        BINANCE_COM,
    ]
    for venue in venues * 2:
        assert endpoints.in_force(venue) is venue
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    hosts = [record.getMessage().partition(" ")[0] for record in caplog.records]
    assert hosts == ["one.example", "two.example", "10.1.2.3"]


def test_a_changed_stream_url_without_tls_is_warned_of(caplog):
    """When the socket is started, and again when a client is made for another host."""
    bm = BinanceSocketManager(None)
    bm.STREAM_URL = "ws://three.example:9443/"
    bm.start_trade_socket("BNBBTC", print)
    bm.start_trade_socket("ETHBTC", print)
    Client(endpoints=Endpoints(rest="http://four.example"))
    assert [message.partition(" ")[0] for message in caplog.messages] == ["three.example", "four.example"]
