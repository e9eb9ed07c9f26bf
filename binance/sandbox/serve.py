"""``python -m binance.sandbox``: the exchange as a program."""

import argparse
import logging
import os
import select
import sys
import threading
from collections.abc import Sequence
from typing import Any

from binance.exceptions import InvalidArgument
from binance.sandbox.options import PROG, parser, read_options

__all__ = ["parser", "run", "serve"]


def serve(argv: Sequence[str] | None = None, prog: str = PROG) -> int:
    """Serve a sandbox until a signal, or the end of its parent, ends it.

    Prints one line with the address, ``sandbox: http://127.0.0.1:40123``; with TLS the address begins with
    ``https`` and `` certificate: <file>`` follows, the file that a client has to trust.

    :param argv: arguments; None for those of the process.
    :returns: exit status, 0 after SIGINT, SIGTERM or the end of the parent; 1 if it cannot listen.
    :raises SystemExit: with 2, if an option has a value that it cannot have.
    """
    parse = parser(prog)
    namespace = parse.parse_args(argv)
    try:
        return run(namespace)
    except InvalidArgument as error:
        parse.error(str(error))


def run(namespace: argparse.Namespace) -> int:
    """Serve a sandbox with what :func:`binance.sandbox.options.parser` has read; see :func:`serve`.

    :raises InvalidArgument: if an option has a value that it cannot have.
    """
    logging.basicConfig(
        level=logging.INFO if namespace.verbose else logging.WARNING,
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
        options = read_options(namespace)
        exchange = Exchange(reactor, **options.exchange())
        port = exchange.listen(options.port, options.interface, options.tls, options.certificate)
        if options.chaos is not None:
            exchange.chaos(options.chaos, options.chaos_mean)
    except (InvalidArgument, CannotListenError) as error:
        if exchange is not None:
            exchange.close()  # with TLS it has written a file already
        if isinstance(error, InvalidArgument):
            raise
        print(f"sandbox: {error}", file=sys.stderr)
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
