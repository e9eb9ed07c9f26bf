"""Runs a user's unmodified script against the sandbox."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import io
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from binance.endpoints import send_everything_to_sandbox
from binance.sandbox import Sandbox


def run_script(path: str, arguments: Sequence[str], sandbox: Sandbox, chaos: int | None = None) -> int:
    """Run a script as ``python path arguments...`` would, with its clients and managers sent to *sandbox*.

    So are those of processes that the script starts. The sandbox ends with the process, not with the script's
    last line: a script may go on streaming.

    :param chaos: seed of a random mix of faults; None for none.
    :returns: exit status: 0, or 1 after an exception; the script's own ``sys.exit`` passes through.
    """
    file = str(Path(path).absolute())  # as Python does; links are followed for sys.path only
    try:
        with io.open_code(file) as opened:
            source = opened.read()
    except OSError as exc:
        print(f"sandbox run: {exc}", file=sys.stderr)
        return 2
    atexit.register(_stop, sandbox)
    sandbox.start()
    if chaos is not None:
        sandbox.chaos(chaos)
    send_everything_to_sandbox(sandbox.host, sandbox.port)
    print(f"sandbox: {sandbox.url}, running {path}", file=sys.stderr)

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
    with contextlib.suppress(KeyboardInterrupt):  # a second Ctrl-C: it was told to end, and does
        sandbox.stop()
