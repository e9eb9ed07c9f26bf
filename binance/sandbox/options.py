"""Options of a sandbox: names, defaults, checks, and the flags of the command line, each written once.

An option is a field of a dataclass below, and its flag stands beside it. Each class is a section of
``--help``. Three classes put the sections together: :class:`ExchangeOptions` for an exchange in a reactor,
:class:`SandboxOptions` for one in a child process, :class:`ProgramOptions` for ``python -m binance.sandbox``.
"""

import argparse
import dataclasses
import difflib
import functools
import inspect
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar, cast, get_args

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.listening import LISTEN_KEY_MS, LISTEN_TOKEN_MS
from binance.sandbox.calls import CHAOS_MEAN_S, Cut
from binance.sandbox.limits import NO_LIMITS, Limits, read_limits
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS, MOST_SYMBOLS, QUIET_WEIGHT
from binance.sandbox.market.times import DAY_MS

Certificate = Literal["good", "expired", "other_host", "chain"]

_CERTIFICATES: Final = get_args(Certificate)
_CUTS: Final = get_args(Cut)
_LIMITS: Final = ", ".join(Limits().numbers())
PROG: Final = "python -m binance.sandbox"

_Fields = ParamSpec("_Fields")
_Self = TypeVar("_Self")
_Options = TypeVar("_Options")


# -- flags ---------------------------------------------------------------------------------------------


class Flag:
    """The flag of one option.

    :param name: e.g. ``"--rate"``.
    :param words: its line in ``--help``; the default is added where there is one.
    :param settings: of :meth:`argparse.ArgumentParser.add_argument`.
    """

    def __init__(self, name: str, words: str, **settings: Any) -> None:
        self.name = name
        self._settings = settings | {"help": words}

    def add(self, parser: argparse.ArgumentParser, default: Any) -> None:
        """Add it to a parser."""
        parser.add_argument(self.name, default=self.shown(default), **self._settings)

    def given(self, namespace: argparse.Namespace) -> Any:
        """Return what the parser has read for it."""
        return getattr(namespace, self.name.lstrip("-").replace("-", "_"))

    def read(self, namespace: argparse.Namespace, default: Any) -> Any:
        """Return the option's value.

        :raises InvalidArgument: if there is no such value.
        """
        return self.given(namespace)

    def shown(self, value: Any) -> Any:
        """Return the option's value the way the command line has it."""
        return value

    def arguments(self, value: Any) -> list[str]:
        """Return the command line's arguments for a value."""
        return [f"{self.name}={self.shown(value)}"]


class _Switch(Flag):
    """A flag without a value, which gives the option another value than its default."""

    def __init__(self, name: str, words: str, turns_to: Any = True) -> None:
        super().__init__(name, words, action="store_true")
        self._turns_to = turns_to

    def add(self, parser: argparse.ArgumentParser, default: Any) -> None:
        super().add(parser, False)

    def read(self, namespace: argparse.Namespace, default: Any) -> Any:
        return self._turns_to if self.given(namespace) else default

    def arguments(self, value: Any) -> list[str]:
        if isinstance(self._turns_to, bool) and bool(value) is not self._turns_to:
            return []  # 1 for True, say
        return [self.name]


class _Symbols(Flag):
    """A flag with symbols, separated by commas, or with their number."""

    def __init__(self, name: str, words: str, unset: Sequence[str] = (), may_be_number: bool = False) -> None:
        super().__init__(name, words)
        self._unset = unset
        self._may_be_number = may_be_number

    def read(self, namespace: argparse.Namespace, default: Any) -> tuple[str, ...] | int:
        text: str = self.given(namespace)
        return read_symbols(text) if self._may_be_number else _split(text)

    def shown(self, value: Collection[str] | int | None) -> str:
        return str(value) if isinstance(value, int) else ",".join(self._unset if value is None else value)


class _Contracts(_Symbols):
    """A flag with contracts, separated by commas; None without any."""

    def read(self, namespace: argparse.Namespace, default: Any) -> Any:
        return super().read(namespace, default) or None


def read_symbols(text: str) -> tuple[str, ...] | int:
    """Read symbols, separated by commas, or their number."""
    return int(text[:9]) if text.isascii() and text.isdecimal() else _split(text)


def _split(text: str) -> tuple[str, ...]:
    return tuple(symbol for symbol in text.split(",") if symbol)


class _Seconds(Flag):
    """A flag with seconds, or ``none``."""

    def shown(self, value: float | None) -> Any:
        return "none" if value is None else value


