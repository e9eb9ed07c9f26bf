"""``python -m binance sandbox run``: its arguments, and the exchange that they mean."""

from __future__ import annotations

import argparse

from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox
from binance.terminal.commands.values import SYMBOLS_HELP, factor, rate, symbols
from binance.terminal.script import Running, Started, run_script

#: Options of a sandbox that is started for the script, by the names that :class:`Sandbox` gives them.
_STARTED = {
    **{name: f"--{name}" for name in ("seed", "rate", "speed", "symbols", "chaos")},
    "user_rate": "--user-rate",
    "listen_keys": "--no-listen-keys",
}


def parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Run an unmodified script against an exchange on this machine: whatever venue its "
        "clients and managers name, they go there. The exit status is the script's.",
    )
    parse.add_argument("--url", help="of a sandbox that runs already, http://127.0.0.1:9000; starts none")
    parse.add_argument("--seed", type=int, help="makes the market (default: 1)")
    parse.add_argument("--rate", type=rate, help="trades a second, all symbols (default: 50)")
    parse.add_argument("--speed", type=factor, help="how fast the exchange's clock goes (default: 1)")
    parse.add_argument("--symbols", type=symbols, metavar="N", help=SYMBOLS_HELP)
    parse.add_argument("--user-rate", type=rate, help="orders a second per account (default: 0.5)")
    parse.add_argument(
        "--no-listen-keys",
        dest="listen_keys",
        action="store_const",
        const=False,
        help="answer listen key calls with 410, as binance.com does",
    )
    parse.add_argument("--chaos", type=int, metavar="SEED", help="a random mix of faults from this seed")
    parse.add_argument("script", metavar="SCRIPT")
    rest = parse.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="for the script")
    rest.required = False  # else the message about a script that is missing would ask for them, too
    return parse


def run(options: argparse.Namespace) -> int:
    """Run the script.

    :raises InvalidArgument: if options are given that a running sandbox cannot have, or its URL is malformed.
    :raises SandboxError: if the sandbox does not start, or none answers at the URL.
    """
    given = {name: value for name in _STARTED if (value := getattr(options, name)) is not None}
    if options.url is not None:
        if given:
            flags = ", ".join(_STARTED[name] for name in given)
            raise InvalidArgument(f"{flags}: for a sandbox that is started; --url names one that runs")
        return run_script(options.script, options.arguments, Running(options.url))
    chaos = given.pop("chaos", None)
    sandbox = Sandbox(**{"user_rate": 0.5, **given})
    return run_script(options.script, options.arguments, Started(sandbox, chaos))
