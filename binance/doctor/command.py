"""``python -m binance doctor``: its arguments, and how an examination runs and ends."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from binance.doctor.environment import environment
from binance.doctor.finding import Asked, Finding, State, failed, skipped
from binance.doctor.machine import neighbours, openssl, packages, python, trust
from binance.doctor.masking import masked
from binance.doctor.printer import JsonPrinter, Printer
from binance.endpoints import VENUES, Endpoints, has_market
from binance.exceptions import InvalidArgument
from binance.venues.catalogue import MARKETS

#: Checks that need neither Twisted nor a connection.
MACHINE: tuple[tuple[str, Callable[[Asked], list[Finding]]], ...] = (
    ("python", python),
    ("packages", packages),
    ("OpenSSL", openssl),
    ("import", neighbours),
    ("environment", environment),
    ("trust", trust),
)


def parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Check this machine and its connections to the exchange: versions, environment, names, "
        "TCP, TLS, REST, clock, WebSockets and, if there is one, an API key. Takes 30 seconds at most. The "
        "exit status is 0, or 1 if a check failed.",
        epilog="BINANCE_API_KEY and BINANCE_API_SECRET of the environment are checked, too. Nothing is "
        "changed in the account, and no secret is printed.",
    )
    where = parse.add_mutually_exclusive_group()
    where.add_argument(
        "--venue", choices=tuple(VENUES), default="com", help="which of the exchange's sites (default: com)"
    )
    where.add_argument("--url", metavar="URL", help="of a sandbox in place of them, http://127.0.0.1:8765")
    parse.add_argument("--market", choices=tuple(MARKETS), default="spot", help="whose hosts (default: spot)")
    parse.add_argument(
        "--api-key", metavar="KEY", help="in place of BINANCE_API_KEY; without a secret it is asked for"
    )
    parse.add_argument(
        "--secret-file", metavar="FILE", help="file with the secret of the key, or with its private key (PEM)"
    )
    parse.add_argument("--api-secret", action=_NoSecret, help=argparse.SUPPRESS)
    parse.add_argument("--json", action="store_true", help="one JSON object a line")
    return parse


class _NoSecret(argparse.Action):
    """Refuses a secret among the arguments without repeating it: every user of a machine can see them."""

    def __call__(self, parser: argparse.ArgumentParser, *given: object) -> None:
        parser.error("a secret is not taken on the command line; use BINANCE_API_SECRET or --secret-file")


def run(options: argparse.Namespace) -> int:
    """Make all checks, and print what they find.

    :returns: 0, or 1 if a check failed.
    :raises InvalidArgument: if the venue does not have the market, or an argument cannot be read.
    """
    endpoints = VENUES[options.venue] if options.url is None else sandbox_at(options.url)
    if not has_market(endpoints, options.market):
        raise InvalidArgument(f"--venue {options.venue} does not have the market {options.market}")
    api_key, secret = _credentials(options)
    asked = Asked(endpoints=endpoints, market=options.market, api_key=api_key, secret=secret)
    printer = (JsonPrinter if options.json else Printer)(sys.stdout)
    logging.getLogger("binance").addHandler(logging.NullHandler())  # the findings say what it would

    def show(check: str, finding: Finding) -> None:
        printer.show(check, masked(finding, (asked.secret, asked.api_key)))

    blocked = False
    for name, check in MACHINE:
        for finding in check(asked):
            show(name, finding)
            blocked |= finding.state is State.FAILED and name in ("packages", "OpenSSL", "environment")
    if blocked:
        show("connections", skipped("a check above has to pass first"))
    else:
        try:
            _examine(asked, printer.begin, show)
        except KeyboardInterrupt:
            printer.clear()
            raise
    printer.end()
    return 1 if printer.states[State.FAILED] else 0


def _examine(asked: Asked, begin: Callable[[str], None], show: Callable[[str, Finding], None]) -> None:
    """Check the connections, in a reactor that runs until that is done.

    :raises KeyboardInterrupt: after Ctrl-C.
    """
    try:
        from twisted.internet import reactor
        from twisted.internet.defer import Deferred

        from binance.doctor.case import Case
        from binance.doctor.checks import CHECKS
        from binance.doctor.examination import examine
    except ImportError as exc:
        show("connections", failed(f"an import failed: {exc}", "Install the package it names again"))
        return
    running: Any = reactor
    try:
        case = Case(running, asked)
    except InvalidArgument as exc:  # of a key: the arguments have been checked
        show(
            "account",
            failed(str(exc), "Copy the key and its secret again, and check the file of a private key"),
        )
        return
    outcome: list[Any] = []

    def ended(result: Any) -> None:
        outcome.append(result)
        running.stop()

    def start() -> None:
        Deferred.fromCoroutine(examine(case, CHECKS, begin, show)).addBoth(ended)

    running.callWhenRunning(start)
    running.run()
    if not outcome:
        raise KeyboardInterrupt
    if outcome[0] is not None:
        outcome[0].raiseException()


def sandbox_at(url: str) -> Endpoints:
    """The endpoints of a sandbox.

    :raises InvalidArgument: if *url* is not the URL of one.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    is_plain = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise InvalidArgument(f"--url is {url.rpartition('@')[2]!r}; use the form http://127.0.0.1:8765")
    return Endpoints.sandbox(parts.hostname, port, parts.scheme == "https")


def _credentials(options: argparse.Namespace) -> tuple[str | None, str | None]:
    """The API key and its secret, of the arguments, the environment, or the keyboard."""
    api_key = options.api_key or os.environ.get("BINANCE_API_KEY") or None
    if options.secret_file is not None:
        try:
            return api_key, Path(options.secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            why = exc.strerror if isinstance(exc, OSError) else "it is not text"
            # not the name: it may be the secret itself
            raise InvalidArgument(f"--secret-file: the file cannot be read: {why}") from None
    secret = os.environ.get("BINANCE_API_SECRET") or None
    if options.api_key and secret is None and sys.stdin is not None and sys.stdin.isatty():
        secret = getpass.getpass("API secret (Enter for none): ") or None
    return api_key, secret
