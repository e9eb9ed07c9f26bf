"""REST calls: weighed, answered, or made to fail."""

import math
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from twisted.web.server import NOT_DONE_YET

from binance.sandbox.answers import derivatives, rest
from binance.sandbox.answers.private import Sent
from binance.sandbox.answers.rest import Pair
from binance.sandbox.limits import Venue
from binance.sandbox.net.backend import Backend
from binance.sandbox.net.gate import Failed, Gate
from binance.sandbox.net.journal import Recent
from binance.sandbox.net.pages import address_of, header_of, no_answer, page, pairs_of, reply
from binance.sandbox.net.timers import Timers

# The headers that say what an address has used of its weight, of a path of each venue.
_USED: Final[dict[Venue, tuple[str, ...]]] = {
    "spot": ("x-mbx-used-weight", "x-mbx-used-weight-1m"),
    "futures": ("x-mbx-used-weight-1m",),
    "options": ("x-mbx-used-weight-1m",),
    "portfolio_margin": ("x-mbx-used-weight-1m",),
    "sapi": ("x-sapi-used-ip-weight-1m",),
    "sapi_account": ("x-sapi-used-uid-weight-1m",),
    "web": (),
}

# Of a call that is kept: parameters, and characters of each name and value.
_MOST_PARAMS: Final = 100
_LONGEST: Final = 1_000


class RestCalls:
    """Answers REST calls.

    :param hanging: keeps the channels whose requests are left without an answer.

    :ivar seen: each of the last calls, signatures masked, and long values cut off.
    """

    def __init__(self, backend: Backend, timers: Timers, gate: Gate, hanging: set[Any]) -> None:
        self.seen = Recent[rest.RestCall]()
        self._backend = backend
        self._timers = timers
        self._gate = gate
        self._hanging = hanging

    def render(self, request: Any, path: str) -> Any:
        """Answer a REST call to a path, which is percent-decoded."""
        content = request.content.read()
        sent = Sent(request.uri.partition(b"?")[2], content)
        call = _read(request, path, content)
        self.seen.add(_kept(call))
        venue = derivatives.budget_of(call)
        address = address_of(request)
        if venue == "sapi_account":
            address = header_of(request, b"x-mbx-apikey") or address
        used, wait_s, banned = self._backend.addresses.weigh(address, derivatives.weight(call), venue, path)
        for name in _USED[venue]:
            request.setHeader(name, str(used))
        failed = self._gate.rest_failure(path)
        ban_s = self._gate.banned_s(path)
        if ban_s is not None:
            wait_s, banned = ban_s, True
        if wait_s is not None:
            request.setHeader("retry-after", str(math.ceil(wait_s)))
            until_ms = self._backend.clock.time_ms() + wait_s * 1000
            error = rest.too_much_weight(self._backend.limits.weight(venue), until_ms if banned else None)
            return reply(request, rest.refused(error))
        if failed is None:
            return self._answer(request, call, sent)
        if failed.how == "lose":
            self._answer(request, call, sent)
            return no_answer(request, "reset", self._hanging)
        if failed.how != "http":
            return no_answer(request, failed.how, self._hanging)
        timer = self._timers.later(failed.delay_s, self._respond, request, call, sent, failed)
        request.notifyFinish().addErrback(lambda _: timer.cancel())
        return NOT_DONE_YET

    def _respond(self, request: Any, call: rest.RestCall, sent: Sent, failed: Failed) -> None:
        """Send an answer that was held back."""
        down = failed.down
        body = self._answer(request, call, sent) if down is None else page(request, down)
        request.setHeader("content-length", str(len(body)))
        request.write(body)
        request.finish()

    def _answer(self, request: Any, call: rest.RestCall, sent: Sent) -> bytes:
        api_key = header_of(request, b"x-mbx-apikey")
        security = self._gate.scripted(call.method, call.path)
        if security is not None:
            refusal = self._backend.refusal(call, security, api_key, sent)
            return reply(request, refusal or self._gate.take_scripted(call.method, call.path))
        unit = header_of(request, b"x-mbx-time-unit")
        return reply(request, self._backend.rest(call, api_key, unit, sent))


def _kept(call: rest.RestCall) -> rest.RestCall:
    """Return a call as it is kept: a form may be of any size."""
    masked = call.masked()
    return masked._replace(
        params=dict(_cut_off(masked.params.items())),
        query=_cut_off(masked.query),
        form=_cut_off(masked.form),
    )


def _cut_off(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple((name[:_LONGEST], value[:_LONGEST]) for name, value in islice(pairs, _MOST_PARAMS))


def _read(request: Any, path: str, content: bytes) -> rest.RestCall:
    """Read a REST call with the parameters of its query and of its form, the form of a PUT included."""
    query = pairs_of(request.uri.decode("ascii", "replace").partition("?")[2])
    form = pairs_of(content.decode("utf-8", "replace"))
    return rest.RestCall(
        request.method.decode("ascii", "replace"), path, dict(query) | dict(form), query, form
    )