class _Limits(Flag):
    """The flags with the limits: one that is given once a limit, and one that lifts all."""

    _LIFT: Final = "--no-limits"

    def add(self, parser: argparse.ArgumentParser, default: Limits | None) -> None:
        parser.add_argument(self.name, action="append", default=[], **self._settings)
        parser.add_argument(self._LIFT, action="store_true", help="lift all limits")

    def read(self, namespace: argparse.Namespace, default: Any) -> Limits:
        if namespace.no_limits:
            return NO_LIMITS
        pairs = (text.partition("=") for text in self.given(namespace))
        return read_limits({name: value for name, _, value in pairs})

    def arguments(self, value: Limits) -> list[str]:
        limits = dataclasses.asdict(value).items()
        return [f"{self.name}={name}={'none' if limit is None else limit}" for name, limit in limits]


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be; give a finite number, e.g. 20 or 0.5")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else -1
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be; use 0 to 65535")
    return number


def _seconds_or_none(text: str) -> float | None:
    if text == "none":
        return None
    try:
        return _finite(text)
    except argparse.ArgumentTypeError as exc:
        raise argparse.ArgumentTypeError(f"{exc}, or none") from exc


# -- checks --------------------------------------------------------------------------------------------

Check = Callable[[Any], str | None]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _above_0(value: Any) -> str | None:
    return None if _number(value) and value > 0 else "use a finite number above 0"


def _from_0(value: Any) -> str | None:
    return None if _number(value) and value >= 0 else "use a finite number, 0 or more"


def _seconds_check(value: Any) -> str | None:
    return None if value is None or _above_0(value) is None else "use seconds above 0, or None"


def _symbols_check(value: Any) -> str | None:
    if not isinstance(value, int) or (not isinstance(value, bool) and 1 <= value <= MOST_SYMBOLS):
        return None
    return f"use names, or a number from 1 to {MOST_SYMBOLS:,}"


def _end(value: Any) -> str | None:
    return None if value in _CUTS else f"use one of {', '.join(_CUTS)}"


def _option(default: Any, flag: Flag, check: Check | None = None, secret: bool = False) -> Any:
    """Return the field of one option; a secret one is not shown with the others."""
    return field(default=default, repr=not secret, metadata={"flag": flag, "check": check})


def _number_flag(name: str, words: str) -> Flag:
    return Flag(name, f"{words} (default: %(default)s)", type=_finite)


# -- options -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Listening:
    port: int = _option(0, Flag("--port", "port; 0, the default, takes any that is free", type=_port))
    interface: str = _option("127.0.0.1", Flag("--interface", "address to listen on (default: %(default)s)"))
    tls: bool = _option(False, _Switch("--tls", "TLS, with a certificate made on the fly"))
    certificate: Certificate = _option(  # noqa: RUF009, it returns a field
        "good", Flag("--certificate", "what kind (default: %(default)s)", choices=_CERTIFICATES)
    )


@dataclass(frozen=True, kw_only=True)
class _Trading:
    seed: int = _option(1, Flag("--seed", "makes the market (default: %(default)s)", type=int))
    rate: float = _option(50.0, _number_flag("--rate", "trades a second, all symbols"))
    speed: float = _option(1.0, _number_flag("--speed", "how fast its clock goes"), _above_0)
    user_rate: float = _option(0.0, _number_flag("--user-rate", "orders a second per account"), _from_0)
    ping_interval_s: float = _option(20.0, _number_flag("--ping-interval", "seconds between pings"), _above_0)
    pong_timeout_s: float = _option(60.0, _number_flag("--pong-timeout", "seconds to answer one"), _above_0)
    symbols: Sequence[str] | int | None = _option(
        None,
        _Symbols(
            "--symbols", "what is traded, or how many are (default: %(default)s)", DEFAULT_SYMBOLS, True
        ),
        _symbols_check,
    )
    quiet_symbols: Collection[str] = _option(
        (), _Symbols("--quiet-symbols", "symbols that are listed but hardly traded")
    )
    usdm_symbols: Sequence[str] | None = _option(
        None,
        _Contracts("--usdm-symbols", "contracts of USD-M; default: some perpetuals and a delivery"),
    )
    coinm_symbols: Sequence[str] | None = _option(None, _Contracts("--coinm-symbols", "the same of COIN-M"))
    options_symbols: Sequence[str] | None = _option(
        None,
        _Contracts("--options-symbols", "options, e.g. BTC-261225-100000-C; default: some of BTC and ETH"),
    )
    lifetime_s: float | None = _option(
        DAY_MS / 1000,
        _Seconds(
            "--lifetime",
            "seconds of its clock that a connection lives, or none (default: %(default)s)",
            type=_seconds_or_none,
        ),
        _seconds_check,
    )
    lifetime_end: Cut = _option(  # noqa: RUF009, it returns a field
        "drop", Flag("--lifetime-end", "how it ends (default: %(default)s)", choices=_CUTS), _end
    )
    listen_key_s: float = _option(
        LISTEN_KEY_MS / 1000,
        _number_flag("--listen-key", "seconds of its clock that a listen key is good for"),
        _above_0,
    )
    listen_token_s: float = _option(
        LISTEN_TOKEN_MS / 1000,
        _number_flag("--listen-token", "the same of a listen token, at the most"),
        _above_0,
    )
    api_keys: Collection[str] | None = _option(
        None,
        _Switch(
            "--no-api-keys",
            "only API keys added by POST /sandbox/add_api_key exist; without this every key does",
            turns_to=(),
        ),
        secret=True,
    )
    limits: Limits | None = _option(  # noqa: RUF009, it returns a field
        None,
        _Limits(
            "--limit",
            f"one of {_LIMITS}; none lifts it; oversized=ignore does not close for a request too large; "
            "may be given several times",
            metavar="NAME=NUMBER",
        ),
    )
    quiet_weight: float = QUIET_WEIGHT


