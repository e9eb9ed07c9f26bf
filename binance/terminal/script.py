"""Runs a user's unmodified script against the sandbox."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import io
import json
import sys
import urllib.request
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Protocol
from urllib.parse import urlsplit

from binance.endpoints import local_place, send_everything_to_sandbox
from binance.exceptions import InvalidArgument
from binance.sandbox import Sandbox
from binance.sandbox.handle import SandboxError
from binance.terminal.screen import progress


class Exchange(Protocol):
    """The exchange that a script is sent to."""

    def start(self) -> str:
        """Have it run; returns its URL."""


class Started:
    """A sandbox that is started for the script, and ends with the process.

    :param chaos: seed of a random mix of faults; None: no faults.
    """

    def __init__(self, sandbox: Sandbox, chaos: int | None = None) -> None:
        self._sandbox = sandbox
        self._chaos = chaos

    def start(self) -> str:
        """Start it.

        :raises SandboxError: if it does not start.
        """
        atexit.register(_stop, self._sandbox)
        self._sandbox.start()
        if self._chaos is not None:
            self._sandbox.chaos(self._chaos)
        return self._sandbox.url


class Running:
    """A sandbox that runs already, and goes on running.

    :param url: where it listens, e.g. ``"http://127.0.0.1:9000"``.
    :raises InvalidArgument: if that is not the URL of a port of this machine.
    """

    def __init__(self, url: str) -> None:
        self._url = url.removesuffix("/")
        if local_place(self._url) is None:
            raise InvalidArgument(f"--url is {url!r}; use a port of this machine, e.g. http://127.0.0.1:9000")

    def start(self) -> str:
        """Look whether it runs.

        :raises SandboxError: if no sandbox answers.
        """
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
        try:
            with opener.open(f"{self._url}/sandbox/ports", timeout=10) as response:
                json.load(response)
        except (OSError, ValueError) as exc:
            raise SandboxError(
                f"no sandbox answers at {self._url} ({exc}); start one: python -m binance sandbox --port 9000"
            ) from exc
        return self._url


def run_script(path: str, arguments: Sequence[str], exchange: Exchange) -> int:
    """Run a script as ``python path arguments...`` would, with its clients and managers sent to *exchange*.

    So are those of processes that the script starts. An exchange that was started for it ends with the
    process, not with the script's last line: a script may go on streaming.

    :returns: exit status: 0, or 1 after an exception; the script's own ``sys.exit`` passes through.
    :raises SandboxError: if the exchange does not start, or does not answer.
    """
    file = str(Path(path).absolute())  # as Python does; links are followed for sys.path only
    try:
        with io.open_code(file) as opened:
            source = opened.read()
    except OSError as exc:
        print(f"sandbox run: {exc}", file=sys.stderr)
        return 2
    with progress("starting an exchange on this machine"):
        url = exchange.start()
    place = urlsplit(url)
    assert place.hostname is not None and place.port is not None
    send_everything_to_sandbox(place.hostname, place.port)
    print(f"sandbox: {url}, running {path}", file=sys.stderr)

    main = ModuleType("__main__")
    main.__dict__.update(
        __file__=file, __builtins__=builtins, __loader__=SourceFileLoader("__main__", file), __cached__=None
    )
    sys.modules["__main__"] = main
    sys.argv = [path, *arguments]
    sys.path[0] = str(Path(file).resolve().parent)
    try:
        exec(compile(source, file, "exec", dont_inherit=True), main.__dict__)
    except Exception as exc:
        trace = exc.__traceback__
        while trace is not None and trace.tb_frame.f_globals is not main.__dict__:
            trace = trace.tb_next  # the frames of this function are not the script's
        sys.excepthook(type(exc), exc.with_traceback(trace), trace)
        return 1
    return 0


def _stop(sandbox: Sandbox) -> None:
    with contextlib.suppress(KeyboardInterrupt):  # a second Ctrl-C: it is ending already
        sandbox.stop()
