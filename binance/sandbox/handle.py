"""A handle on a sandbox that runs in a process of its own. Knows nothing of Twisted."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from ssl import create_default_context
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from binance.exceptions import BinanceError, InvalidArgument
from binance.sandbox.calls import Calls
from binance.sandbox.options import SandboxOptions, given_as

_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parents[2])


# Only `binance` is looked for beside this package; everything else comes from where Python finds it.
_CHILD: Final = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import binance.sandbox
del sys.path[0]
from binance.sandbox.serve import serve
sys.exit(serve(sys.argv[1:]))
"""


class SandboxError(BinanceError, RuntimeError):
    """The sandbox did not start, or does not answer."""


class Sandbox(Calls):
    """A miniature exchange in a child process, which ends with this one.

    As a context manager it runs inside the block. Every call of :class:`binance.sandbox.calls.Calls` is a
    method: the faults, ``fill``, ``move``, ``deposit`` and ``add_api_key``. Its keyword arguments are
    described in :class:`binance.sandbox.options.SandboxOptions`.

    :ivar host: address it listens on, ``"127.0.0.1"``; ``port``: the number.
    :ivar tls: whether it speaks TLS.
    :ivar certificate_file: with TLS, the PEM file that a client has to trust; else None.
    """

    @given_as(SandboxOptions)
    def __init__(self, options: SandboxOptions) -> None:
        self.host = options.interface
        self.port = options.port
        self.tls = options.tls
        self.certificate_file: str | None = None
        self._startup_s = options.startup_s
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file: IO[bytes] | None = None
        self._pid = 0
        self._log_text = ""
        # Sent to the child once it listens: a command line can be read by anybody on the machine.
        api_keys = options.api_keys
        self._api_keys: dict[str, str | None] = dict.fromkeys(api_keys or ())
        if isinstance(api_keys, Mapping):
            self._api_keys = dict(api_keys)
        self._arguments = [*options.arguments(), "--with-parent", "--verbose"]

    # -- living ------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start the child and wait until it listens; nothing if it runs already.

        :raises SandboxError: if it does not start; with what it wrote to standard error.
        """
        if self._process is not None:
            return self
        self._log_text = ""
        # without a name: nothing is left of it, however we end
        self._log_file = tempfile.TemporaryFile()  # noqa: SIM115
        self._pid = os.getpid()
        try:
            process = self._process = subprocess.Popen(
                # -P: modules that lie about where the script is run are not the sandbox's
                [sys.executable, "-P", "-c", _CHILD, _PACKAGE_ROOT, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log_file,
                start_new_session=True,  # Ctrl-C is for the script, which then ends the sandbox
            )
            line = self._first_line(process)
        except BaseException:
            self.stop()
            raise
        words = line.split()
        if len(words) < 2 or words[0] != "sandbox:":
            self.stop()
            raise SandboxError(f"the sandbox did not start; it wrote: {line}{self.log()}")
        address = urlsplit(words[1])
        self.host, self.port = address.hostname or self.host, address.port or 0
        _, found, certificate_file = line.partition(" certificate: ")
        self.certificate_file = certificate_file.strip() if found else None
        try:
            for api_key, text in self._api_keys.items():
                is_public = text is not None and text.lstrip().startswith("-----BEGIN")
                self.add_api_key(api_key, None if is_public else text, text if is_public else None)
        except BaseException:
            self.stop()
            raise
        return self

    def _first_line(self, process: subprocess.Popen[bytes]) -> str:
        lines: queue.Queue[bytes] = queue.Queue()
        stdout = process.stdout
        assert stdout is not None
        threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
        try:
            return lines.get(timeout=self._startup_s).decode()
        except queue.Empty:
            process.kill()
            return f"nothing within {self._startup_s:g} s"

    def stop(self) -> None:
        """End the child and wait for it; nothing if it does not run."""
        process, self._process = self._process, None
        if process is None or os.getpid() != self._pid:
            return  # a fork of the process that started it does not end it
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            process.stdin.close()
        process.terminate()  # a fork may hold the other end of its standard input
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        self._log_text = self.log()
        if self._log_file is not None:
            self._log_file.close()
            self._log_file = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def log(self) -> str:
        """Return what the child has logged so far, or in its last run."""
        if self._log_file is None:
            return self._log_text
        size = os.fstat(self._log_file.fileno()).st_size
        if hasattr(os, "pread"):
            text = os.pread(self._log_file.fileno(), size, 0)  # the child writes where the file's position is
        else:
            self._log_file.seek(0)
            text = self._log_file.read()
        return text.decode(errors="replace")

    @property
    def url(self) -> str:
        """Where it listens, e.g. ``"http://127.0.0.1:40123"``."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    # -- talking to it -----------------------------------------------------------------------------

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Send a call to the exchange.

        :raises InvalidArgument: if the exchange refuses it.
        :raises SandboxError: if the exchange does not run, or does not answer.
        """
        return self._request(name, arguments)["result"]

    def _request(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
        if self._process is None:
            raise SandboxError("the sandbox does not run; call start() first")
        body = None if arguments is None else json.dumps(arguments).encode()
        request = urllib.request.Request(f"{self.url}/sandbox/{name}", data=body)
        context = create_default_context() if self.tls else None
        if context is not None:
            # Its certificate may be one that is made to be refused.
            context.check_hostname = False
            context.verify_mode = 0  # type: ignore[assignment]
        handler = urllib.request.HTTPSHandler(context=context)
        # No proxy: the sandbox is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)
        try:
            with opener.open(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as exc:
            with exc:
                text = exc.read()
            try:
                message = json.loads(text)["error"]
            except (ValueError, LookupError, TypeError):
                raise SandboxError(f"the sandbox failed: HTTP {exc.code}: {text[:200]!r}") from exc
            raise InvalidArgument(message) from exc
        except (OSError, ValueError) as exc:
            raise SandboxError(f"the sandbox does not answer: {exc}") from exc

    def state(self) -> dict[str, Any]:
        """Return who is connected, what was requested and sent, and which faults are in force."""
        state: dict[str, Any] = self._request("state")
        return state

    def streams(self) -> dict[int, list[str]]:
        """Return what each open connection of streams is subscribed to, by its id; cheaper than the state."""
        return {int(number): names for number, names in self._request("streams").items()}

    def rest_calls(self) -> list[dict[str, Any]]:
        """Return the last 10,000 REST calls, oldest first; cheaper than the state, of which they are a part.

        :returns: of each ``"method"`` and ``"path"``; ``"query"`` and ``"form"``, lists of ``[name, value]``
            in the order in which they were sent, repeated names too; ``"params"``, values of both by name, of
            a repeated name the last. A signature is shown as ``"..."``, and long texts are cut off.
        """
        calls: list[dict[str, Any]] = self._request("rest_calls")
        return calls

    def ports(self) -> dict[str, int]:
        """Return the ports that ``"usdm"`` and ``"coinm"`` have to themselves; none without ``own_ports``."""
        ports: dict[str, int] = self._request("ports")
        return ports

    def limits(self) -> dict[str, Any]:
        """Return what clients have made of the limits; cheaper than the state, of which it is a part.

        :returns: ``"violated"``, how often each limit was, by its name; ``"most"``, the most that was seen of
            each, e.g. the bytes of the largest control message under ``"request_bytes"``;
            ``"control_messages"``, how many have come on connections of streams.
        """
        limits: dict[str, Any] = self._request("limits")
        return limits