@dataclass(frozen=True, kw_only=True)
class _Chaos:
    chaos: int | None = _option(
        None, Flag("--chaos", "let faults happen by themselves", type=int, metavar="SEED")
    )
    chaos_mean: float = _option(CHAOS_MEAN_S, _number_flag("--chaos-mean", "mean seconds between two"))


@dataclass(frozen=True, kw_only=True)
class _Answering:
    flat_errors: bool = _option(
        False, _Switch("--flat-errors", 'control errors as documented, not as {"error": ...}')
    )
    listen_keys: bool = _option(
        True, _Switch("--no-listen-keys", "answer listen key calls with 410, as binance.com", False)
    )
    wrapped_options: bool = _option(
        False, _Switch("--wrapped-options", 'events of options as {"stream", "data"}')
    )
    lenient_paths: bool = _option(
        False,
        _Switch("--lenient-paths", "USD-M streams at any of its paths, as on the testnets"),
    )
    own_ports: bool = _option(
        False, _Switch("--own-ports", "USD-M and COIN-M have ports of their own, too: GET /sandbox/ports")
    )
    record: bool = _option(False, _Switch("--record", "keep the ids sent, for /sandbox/state"))


@dataclass(frozen=True, kw_only=True)
class _Running:
    with_parent: bool = _option(False, _Switch("--with-parent", "end when standard input ends"))
    verbose: bool = _option(False, _Switch("--verbose", "log what happens to standard error"))


@dataclass(frozen=True, kw_only=True)
class ExchangeOptions(_Answering, _Trading):
    """Options of an exchange that runs in a reactor.

    :param seed: makes the market and the listen keys.
    :param rate: trades per second of the reactor's clock, over all symbols; 0 for a still market.
    :param speed: how fast the exchange's clock goes; 20 sends every 0.05 s what is sent every second.
    :param user_rate: orders per second for accounts that have a listen key or a subscription.
    :param ping_interval_s: seconds between pings to a client.
    :param pong_timeout_s: seconds after which a client that has not answered a ping is closed.
    :param symbols: what is traded; None for six common symbols. A number, 10,000 at most, is of these and
        made-up ones, always the same.
    :param quiet_symbols: symbols that are listed but hardly traded, in addition to *symbols* or among them.
    :param quiet_weight: how often one of these is traded, where another is traded once; 0 for never.
    :param usdm_symbols: contracts of USD-M, ``BTCUSDT`` or ``BTCUSDT_261225``; None for some perpetuals and
        the quarter's BTCUSDT. ``coinm_symbols`` likewise, ``BTCUSD_PERP`` or ``BTCUSD_261225``.
    :param options_symbols: options, ``BTC-261225-100000-C``; None for calls and puts of BTC and ETH.
    :param lifetime_s: seconds of the exchange's clock after which a connection is ended; None for never.
    :param lifetime_end: how it ends, as in ``cut``: ``"drop"``, ``"reset"`` or ``"close"``, which is with
        1001.
    :param listen_key_s: seconds of the exchange's clock that a listen key is valid.
    :param listen_token_s: the same of a listen token, at most.
    :param api_keys: API keys that exist. A mapping from each to its HMAC secret, or to its RSA or Ed25519
        public key as PEM, has signatures checked by these; without it by their form alone. None lets any
        key be an account.
    :param limits: what clients may do how often; None for what the exchange documents.
    :param flat_errors: False sends control errors as they have been seen, ``{"error": {"code", "msg"},
        "id"}``; True as they are documented, ``{"code", "msg", "id"}``.
    :param listen_keys: True as on binance.us; False answers listen key calls with 410, as binance.com.
    :param wrapped_options: True sends events of options as ``{"stream", "data"}``; both forms have been
        documented.
    :param lenient_paths: False leaves USD-M streams at a wrong path silent, as in production; True sends
        them at ``/public``, ``/market``, ``/private`` and plain paths alike, as the testnets do. So it is
        with events of a USD-M listen key in the path, or without ``events=``.
    :param own_ports: True opens a further port for USD-M and one for COIN-M, on which plain paths are theirs.
    :param record: True keeps the ids sent.
    """

    def check(self) -> None:
        """Check all options.

        :raises InvalidArgument: if one has a value that it cannot have.
        """
        for item in dataclasses.fields(self):
            check: Check | None = item.metadata.get("check")
            value = getattr(self, item.name)
            advice = None if check is None else check(value)
            if advice is not None:
                raise InvalidArgument(f"{item.name} is {value!r}; {advice}")


