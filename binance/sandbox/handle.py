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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from ssl import create_default_context
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from binance.exceptions import BinanceError, InvalidArgument
from binance.sandbox.limits import Limits

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


class Sandbox:
    """A miniature exchange in a child process, which ends with this one.

    As a context manager it runs inside the block. Every fault is a method, as are ``fill`` and
    ``deposit``; what they mean is told in :mod:`binance.sandbox.faults.line`.

    :param seed: makes the market.
    :param rate: trades per second, over all symbols.
    :param speed: how fast its clock goes; 20 lets a push that comes every second come every 0.05 s.
    :param tls: True for TLS, which clients accept that trust :attr:`certificate_file`.
    :param certificate: ``"good"``, ``"expired"``, ``"other_host"`` or ``"chain"``.
    :param user_rate: orders per second for accounts that have a listen key or a subscription.
    :param ping_interval_s: seconds between pings; *pong_timeout_s*: seconds to answer one.
    :param symbols: what is traded; None for six common symbols.
    :param quiet_symbols: symbols that are listed but hardly traded, in addition to *symbols* or among them.
    :param lifetime_s: seconds of the sandbox's clock after which a connection is ended; None for never.
    :param lifetime_end: ``"drop"``, ``"reset"`` or ``"close"``, which is with 1001.
    :param limits: what clients may do how often; None for what the exchange documents.
    :param flat_errors: False sends control errors as ``{"error": {"code", "msg"}, "id"}``.
    :param listen_keys: False answers listen key calls with 410, as binance.com does.
    :param api_keys: api keys that exist. A mapping from each to its HMAC secret, or to its RSA or Ed25519
        public key as PEM, has signatures checked; else their form is. None lets any key be an account.
    :param listen_key_s: seconds of the sandbox's clock that a listen key is good for; *listen_token_s*: the
        same of a listen token, at the most.
    :param record: True keeps the ids sent, for :meth:`state`.
    :param port: 0 for any that is free.
    :param startup_s: seconds to wait for the child.

    :ivar host: address it listens on, ``"127.0.0.1"``; ``port``: the number.
    :ivar certificate_file: with TLS, the PEM file that a client has to trust; else None.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        rate: float = 50.0,
        speed: float = 1.0,
        tls: bool = False,
        certificate: str = "good",
        user_rate: float = 0.0,
        ping_interval_s: float = 20.0,
        pong_timeout_s: float = 60.0,
        symbols: Sequence[str] | None = None,
        quiet_symbols: Sequence[str] = (),
        lifetime_s: float | None = 86_400.0,
        lifetime_end: str = "drop",
        limits: Limits | None = None,
        flat_errors: bool = True,
        listen_keys: bool = True,
        record: bool = False,
        port: int = 0,
        startup_s: float = 60.0,
        api_keys: Collection[str] | None = None,
        listen_key_s: float = 3_600.0,
        listen_token_s: float = 86_400.0,
    ) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.tls = tls
        self.certificate_file: str | None = None
        self._startup_s = startup_s
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file: IO[bytes] | None = None
        self._pid = 0
        self._log_text = ""
        # Told to the child once it listens: a command line can be read by anybody on the machine.
        self._api_keys: dict[str, str | None] = dict.fromkeys(api_keys or ())
        if isinstance(api_keys, Mapping):
            self._api_keys = dict(api_keys)
        self._arguments = [
            "--port", str(port), "--seed", str(seed), "--rate", str(rate), "--speed", str(speed),
            "--user-rate", str(user_rate), "--ping-interval", str(ping_interval_s),
            "--pong-timeout", str(pong_timeout_s), "--certificate", certificate, "--with-parent", "--verbose",
            "--quiet-symbols", ",".join(quiet_symbols), "--lifetime-end", lifetime_end,
            "--lifetime", "none" if lifetime_s is None else str(lifetime_s),
            "--listen-key", str(listen_key_s), "--listen-token", str(listen_token_s),
        ]  # fmt: skip
        for name, limit in (asdict(limits) if limits is not None else {}).items():
            self._arguments += ["--limit", f"{name}={'none' if limit is None else limit}"]
        if symbols is not None:
            self._arguments += ["--symbols", ",".join(symbols)]
        for wanted, option in (
            (tls, "--tls"), (not listen_keys, "--no-listen-keys"), (record, "--record"),
            (not flat_errors, "--nested-errors"), (api_keys is not None, "--no-api-keys"),
        ):  # fmt: skip
            if wanted:
                self._arguments.append(option)

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
            return  # a fork of the process that started it has no say
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

    def _call(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
        if self._process is None:
            raise SandboxError("the sandbox does not run; call start() first")
        body = None if arguments is None else json.dumps(arguments).encode()
        request = urllib.request.Request(f"{self.url}/sandbox/{name}", data=body)
        context = create_default_context() if self.tls else None
        if context is not None:
            # Its certificate may be one that is made to be turned down.
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

    def _post(self, name: str, arguments: dict[str, Any]) -> Any:
        arguments.pop("self")
        return self._call(name, arguments)["result"]

    def state(self) -> dict[str, Any]:
        """Return who is connected, what was dialled, sent and asked, and which faults are in force."""
        state: dict[str, Any] = self._call("state")
        return state

    def cut(self, match: str | None = None, how: str = "reset", code: int = 1001, reason: str = "") -> int:
        """End connections: ``"reset"``, ``"close"`` (a close frame) or ``"drop"``; returns how many."""
        return int(self._post("cut", locals()))

    def refuse(
        self,
        status: int = 503,
        times: int | None = None,
        retry_after_s: float | None = None,
        body: str = "",
        match: str | None = None,
        how: str = "http",
    ) -> None:
        """Refuse new WebSocket connections: ``"http"``, ``"reset"`` or ``"hang"``."""
        self._post("refuse", locals())

    def accept(self) -> None:
        """Accept new connections again."""
        self._post("accept", locals())

    def stall(self, match: str | None = None, seconds: float | None = None, new: bool = False) -> int:
        """Let connections send nothing more while TCP stays open; returns how many."""
        return int(self._post("stall", locals()))

    def resume(self, match: str | None = None) -> int:
        """End stalls; returns how many connections were stalled."""
        return int(self._post("resume", locals()))

    def quiet(self, match: str | None = None, lasting_s: float | None = None) -> int:
        """Let streams deliver nothing while pings go on; returns on how many connections."""
        return int(self._post("quiet", locals()))

    def malformed(self, kind: str = "not_json", times: int = 1, match: str | None = None) -> int:
        """Put malformed messages between good ones; returns on how many connections."""
        return int(self._post("malformed", locals()))

    def fragments(
        self, pieces: int = 3, match: str | None = None, times: int | None = None, pings: bool = True
    ) -> int:
        """Send messages in several frames each; returns on how many open connections."""
        return int(self._post("fragments", locals()))

    def rest(
        self,
        down: int | None = None,
        delay_s: float = 0.0,
        how: str = "http",
        match: str | None = None,
        lasting_s: float | None = None,
    ) -> None:
        """Let REST fail or be slow; without arguments it is well again."""
        self._post("rest", locals())

    def server_shutdown(self, match: str | None = None) -> int:
        """Announce that the server goes down; returns to how many connections."""
        return int(self._post("server_shutdown", locals()))

    def expire_listen_key(self, api_key: str | None = None) -> int:
        """Let listen keys run out now; returns how many."""
        return int(self._post("expire_listen_key", locals()))

    def terminate_subscriptions(self, api_key: str | None = None, account: str | None = None) -> int:
        """End subscriptions of the WebSocket API, each with its event; returns how many."""
        return int(self._post("terminate_subscriptions", locals()))

    def expire_listen_tokens(self, api_key: str | None = None) -> int:
        """Let listen tokens run out now, and the subscriptions made by them; returns how many tokens."""
        return int(self._post("expire_listen_tokens", locals()))

    def revoke_key(self, api_key: str | None = None) -> int:
        """Turn down all calls with an api key, or with any; returns how many connections are told."""
        return int(self._post("revoke_key", locals()))

    def restore_key(self, api_key: str | None = None) -> None:
        """Take an api key again, or all."""
        self._post("restore_key", locals())

    def clock(self, offset_ms: float) -> None:
        """Let the exchange's clock be off by so many milliseconds; 0 ends it."""
        self._post("clock", locals())

    def add_api_key(self, api_key: str, secret: str | None = None, public_key: str | None = None) -> None:
        """Let an api key exist, signatures checked by its HMAC secret or its public key, which is PEM."""
        self._post("add_api_key", locals())

    def forget_listen_keys(self) -> int:
        """Forget all listen keys without a word; returns how many."""
        return int(self._post("forget_listen_keys", locals()))

    def late_pings(self, seconds: float, match: str | None = None, lasting_s: float | None = None) -> int:
        """Let pings come late; returns on how many open connections."""
        return int(self._post("late_pings", locals()))

    def delay(
        self, seconds: float, match: str | None = None, lasting_s: float | None = None, each: bool = False
    ) -> int:
        """Let all that is sent arrive later, in order; returns on how many open connections."""
        return int(self._post("delay", locals()))

    def duplicate(self, match: str | None = None, times: int = 1) -> int:
        """Send messages twice; returns on how many connections."""
        return int(self._post("duplicate", locals()))

    def reorder(self, match: str | None = None, times: int = 1) -> int:
        """Send messages behind the next one of their stream; returns on how many connections."""
        return int(self._post("reorder", locals()))

    def skip(self, match: str | None = None, times: int = 1) -> int:
        """Leave messages out, so that ids have holes; returns on how many connections."""
        return int(self._post("skip", locals()))

    def slow_tls(self, seconds: float, times: int | None = None) -> None:
        """Let new TLS connections wait for their handshake."""
        self._post("slow_tls", locals())

    def chaos(
        self,
        seed: int = 1,
        mean_s: float = 5.0,
        kinds: Collection[str] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let faults happen by themselves; the same seed brings the same ones."""
        self._post("chaos", locals())

    def stop_chaos(self) -> int:
        """Let no more faults happen by themselves; returns how many there were."""
        return int(self._post("stop_chaos", locals()))

    def clear(self) -> None:
        """End all faults."""
        self._post("clear", locals())

    def fill(
        self,
        symbol: str = "BNBBTC",
        side: str = "BUY",
        quantity: str = "1",
        price: str | None = None,
        api_key: str | None = None,
        client_order_id: str | None = None,
        account: str = "spot",
    ) -> list[dict[str, Any]]:
        """Let an account trade on the market, now; returns the user events."""
        return list(self._post("fill", locals()))

    def deposit(
        self, asset: str, amount: str, api_key: str | None = None, account: str = "spot"
    ) -> list[dict[str, Any]]:
        """Add to an account's balance, or take from it; returns the user events."""
        return list(self._post("deposit", locals()))
