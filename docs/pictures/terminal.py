"""Makes the pictures of a terminal, ``demo.svg`` and ``watch.svg``, from real runs.

From the root of the repository: ``python docs/pictures/terminal.py``. The demo's picture is taken shortly
after the cut, when some sockets are connected again and others are not; that of ``watch`` after a cut of one
connection.
"""

from __future__ import annotations

import inspect
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from binance.endpoints import Endpoints
from binance.sandbox import Sandbox
from binance.terminal.demo import Demo
from binance.terminal.screen import Line, Printed, Screen, View, cropped, plain
from binance.terminal.watch import Watch

HERE = Path(__file__).parent
SIZE = os.terminal_size((100, 24))
#: Fonts of the reader's own machine: the picture names no file of anybody else's.
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
BLACK, WHITE = (24, 27, 33), (208, 212, 220)
RED, GREEN, YELLOW, CYAN = (239, 104, 112), (126, 195, 110), (229, 187, 103), (84, 180, 196)
THEME = TerminalTheme(BLACK, WHITE, [BLACK, RED, GREEN, YELLOW, CYAN, CYAN, CYAN, WHITE])


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Pictured(Screen):
    """A screen that keeps one of its pictures.

    :param is_wanted: whether a picture, as text, is the one; asked until it is.
    """

    def __init__(self, is_wanted: Callable[[str], bool]) -> None:
        super().__init__(_Terminal(), size=lambda: SIZE)
        self._is_wanted = is_wanted
        self._kept: list[Line] = []

    def draw(self, view: View) -> None:
        """Draw it, and keep it if it is the one."""
        super().draw(view)
        lines = [cropped(line, SIZE.columns) for line in self.composed(view, SIZE)]
        if not self._kept and self._is_wanted("\n".join(map(plain, lines))):
            self._kept = lines

    @property
    def has_it(self) -> bool:
        """Whether it has kept one."""
        return bool(self._kept)

    def save(self, name: str, title: str) -> None:
        """Write it as an SVG that needs nothing from elsewhere."""
        assert self._kept, "the run had no such moment; run it again"
        console = Console(
            record=True, file=io.StringIO(), width=SIZE.columns, force_terminal=True, color_system="standard"
        )
        console.print(Printed(self._kept), end="")
        form = inspect.signature(Console.export_svg).parameters["code_format"].default
        form = re.sub(r"@font-face \{\{.*?\}\}\s*|<!--.*?-->\s*", "", form, flags=re.S)
        form = form.replace("Fira Code, monospace", FONTS).replace("arial", "sans-serif")
        drawn = console.export_svg(title=title, theme=THEME, code_format=form, unique_id=name)
        (HERE / f"{name}.svg").write_text(re.sub(r"[ \t]+$", "", drawn, flags=re.M), encoding="utf-8")


def demo() -> None:
    """The demo, with sockets that are connected again beside those that are not."""
    for _ in range(9):  # the moment is short, and pictures are drawn five times a second
        screen = Pictured(lambda text: all(re.search(rf"@.* {one} +[1-9]", text) for one in ("live", "lost")))
        Demo(10, 1, screen).run()
        if screen.has_it:
            break
    screen.save("demo", "python -m binance demo")


def watch() -> None:
    """Streams of futures over two connections, one of which is cut."""
    with Sandbox(rate=200) as sandbox:

        def is_wanted(text: str) -> bool:
            if " 10 s  Ctrl-C" in text:
                sandbox.cut(match="market")
            return "retry 1 in" in text and " lost " in text

        screen = Pictured(is_wanted)
        names = ["*usdt@aggTrade", "*usdt@markPrice@1s", "*usdt@bookTicker"]
        Watch(names, False, 13, "usdm", screen).run(Endpoints.sandbox(sandbox.host, sandbox.port))
    screen.save("watch", "python -m binance watch --market usdm '*usdt@aggTrade' '*usdt@markPrice@1s' ...")


if __name__ == "__main__":
    demo()
    watch()