@dataclass(frozen=True, kw_only=True)
class SandboxOptions(ExchangeOptions, _Listening):
    """Options of a sandbox in a child process: those of :class:`ExchangeOptions`, and these.

    :param tls: True for TLS, which clients accept that trust the sandbox's ``certificate_file``.
    :param certificate: ``"good"``, ``"expired"``, ``"other_host"`` or ``"chain"``.
    :param port: 0 for any that is free.
    :param startup_s: seconds to wait for the child.
    """

    startup_s: float = 60.0
    # not to be chosen: it is for this machine alone
    interface: str = field(default=_Listening.interface, init=False)
    quiet_weight: float = field(default=_Trading.quiet_weight, init=False)

    def arguments(self) -> list[str]:
        """Return the arguments of ``python -m binance.sandbox``; API keys are not among them."""
        arguments = []
        for item in dataclasses.fields(self):
            flag: Flag | None = item.metadata.get("flag")
            value = getattr(self, item.name)
            if flag is not None and value != item.default:
                arguments += flag.arguments(value)
        return arguments


@dataclass(frozen=True, kw_only=True)
class ProgramOptions(_Running, _Answering, _Chaos, _Trading, _Listening):
    """Options of ``python -m binance.sandbox``, in the order of ``--help``."""

    def exchange(self) -> dict[str, Any]:
        """Return those of the exchange, by name."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(ExchangeOptions)}


# -- the command line ----------------------------------------------------------------------------------


def parser(prog: str = PROG) -> argparse.ArgumentParser:
    """Return the parser of the sandbox's command line."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Serve a miniature Binance exchange, spot and derivatives, on this machine till Ctrl-C.",
        epilog="POST /sandbox/<fault> with a JSON object of arguments makes things go wrong (cut, refuse, "
        "stall, quiet, control, late_frames, skip, chaos, ...); GET /sandbox/state shows who is connected. "
        "'python -m binance sandbox run SCRIPT' starts one for a script.",
    )
    for item in dataclasses.fields(ProgramOptions):
        if "flag" in item.metadata:
            item.metadata["flag"].add(parse, item.default)
    return parse


def read_options(namespace: argparse.Namespace) -> ProgramOptions:
    """Read what :func:`parser` has parsed.

    :raises InvalidArgument: if there is no such limit, or it cannot have that value.
    """
    flagged = [item for item in dataclasses.fields(ProgramOptions) if "flag" in item.metadata]
    return ProgramOptions(
        **{item.name: item.metadata["flag"].read(namespace, item.default) for item in flagged}
    )


def given_as(
    options: Callable[_Fields, _Options],
) -> Callable[[Callable[[_Self, _Options], None]], Callable[Concatenate[_Self, _Fields], None]]:
    """Give an ``__init__`` that takes options the fields of these as keyword arguments."""

    def chosen(name: str, *args: _Fields.args, **kwargs: _Fields.kwargs) -> _Options:
        try:
            inspect.signature(options).bind(*args, **kwargs)
        except TypeError as exc:  # in the words of the class that the user knows
            wrong = [given for given in kwargs if given not in inspect.signature(options).parameters]
            near = difflib.get_close_matches("".join(wrong[:1]), inspect.signature(options).parameters, 1)
            raise TypeError(f"{name}: {exc}" + (f"; did you mean {near[0]!r}?" if near else "")) from None
        return options(*args, **kwargs)

    def wrapped(init: Callable[[_Self, _Options], None]) -> Callable[Concatenate[_Self, _Fields], None]:
        @functools.wraps(init)
        def call(self: _Self, *args: _Fields.args, **kwargs: _Fields.kwargs) -> None:
            init(self, chosen(type(self).__name__, *args, **kwargs))

        itself = list(inspect.signature(init).parameters.values())[:1]
        shown = inspect.signature(options)
        parameters = [*itself, *shown.parameters.values()]
        call.__signature__ = shown.replace(parameters=parameters)  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[_Self, _Fields], None], call)

    return wrapped
