"""Answers of REST that a script has given, in place of the sandbox's own or beside them."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from binance.exceptions import InvalidArgument
from binance.sandbox.answers.rest import Answer
from binance.sandbox.calls import Security, Verb, json_text
from binance.sandbox.faults.fault import Fault
from binance.sandbox.net.connections import Connections

# Statuses that HTTP sends without a body.
_WITHOUT_BODY: Final = (204, 205, 304)

_HEADER: Final = "[A-Za-z0-9-]+"
_HEADER_VALUE: Final = "[!-~]([ -~]{0,998}[!-~])?"


class _Script:
    """One answer.

    :ivar times: how many calls it is still for; None for all.
    """

    def __init__(self, method: str, path: str, answer: Answer, security: Security, times: int | None) -> None:
        self.security = security
        self.times = times
        self.answer = answer
        self.method, self.path = method, path

    def state(self) -> dict[str, Any]:
        return {
            "method": self.method, "path": self.path, "status": self.answer.status,
            "security": self.security, "times": self.times,
        }  # fmt: skip


class Scripts(Fault):
    """Answers REST calls as scripts want them answered.

    Those with ``times`` stand before the one without, which is the last of its verb and path.
    """

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._scripts: dict[tuple[str, str], list[_Script]] = {}

    def state(self) -> dict[str, Any]:
        return {"rest_answer": [script.state() for script in self._all()]}

    def lift(self) -> None:
        self._scripts.clear()

    def _all(self) -> list[_Script]:
        return [script for scripts in self._scripts.values() for script in scripts]

    def rest_answer(
        self,
        method: Verb,
        path: str,
        body: Any,
        *,
        status: int,
        security: Security,
        times: int | None,
        headers: Mapping[str, str] | None,
    ) -> None:
        """Answer calls of one verb and path with a body."""
        if not path.startswith("/") or path.startswith("/sandbox/") or "?" in path:
            raise InvalidArgument(f"path cannot be {path[:80]!r}; use one such as '/sapi/v1/account/info'")
        if status not in set(HTTPStatus) - set(_WITHOUT_BODY):
            raise InvalidArgument(f"{status} is not the status of an answer with a body; use 200, 400, ...")
        for name, value in (headers or {}).items():
            if not re.fullmatch(_HEADER, name) or not re.fullmatch(_HEADER_VALUE, value):
                raise InvalidArgument(f"no header is {name[:80]!r}: {value[:80]!r}; use printable ASCII")
        text = json_text(body) or ""
        script = _Script(
            method, path, Answer(status, text.encode(), tuple((headers or {}).items())), security, times
        )
        kept = self._scripts.setdefault((method, path), [])
        if times is None:
            kept[:] = [*(other for other in kept if other.times is not None), script]
        else:
            standing = next((number for number, other in enumerate(kept) if other.times is None), len(kept))
            kept.insert(standing, script)
        self._note("rest_answer", **script.state())

    def forget_rest_answers(self, method: Verb | None, path: str | None) -> int:
        """Take answers away."""
        removed = [s for s in self._all() if method in (None, s.method) and path in (None, s.path)]
        for script in removed:
            self._forget(script)
        self._note("forget_rest_answers", method=method, path=path, answers=len(removed))
        return len(removed)

    def _forget(self, script: _Script) -> None:
        kept = self._scripts[script.method, script.path]
        kept.remove(script)
        if not kept:
            del self._scripts[script.method, script.path]

    def security(self, method: str, path: str) -> Security | None:
        """Return what the next answer to a call has checked; None if the sandbox answers by itself."""
        kept = self._scripts.get((method, path))
        return None if kept is None else kept[0].security

    def take(self, method: str, path: str) -> Answer:
        """Return the next answer to a call, counting it."""
        script = self._scripts[method, path][0]
        if script.times is not None:
            script.times -= 1
            if not script.times:
                self._forget(script)
        return script.answer
