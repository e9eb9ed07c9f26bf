"""The terminal commands in a terminal: what its window shows, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from binance.sandbox import Sandbox

if os.name == "nt":
    pytest.skip("needs pseudo terminals", allow_module_level=True)

import fcntl
import pty
import termios

import pyte

from ..commands import ROOT, ended, watch

#: Seconds after which a test fails.
BOUND_S = 60.0
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
PICTURE = b"\x1b[H"  # each begins with it
NORMAL_SCREEN = b"\x1b[?1049l"
RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"


class Window:
    """A program in a window of a terminal, which pyte emulates.

    :ivar written: all that the program has written.
    """

    def __init__(
        self, arguments: list[str], columns: int, lines: int, code: str | None = None, **environment: str
    ) -> None:
        program = ["-m", "binance"] if code is None else ["-c", code]
        self.written = b""
        self._fed = 0  # bytes that the emulator has had
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._pid, self._fd = pty.fork()
        if not self._pid:
            with contextlib.suppress(BaseException):
                os.chdir(ROOT)
                os.environ.update({"TERM": "xterm-256color", **environment})
                for name in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"} - set(environment):
                    os.environ.pop(name, None)
                os.execv(sys.executable, [sys.executable, *program, *arguments])
            os._exit(99)
        self._measure(columns, lines)

    def _measure(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size, as who draws at its corner does."""
        self._screen.resize(lines, columns)
        self._measure(columns, lines)

    def lines(self) -> list[str]:
        """What it shows: the last whole picture."""
        return [line.rstrip() for line in self._screen.display]

    def wait(self, until: Callable[[list[str]], bool]) -> list[str]:
        """Wait until it shows something; returns its lines."""
        end_s = time.monotonic() + BOUND_S
        while not until(self.lines()):
            assert time.monotonic() < end_s, "\n".join(self.lines())
            assert self._read(), "\n".join(self.lines())
        return self.lines()

    def pictures(self, count: int) -> None:
        """Wait for some more pictures, the last of them whole."""
        goal = self.written.count(PICTURE) + count + 1
        self.wait(lambda _: self.written.count(PICTURE) >= goal)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def send(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self._pid, number)

    def end(self) -> tuple[int, str]:
        """Wait for its end; returns the exit status and what it left in the normal screen."""
        while self._read():
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self._pid = 0
        return status, self.written.rpartition(NORMAL_SCREEN)[2].decode().replace("\r", "")

    def _read(self) -> bool:
        if not select.select([self._fd], [], [], BOUND_S)[0]:
            return False
        with contextlib.suppress(OSError):  # on Linux the end is an error
            read = os.read(self._fd, 65536)
            self.written += read
            # not a part of a picture, which is no more to be judged than a part of a sentence
            whole = self.written.rfind(PICTURE)
            if whole > self._fed:
                self._stream.feed(self.written[self._fed : whole])
                self._fed = whole
            return bool(read)
        return False

    def close(self) -> None:
        """End it, if it runs."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._fd)


@pytest.fixture
def window() -> Iterator[Callable[..., Window]]:
    """Opens windows, which end with the test."""
    with contextlib.ExitStack() as stack:

        def opened(arguments: list[str], columns: int = 80, lines: int = 24, **given: str) -> Window:
            made = Window(arguments, columns, lines, **given)
            stack.callback(made.close)
            return made

        yield opened


@pytest.fixture(scope="module")
def everything_to() -> Iterator[dict[str, str]]:
    """The environment of programs that are sent to one sandbox of 100 symbols."""
    with Sandbox(symbols=100, rate=500) as sandbox:
        yield {"BINANCE_TWISTED_EVERYTHING_TO": sandbox.url}


def is_live(lines: list[str]) -> bool:
    """Whether a table is shown, of which rows have had messages."""
    return any(re.search(r" live +[1-9]", line) for line in lines)


def check_table(lines: list[str], height: int, columns: int) -> None:
    """A window with a table of 100 rows: one head at the top, rows, sums, events, and nothing else."""
    heads = [n for n, line in enumerate(lines) if line.startswith("stream ")]
    assert heads == [1], lines
    assert lines[0].startswith("100 streams from 127.0.0.1:"), lines
    (more,) = [n for n, line in enumerate(lines) if " more" in line and "@" not in line]
    rows = lines[2:more]
    assert len({row.split("@")[0] for row in rows}) == len(rows) == 100 - int(lines[more].split()[0])
    assert all("@trade" in row for row in rows), lines
    assert lines[more + 1].startswith("all 100: "), lines
    assert lines[more + 2].startswith(f"{RULE * 2} events "), lines
    assert len(lines[more + 2]) == columns
    assert all(re.match(r" +[0-9.]+ s  |$", line) for line in lines[more + 3 :]), lines
    assert len(lines) == height


def test_the_head_stays_visible_and_a_resize_leaves_nothing_behind(window, everything_to):
    """Of 100 rows as many as fit are shown, the others are counted; larger, smaller, and back again."""
    shown = window(["watch", "*@trade"], 80, 24, **everything_to)
    shown.wait(is_live)
    shown.pictures(1)
    check_table(shown.lines(), 24, 80)
    for columns, lines in ((120, 40), (70, 14), (100, 30)):
        shown.resize(columns, lines)
        shown.pictures(2)
        check_table(shown.lines(), lines, columns)
    shown.send(signal.SIGINT)
    status, left = shown.end()
    assert status == 0
    assert shown.written.count(b"\x1b[?1049h") == 1
    assert shown.written.count(NORMAL_SCREEN) == 1
    assert b"\x1b[?25h" in shown.written.rpartition(b"\x1b[?25l")[2]  # the cursor is back
    # what was said before the first picture stands there already
    before = shown.written.partition(b"\x1b[?1049h")[0].decode()
    assert re.search(r"connected to ws://127.0.0.1:\d+/stream", before + left)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", left).splitlines()
    assert [line.split(" ")[0] for line in bare].count("stream") == 1
    assert len(bare) < 30 + 4


def test_colours_tell_states_apart_unless_nobody_wants_them(window, everything_to):
    """Live is green; NO_COLOR leaves no code of a colour, and the same words."""
    for environment, has_colours in (({}, True), ({"NO_COLOR": "1"}, False)):
        arguments = ["watch", "bnbbtc@trade", "btcusdt@bookTicker", "--seconds", "2"]
        shown = window(arguments, 80, 24, **everything_to, **environment)
        shown.wait(is_live)
        assert shown.end()[0] == 0
        assert (COLOUR.search(shown.written) is not None) == has_colours
        assert (b"\x1b[32mlive" in shown.written) == has_colours


def test_a_book_that_is_lost_is_seen_to_be_and_no_line_is_left_behind(window):
    """The picture says that it is not true, at once; in a window of another size it is drawn anew."""
    with Sandbox(rate=200) as sandbox:
        arguments = ["watch", "--book", "bnbbtc"]
        shown = window(arguments, 80, 24, BINANCE_TWISTED_EVERYTHING_TO=sandbox.url)
        shown.wait(lambda lines: lines[0].startswith("BNBBTC  synced"))
        sandbox.refuse(times=1_000)
        sandbox.cut()
        shown.wait(lambda lines: any(line.startswith("-- NOT TRUE for ") for line in lines))
        for columns, lines in ((44, 16), (120, 40)):
            shown.resize(columns, lines)
            shown.pictures(2)
            text = shown.lines()
            assert sum("NOT TRUE" in line for line in text) == 1, text
            assert sum("BNBBTC" in line for line in text) == 1, text
            assert sum("\N{BOX DRAWINGS LIGHT HORIZONTAL} events" in line for line in text) == 1, text
            assert any("order book lost: disconnected" in line for line in text) or lines == 16
        shown.send(signal.SIGINT)
        status, left = shown.end()
        assert status == 0
        assert "order book lost: disconnected" in left


def test_the_demo_is_shown_in_a_window_and_ends_with_what_it_has_found(window):
    """Spinner, table, events below it; then the lines, the last picture and the sum in the normal screen."""
    shown = window(["demo", "--seconds", "5"], 80, 24)
    shown.wait(lambda _: b"starting an exchange on this machine" in shown.written)
    lines = shown.wait(lambda lines: any(" lost " in line for line in lines[2:12]))
    assert lines[1].startswith("stream ")
    status, left = shown.end()
    assert status == 0
    assert "the exchange cuts all 9 connections" in left
    assert "no other message is missing" in left


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_ended_gives_the_terminal_back(number, window, everything_to):
    """After SIGTERM or SIGHUP the normal screen and the cursor are back; the status says what ended it."""
    shown = window(["watch", "bnbbtc@trade"], 80, 24, **everything_to)
    shown.wait(is_live)
    shown.send(number)
    status, _ = shown.end()
    assert status == 128 + number
    assert shown.written.count(NORMAL_SCREEN) == 1
    assert shown.written.rpartition(b"\x1b[?25h")[1]


def test_a_spinner_that_is_ended_gives_the_cursor_back(window, tmp_path):
    """SIGTERM while ``sandbox run`` starts an exchange: the cursor is shown, and nothing is left running."""
    script = tmp_path / "script.py"
    script.write_text("raise AssertionError")
    code = (
        "import sys, time; from binance.sandbox import Sandbox; from binance.cli import main\n"
        "Sandbox.start = lambda self: time.sleep(60)\nsys.exit(main())"
    )
    shown = window(["sandbox", "run", str(script)], code=code)
    shown.wait(lambda _: b"starting an exchange" in shown.written)
    shown.send(signal.SIGTERM)
    status, _ = shown.end()
    assert status == 143
    assert b"\x1b[?25l" in shown.written
    assert b"\x1b[?25h" in shown.written.rpartition(b"\x1b[?25l")[2]


#: What a shell does about Ctrl-Z and ``fg``, which it is given as a line.
SHELL = """
import os, signal, subprocess, sys

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen([sys.executable, "-m", "binance", *sys.argv[1:]], process_group=0)
os.tcsetpgrp(0, job.pid)
_, status = os.waitpid(job.pid, os.WUNTRACED)
os.tcsetpgrp(0, os.getpid())
print("the shell:", "stopped" if os.WIFSTOPPED(status) else status, flush=True)
input()
os.tcsetpgrp(0, job.pid)
os.killpg(job.pid, signal.SIGCONT)
sys.exit(job.wait())
"""


def test_while_it_is_stopped_the_shell_has_the_terminal(window, everything_to):
    """After Ctrl-Z the normal screen and the cursor are there; after fg all of the picture is drawn."""
    shown = window(["watch", "bnbbtc@trade"], 80, 24, code=SHELL, **everything_to)
    shown.wait(is_live)
    shown.type(b"\x1a")
    shown.wait(lambda _: b"the shell: stopped" in shown.written)
    before = shown.written.partition(b"the shell:")[0]
    assert before.rindex(b"\x1b[?25h" + NORMAL_SCREEN) > before.rindex(b"\x1b[?1049h")
    shown.type(b"\n")
    shown.wait(lambda _: b"\x1b[2J" in shown.written.rpartition(b"\x1b[?1049h\x1b[?25l")[2])
    shown.type(b"\x03")
    status, left = shown.end()
    assert status == 0
    assert "Traceback" not in left
    assert shown.written.rpartition(b"\x1b[?25h")[1]


@pytest.mark.parametrize("arguments", [["watch", "bnbbtc@trade"], ["watch", "--book", "bnbbtc"]])
def test_an_encoding_without_drawn_characters_has_ascii_in_their_place(arguments, window, everything_to):
    """Sparklines, rules and spinners are ASCII, and the program does not end with an error."""
    shown = window([*arguments, "--seconds", "3"], 60, 24, **everything_to, PYTHONIOENCODING="ascii")
    shown.wait(lambda lines: any(line.startswith("-- events ---") for line in lines))
    status, left = shown.end()
    assert status == 0
    assert "Traceback" not in left
    assert shown.written.isascii()


@pytest.mark.parametrize("arguments", [["watch", "bnbbtc@trade"], ["watch", "--book", "bnbbtc"]])
def test_in_a_pipe_there_are_no_control_characters(arguments, everything_to, tmp_path):
    """Plain lines, whatever the terminal is."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {**everything_to, "TERM": "xterm-256color"}.items():
            patched.setenv(name, value)
        patched.delenv("FORCE_COLOR", raising=False)
        status, out, err = ended(watch(*arguments[1:], "--seconds", "2.5"))
    assert (status, err) == (0, "")
    assert out.replace("\n", "").isprintable()
