"""Runs scripts as users write them: in a process of their own, whose ending is what the test is about."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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
said = dict()

def say(*words):
    print(*words, flush=True)
    said.setdefault(" ".join(map(str, words)), threading.Event()).set()

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
    """A script that runs; ends with the block it is the context manager of.

    :param directory: where the script and what it writes to standard error go.
    :param code: what follows the prelude.
    :param stdin: what the script reads: a pipe that stays open, or a file descriptor.
    """

    def __init__(self, directory: Path, sandbox: Sandbox, code: str, stdin: int = subprocess.PIPE) -> None:
        path = directory / "script.py"
        prelude = _PRELUDE.format(host=sandbox.host, port=sandbox.port)
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self._fail(f"it did not print {marker!r} in time")
            if line is None:
                self._process.wait()
                self._fail(f"it ended and did not print {marker!r}")
            self.printed.append(line)
            times -= line.startswith(marker)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

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

    def _fail(self, what: str) -> Any:
        printed = "\n".join(self.printed[-40:])
        pytest.fail(f"{what}\n--- printed\n{printed}\n--- standard error\n{self.errors()}", pytrace=False)


class Running:
    """What a test starts scripts with: ``run(code)``; every script ends with the test."""

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._directory = directory
        self._scripts: list[Script] = []

    def __call__(self, code: str, stdin: int = subprocess.PIPE) -> Script:
        directory = self._directory / f"script{len(self._scripts)}"
        directory.mkdir()
        script = Script(directory, self.sandbox, code, stdin)
        self._scripts.append(script)
        return script

    def stop(self) -> None:
        """End what still runs."""
        for script in self._scripts:
            script.__exit__(None, None, None)

    def connections(self, match: str) -> list[dict[str, Any]]:
        """The connections whose path has *match* in it, as the sandbox saw them, oldest first."""
        return [found for found in self.sandbox.state()["connections"] if match in found["path"]]

    def close_codes(self, match: str) -> list[int | None]:
        """How those were closed by the script, once TCP has ended for all of them."""
        until = time.monotonic() + BOUND_S
        while not all(found["closed"] for found in self.connections(match)):
            assert time.monotonic() < until, self.connections(match)
            time.sleep(0.01)
        return [found["close_code"] for found in self.connections(match)]
