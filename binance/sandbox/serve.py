"""``python -m binance.sandbox``: the exchange as a program."""

import argparse
import logging
import math
import os
import select
import sys
import threading
from collections.abc import Sequence
from typing import Any, get_args

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.listening import LISTEN_KEY_MS, LISTEN_TOKEN_MS
from binance.sandbox.faults.line import Cut
from binance.sandbox.limits import NO_LIMITS, Limits, read_limits
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS
from binance.sandbox.market.times import DAY_MS
from binance.sandbox.net.certificates import KINDS


def parser(prog: str = "python -m binance.sandbox") -> argparse.ArgumentParser:
    """Return the parser of the sandbox's command line."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Serve a miniature Binance spot exchange on this machine, until Ctrl-C.",
        epilog="POST /sandbox/<fault> with a JSON object of arguments makes things go wrong (cut, refuse, "
        "stall, ...); GET /sandbox/state shows who is connected.",
    )
    add = parse.add_argument
    add("--port", type=int, default=0, help="port; 0, the default, takes any that is free")
    add("--interface", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--tls", action="store_true", help="TLS, with a certificate made on the fly")
    add("--certificate", choices=KINDS, default="good", help="what kind (default: %(default)s)")
    add("--seed", type=int, default=1, help="makes the market (default: %(default)s)")
    add("--rate", type=_finite, default=50.0, help="trades a second, all symbols (default: %(default)s)")
    add("--speed", type=_finite, default=1.0, help="how fast its clock goes (default: %(default)s)")
    add("--user-rate", type=_finite, default=0.0, help="orders a second per account (default: %(default)s)")
    add("--ping-interval", type=_finite, default=20.0, help="seconds between pings (default: %(default)s)")
    add("--pong-timeout", type=_finite, default=60.0, help="seconds to answer one (default: %(default)s)")
    add("--symbols", default=",".join(DEFAULT_SYMBOLS), help="what is traded (default: %(default)s)")
    add("--quiet-symbols", default="", help="symbols that are listed but hardly traded")
    add(
        "--lifetime",
        type=_seconds_or_none,
        default=DAY_MS / 1000,
        help="seconds of its clock that a connection lives, or none (default: %(default)s)",
    )
    add("--lifetime-end", choices=get_args(Cut), default="drop", help="how it ends (default: %(default)s)")
    add(
        "--listen-key",
        type=_finite,
        default=LISTEN_KEY_MS / 1000,
        help="seconds of its clock that a listen key is good for (default: %(default)s)",
    )
    add(
        "--listen-token",
        type=_finite,
        default=LISTEN_TOKEN_MS / 1000,
        help="the same of a listen token, at the most (default: %(default)s)",
    )
    add(
        "--no-api-keys",
        action="store_true",
        help="no api key exists but those that POST /sandbox/add_api_key brings; else any does",
    )
    add(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="one of "
        f"{', '.join(Limits().numbers())}; none lifts it; oversized=ignore does not close for a request too "
        "large; may be given several times",
    )
    add("--no-limits", action="store_true", help="lift all limits")
    add("--chaos", type=int, metavar="SEED", help="let faults happen by themselves")
    add("--chaos-mean", type=_finite, default=5.0, help="mean seconds between two (default: %(default)s)")
    add("--nested-errors", action="store_true", help='control errors as {"error": ...}, not as documented')
    add("--no-listen-keys", action="store_true", help="answer listen key calls with 410, as binance.com")
    add("--record", action="store_true", help="keep the ids sent, for /sandbox/state")
    add("--with-parent", action="store_true", help="end when standard input ends")
    add("--verbose", action="store_true", help="log what happens to standard error")
    return parse


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be; give a finite number, e.g. 20 or 0.5")
    return number


def _seconds_or_none(text: str) -> float | None:
    if text == "none":
        return None
    try:
        return _finite(text)
    except argparse.ArgumentTypeError as exc:
        raise argparse.ArgumentTypeError(f"{exc}, or none") from exc


def serve(argv: Sequence[str] | None = None, prog: str = "python -m binance.sandbox") -> int:
    """Serve a sandbox until it is told to end.

    Prints one line with the address, ``sandbox: http://127.0.0.1:40123``; with TLS the address begins with
    ``https`` and `` certificate: <file>`` follows, the file that a client has to trust.

    :param argv: arguments; None for those of the process.
    :returns: exit status, 0 after SIGINT, SIGTERM or the end of the parent.
    """
    options = parser(prog).parse_args(argv)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )

    from twisted.internet import reactor as installed
    from twisted.internet.error import CannotListenError
    from twisted.python.log import PythonLoggingObserver

    from binance.sandbox.exchange import Exchange

    reactor: Any = installed
    PythonLoggingObserver().start()
    exchange = None
    try:
        exchange = Exchange(
            reactor,
            seed=options.seed,
            rate=options.rate,
            symbols=[symbol for symbol in options.symbols.split(",") if symbol],
            speed=options.speed,
            ping_interval_s=options.ping_interval,
            pong_timeout_s=options.pong_timeout,
            listen_keys=not options.no_listen_keys,
            user_rate=options.user_rate,
            record=options.record,
            flat_errors=not options.nested_errors,
            quiet_symbols=[symbol for symbol in options.quiet_symbols.split(",") if symbol],
            lifetime_s=options.lifetime,
            lifetime_end=options.lifetime_end,
            api_keys=() if options.no_api_keys else None,
            listen_key_s=options.listen_key,
            listen_token_s=options.listen_token,
            limits=NO_LIMITS if options.no_limits else _limits(options.limit),
        )
        port = exchange.listen(options.port, options.interface, options.tls, options.certificate)
        if options.chaos is not None:
            exchange.chaos(options.chaos, options.chaos_mean)
    except (InvalidArgument, CannotListenError, OverflowError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        if exchange is not None:
            exchange.close()  # with TLS it has written a file already
        return 1
    reactor.addSystemEventTrigger("before", "shutdown", exchange.close)
    host = f"[{options.interface}]" if ":" in options.interface else options.interface
    line = f"sandbox: {'https' if options.tls else 'http'}://{host}:{port}"
    if exchange.certificate_file is not None:
        line += f" certificate: {exchange.certificate_file}"
    # Not before the reactor handles signals: who has read the line may send one.
    reactor.callWhenRunning(print, line, flush=True)
    if options.with_parent:
        threading.Thread(target=_end_with_parent, args=(reactor,), daemon=True).start()
    reactor.run()
    return 0


def _limits(texts: Sequence[str]) -> Limits:
    pairs = (text.partition("=") for text in texts)
    return read_limits({name: value for name, _, value in pairs})


def _end_with_parent(reactor: Any) -> None:
    # Its end of our standard input may be held open by a fork of the parent, so its id is looked at as well.
    parent = os.getppid()
    while os.getppid() == parent:
        if os.name == "posix" and not select.select([0], [], [], 1.0)[0]:
            continue
        # os.read and not sys.stdin: a thread waiting in a buffered reader would block the interpreter's end
        if not os.read(0, 4096):
            break
    reactor.callFromThread(reactor.stop)
