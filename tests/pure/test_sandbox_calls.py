"""Options and calls of the sandbox: each written once, and what derives from them."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import InvalidArgument
from binance.sandbox import NO_LIMITS, Limits, Sandbox
from binance.sandbox.calls import REMOTE, Calls, bounds, read_arguments
from binance.sandbox.exchange import Exchange
from binance.sandbox.faults.fault import Fault
from binance.sandbox.faults.faults import Faults
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS
from binance.sandbox.net.users import Users
from binance.sandbox.options import ExchangeOptions, SandboxOptions, parser, read_options


def kinds_of(fault: type) -> list[type]:
    """A class and all below it."""
    return [fault, *(kind for below in fault.__subclasses__() for kind in kinds_of(below))]


@pytest.mark.parametrize("name", REMOTE)
def test_each_call_is_carried_out_once_with_its_arguments(name):
    """One class of the exchange has the call's method, with the parameters of the call and no defaults."""
    (carrier,) = [kind for kind in [Faults, Users, *kinds_of(Fault)] if name in vars(kind)]
    method, call = (inspect.signature(getattr(kind, name)) for kind in (carrier, Calls))
    bare = [parameter.replace(default=parameter.empty) for parameter in call.parameters.values()]
    assert method == call.replace(parameters=bare)


@pytest.mark.parametrize("name", REMOTE)
def test_a_call_is_the_same_method_everywhere(name):
    """The handle and the exchange have the call with its signature and docstring, and none of their own."""
    for kind in (Sandbox, Exchange):
        assert getattr(kind, name) is getattr(Calls, name)
    assert inspect.getdoc(getattr(Calls, name))


def test_calls_send_what_was_given():
    """A call sends its name and the arguments that were given, by name; defaults are for who reads them."""
    sent = []

    class Kept(Calls):
        def call(self, name, arguments):
            sent.append((name, arguments))
            return 7

    calls = Kept()
    assert calls.cut("#1", how="close") == 7
    assert sent == [("cut", {"match": "#1", "how": "close"})]
    assert read_arguments(*sent[0]) == {"match": "#1", "how": "close", "code": 1001, "reason": ""}
    with pytest.raises(TypeError):
        calls.cut(colour=1)
    assert len(sent) == 1


def test_arguments_are_checked():
    """A call that does not exist, an argument that is not its own or has a wrong type is an error."""
    with pytest.raises(LookupError, match="use one of cut, "):
        read_arguments("bang", {})
    for arguments in ({"colour": 1}, {"self": 1}):
        with pytest.raises(TypeError):
            read_arguments("cut", arguments)
    for name, arguments in (
        ("delay", {"seconds": -1}), ("delay", {"seconds": math.nan}), ("delay", {"seconds": True}),
        ("cut", {"match": 1}), ("cut", {"code": 1.5}), ("chaos", {"kinds": "cut"}),
        ("fragments", {"pings": 1}), ("quiet", {"match": "\ud800"}), ("quiet", {"lasting_s": 1e300}),
    ):  # fmt: skip
        with pytest.raises(InvalidArgument):
            read_arguments(name, arguments)


ARGUMENTS = [
    (name, argument)
    for name in REMOTE
    for argument, parameter in inspect.signature(getattr(Calls, name)).parameters.items()
    if argument != "self"
    and parameter.annotation not in (bool, Any, Mapping[str, str] | None)
    and "Literal" not in str(parameter.annotation)
]


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_every_argument_has_bounds(name, argument):
    """A number, a text or a list is refused where it is beyond what can be, with what to use in its place."""
    least, most = bounds(name, argument)
    assert -math.inf < least < most < math.inf
    parameters = inspect.signature(getattr(Calls, name)).parameters
    annotation = parameters[argument].annotation
    make = next((kind for kind in (int, float) if kind in (get_args(annotation) or (annotation,))), None)
    needed = {
        "asset": "BTC", "amount": "1", "seconds": 1, "offset_ms": 1, "api_key": "key", "event": "X",
        "symbol": "BNBBTC", "price": "1",
    }  # fmt: skip
    if name == "rest_answer":
        needed |= {"method": "GET", "path": "/x", "body": {}}
    others = {other: value for other, value in needed.items() if other in parameters.keys() - {argument}}

    def read(size):
        value = (["cut"] if argument == "kinds" else "x") * int(size) if make is None else make(size)
        return read_arguments(name, others | {argument: value})[argument]

    assert read(most) and read(least) is not None
    for size in (most + 1, most * 10):
        with pytest.raises(InvalidArgument, match=f"^{argument} cannot be .*; use .*{int(most):,}"):
            read(size)
    if least or make is not None:
        with pytest.raises(InvalidArgument, match=f"^{argument} cannot be .*; use "):
            read(least - 1)


