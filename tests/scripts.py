"""Runs scripts as users write them: in a process of their own, whose ending is what the test is about."""

from __future__ import annotations

import itertools
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from binance.sandbox import Sandbox

_ROOT = str(Path(__file__).resolve().parents[1])

#: Ten times the longest promise: two seconds.
BOUND_S = 20.0

# What every script begins with. SIGINT is set because a process that was started in the background of a shell
# inherits one that is ignored. A stream of an unknown symbol opens and stays silent.
_PRELUDE = """\
import signal, sys, threading, time
from binance.endpoints import Endpoints
from binance.websockets import BinanceSocketManager

signal.signal(signal.SIGINT, signal.default_int_handler)
VENUE = Endpoints.sandbox({host!r}, {port})
IDLE = {idle!r}
said = dict()

def say(*words):
    line = " ".join(map(str, words))
    print(line + "\\n", end="", flush=True)  # one write: other threads print too
    said.setdefault(line, threading.Event()).set()

def told(event):
    say(event.kind, event.conn_key)

def wait_for(line):
    found = said.setdefault(line, threading.Event())
    assert found.wait(15), line
    found.clear()

def manager(client=None, **options):
    options = dict(endpoints=VENUE, on_event=told) | options
    return BinanceSocketManager(client, **options)

def no_data(message):
    say("data", message)

"""


class Script:
    """A script that runs, made by :class:`Running`.

    :param directory: where the script and what it writes to standard error go.
    :param code: what follows the prelude.
    :param idle: a symbol of its own, which the sandbox does not trade; ``IDLE`` in the script.
    :param stdin: what the script reads: a pipe that stays open, or a file descriptor.
    """

    def __init__(self, directory: Path, sandbox: Sandbox, code: str, idle: str, stdin: int) -> None:
        self.idle = idle
        path = directory / "script.py"
        prelude = _PRELUDE.format(host=sandbox.host, port=sandbox.port, idle=idle)
        path.write_text(prelude + textwrap.dedent(code))
        self._errors = directory / "stderr"
        self._lines: queue.Queue[str | None] = queue.Queue()
        #: what it has printed so far, line by line, as far as somebody has waited for it
        self.printed: list[str] = []
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", str(path)],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"PYTHONPATH": _ROOT},
                text=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def kill(self) -> None:
        """End it if it still runs, and tidy up."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def errors(self) -> str:
        """What it has written to standard error."""
        return self._errors.read_text(errors="replace")

    def wait_for(self, marker: str, times: int = 1, bound_s: float = BOUND_S) -> None:
        """Wait until it prints a line that begins with *marker*, *times* times from now on."""
        until = time.monotonic() + bound_s
        while times:
            times -= self._next_line(until, marker).startswith(marker)

    def wait_for_all(self, lines: Iterable[str], bound_s: float = BOUND_S) -> None:
        """Wait until it has printed each of *lines* from now on, in any order."""
        missing = set(lines)
        until = time.monotonic() + bound_s
        while missing:
            missing.discard(self._next_line(until, missing))

    def _next_line(self, until: float, wanted: object) -> str:
        try:
            line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            self._fail(f"it did not print {wanted!r} in time")
        if line is None:
            self._process.wait()
            self._fail(f"it ended and did not print {wanted!r}")
        self.printed.append(line)
        return line

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def type(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def end(self, bound_s: float = BOUND_S) -> int:
        """Wait for its end and return the exit status; the test fails if it goes on.

        It fails too if there was noise: an exception that nobody handled or that Python ignored.
        """
        try:
            status = self._process.wait(bound_s)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)  # faulthandler writes where each thread is
            self._process.wait(BOUND_S)
            self._fail("it did not end in time")
        self._reader.join(BOUND_S)
        while not self._lines.empty():
            line = self._lines.get()
            if line is not None:
                self.printed.append(line)
        errors = self.errors()
        for noise in ("Unhandled", "Exception ignored", "Exception in thread", "Fatal", "never retrieved"):
            if noise in errors:
                self._fail(f"it wrote {noise!r}")
        return status

    def end_quietly(self, bound_s: float = BOUND_S) -> None:
        """Wait for its end, which must be a success with nothing on standard error."""
        status = self.end(bound_s)
        if status != 0 or self.errors():
            self._fail(f"it ended with {status}")

    def end_by_ctrl_c(self, bound_s: float = BOUND_S) -> None:
        """Wait for the end that Python gives an interrupted program: one traceback, and death by SIGINT."""
        status, errors = self.end(bound_s), self.errors()
        if status not in (-signal.SIGINT, 128 + signal.SIGINT):
            self._fail(f"it ended with {status}")
        if not errors.rstrip().endswith("KeyboardInterrupt"):
            self._fail("it was interrupted and did not say so")

    def _fail(self, what: str) -> NoReturn:
        printed = "\n".join(self.printed[-40:])
        pytest.fail(f"{what}\n--- printed\n{printed}\n--- standard error\n{self.errors()}", pytrace=False)


class Running:
    """What a test starts scripts with: ``run(code)``; every script ends with the test."""

    _count = itertools.count(1)

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._directory = directory
        self._scripts: list[Script] = []

    def __call__(self, code: str, stdin: int = subprocess.PIPE) -> Script:
        number = next(self._count)
        directory = self._directory / f"script{number}"
        directory.mkdir()
        script = Script(directory, self.sandbox, code, f"idle{number}x", stdin)
        self._scripts.append(script)
        return script

    def stop(self) -> None:
        """End what still runs."""
        for script in self._scripts:
            script.kill()

    def connections(self, script: Script) -> list[dict[str, Any]]:
        """The script's connections to idle streams, as the sandbox saw them, oldest first."""
        return [found for found in self.sandbox.state()["connections"] if script.idle in found["path"]]

    def close_codes(self, script: Script) -> list[int | None]:
        """What the close frames said that the script sent on these; waits until all are over."""
        until = time.monotonic() + BOUND_S
        while not all(found["closed"] for found in self.connections(script)):
            assert time.monotonic() < until, self.connections(script)
            time.sleep(0.01)
        return [found["close_code"] for found in self.connections(script)]