def test_what_is_out_of_bounds_is_said_before_it_is_sent():
    """The call itself raises, whoever carries it out; a number that cannot be written is no other error."""

    class Kept(Calls):
        def call(self, name, arguments):
            raise AssertionError("nothing is sent")

    for pieces in (10**9, 1, 10**5000, -(10**5000), 2.0, True):
        with pytest.raises(InvalidArgument, match=r"^pieces cannot be .*; use a whole number, 2 to 1,000$"):
            Kept().fragments(pieces)
    with pytest.raises(InvalidArgument, match=r"^how cannot be 'bang'; use one of reset, close, drop$"):
        Kept().cut(how="bang")
    with pytest.raises(
        InvalidArgument, match=r"^secret cannot be that; use a text of 1 to 10,000 characters"
    ):
        Kept().add_api_key("key", secret="a secret" * 10_000)


# -- options ---------------------------------------------------------------------------------------------

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
# two dashes alone are nothing to argparse, wherever they stand
SYMBOLS = st.lists(st.text("ABC-_.", min_size=1).filter(lambda symbol: symbol != "--"), max_size=3)
COUNTS = st.integers(1, 10_000)
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "seed": st.integers(), "rate": NUMBERS, "speed": NUMBERS, "tls": st.booleans(),
        "certificate": st.sampled_from(["good", "expired", "other_host", "chain"]), "user_rate": NUMBERS,
        "ping_interval_s": NUMBERS, "pong_timeout_s": NUMBERS, "symbols": st.none() | SYMBOLS | COUNTS,
        "quiet_symbols": SYMBOLS, "lifetime_s": st.none() | NUMBERS,
        "lifetime_end": st.sampled_from(["drop", "reset", "close"]), "flat_errors": st.booleans(),
        "listen_keys": st.booleans(), "record": st.booleans(), "port": st.integers(0, 65535),
        "lenient_paths": st.booleans(), "wrapped_options": st.booleans(),
        "listen_key_s": NUMBERS, "listen_token_s": NUMBERS,
        "limits": st.sampled_from([Limits(), NO_LIMITS, Limits(streams=3, oversized="ignore")]),
    },
)  # fmt: skip


@given(GIVEN)
def test_options_survive_the_command_line(options):
    """What the handle writes as arguments of the program is what the program reads."""
    read = read_options(parser().parse_args(SandboxOptions(**options).arguments()))
    for name, value in options.items():
        wanted = value
        if name.endswith("symbols"):
            wanted = DEFAULT_SYMBOLS if value is None else value if isinstance(value, int) else tuple(value)
        assert getattr(read, name) == wanted, name


def test_the_defaults_are_the_same_everywhere():
    """The handle, the exchange and the command line have one set of defaults."""
    read = read_options(parser().parse_args([]))
    for item in dataclasses.fields(ExchangeOptions):
        wanted = {"symbols": DEFAULT_SYMBOLS, "limits": Limits()}.get(item.name, item.default)
        assert getattr(read, item.name) == wanted, item.name
    shown = inspect.signature(Sandbox).parameters
    assert {name: shown[name].default for name in shown} == {
        item.name: item.default for item in dataclasses.fields(SandboxOptions) if item.init
    }
    assert {parameter.kind for parameter in shown.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_an_unknown_option_is_an_error():
    """A keyword argument that is not an option raises at once."""
    for make in (
        lambda: Sandbox(colour=1),
        lambda: Sandbox(interface="0.0.0.0"),
        lambda: Exchange(None, tls=1),
    ):
        with pytest.raises(TypeError):
            make()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("speed", [0, -1, math.nan, math.inf, "1"]), ("user_rate", [-1, math.nan]),
        ("ping_interval_s", [0]), ("pong_timeout_s", [0]), ("lifetime_s", [0, math.nan]),
        ("lifetime_end", ["slowly"]), ("listen_key_s", [0]), ("listen_token_s", [-1]),
    ],
)  # fmt: skip
def test_options_are_checked(name, values):
    """An option whose value it cannot have is named, with what to use."""
    ExchangeOptions().check()
    for value in values:
        with pytest.raises(InvalidArgument, match=f"^{name} is .*; use "):
            ExchangeOptions(**{name: value}).check()


def test_secrets_are_not_shown():
    """API keys are not among the arguments, which only say that there are any, and in no text."""
    options = SandboxOptions(api_keys={"key": "a secret"})
    assert options.arguments() == ["--no-api-keys"]
    assert "a secret" not in repr(options)
