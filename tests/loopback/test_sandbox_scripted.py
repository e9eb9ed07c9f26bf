"""Answers of REST that a script gives the sandbox, and the record of what was sent."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from binance.exceptions import InvalidArgument

from ..keys import API_KEY, SECRET
from ..sandbox_case import SandboxTestCase

WITHDRAW = "/sapi/v1/capital/withdraw/apply"


def signed(**params):
    """Parameters with a timestamp and the signature of the tests' key, as a query or a form."""
    text = urlencode(params | {"timestamp": int(time.time() * 1000)})
    return f"{text}&signature={hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()}"


class ScriptedTests(SandboxTestCase):
    async def test_a_call_that_the_sandbox_lacks_is_answered(self):
        """Any JSON value is the answer, with its status and headers, for its verb and path alone."""
        exchange = self.exchange(rate=0)
        assert (await self.http("POST", WITHDRAW)).status == 404
        for body in ({"id": "é7", "n": 2**70}, [1, None], "a text", None, 1.5, True):
            exchange.rest_answer("POST", WITHDRAW, body)
            answer = await self.http("POST", WITHDRAW)
            assert (answer.status, answer.json()) == (200, body)
            assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        assert (await self.http("GET", WITHDRAW)).status == 404
        assert (await self.http("POST", f"{WITHDRAW}/x")).status == 404
        exchange.rest_answer(
            "POST", WITHDRAW, {"code": -4026, "msg": "no"}, status=400, headers={"X-A": "b c"}
        )
        answer = await self.http("POST", WITHDRAW)
        assert (answer.status, answer.json()["code"], answer.headers["x-a"]) == (400, -4026, "b c")

    async def test_it_goes_before_what_the_sandbox_answers(self):
        """At every venue's paths the script's answer is sent until it is taken away, or by ``clear``."""
        exchange = self.exchange(rate=0)
        paths = (
            "/api/v3/time", "/sapi/v1/system/status", "/fapi/v1/time", "/dapi/v1/time", "/eapi/v1/time",
            "/fapi/v2/account", "/papi/v1/ping", "/bapi/x", "/futures/data/x", "/wapi/v3/systemStatus.html",
        )  # fmt: skip
        before = [(await self.http("GET", path)).status for path in paths]
        for path in paths:
            exchange.rest_answer("GET", path, {"path": path})
            assert (await self.http("GET", path)).json() == {"path": path}
        assert exchange.forget_rest_answers(path="/api/v3/time") == 1
        assert "serverTime" in (await self.http("GET", "/api/v3/time")).json()
        assert exchange.forget_rest_answers("POST") == 0
        assert len(exchange.faults()["rest_answer"]) == len(paths) - 1
        exchange.clear()
        assert [(await self.http("GET", path)).status for path in paths] == before
        assert exchange.faults() == {}

    async def test_a_signature_is_checked_as_for_the_sandboxs_own_calls(self):
        """Key, timestamp and signature are checked in query and form; a refused call uses up no answer."""
        exchange = self.exchange(rate=0, api_keys={API_KEY: SECRET})
        exchange.rest_answer("POST", WITHDRAW, {"id": 1}, security="signed", times=1)
        good = signed(coin="BTC", address="a b&c=d/é", amount="0.10")
        stale = f"coin=BTC&timestamp=1&signature={'0' * 64}"
        for query, key, status, code in (
            (good, None, 401, -2014),
            (good, "other-key", 401, -2015),
            (good.replace("0.10", "0.1"), API_KEY, 400, -1022),
            (stale, API_KEY, 400, -1021),
            ("coin=BTC", API_KEY, 400, -1102),
        ):
            answer = await self.http("POST", f"{WITHDRAW}?{query}", key)
            assert (answer.status, answer.json()["code"]) == (status, code), answer.json()
        assert (await self.http("POST", f"{WITHDRAW}?{good}", API_KEY)).json() == {"id": 1}
        assert (await self.http("POST", f"{WITHDRAW}?{good}", API_KEY)).status == 404
        exchange.rest_answer("POST", WITHDRAW, {"id": 2}, security="signed")
        assert (await self.http("POST", WITHDRAW, API_KEY, good.encode())).json() == {"id": 2}

    async def test_a_key_alone_is_checked(self):
        """With ``security="key"`` the header has to be there, and a signature need not."""
        exchange = self.exchange(rate=0, api_keys=[API_KEY])
        exchange.rest_answer("GET", "/sapi/v1/margin/priceIndex", {}, security="key")
        assert (await self.http("GET", "/sapi/v1/margin/priceIndex")).json()["code"] == -2014
        assert (await self.http("GET", "/sapi/v1/margin/priceIndex", "other")).json()["code"] == -2015
        assert (await self.http("GET", "/sapi/v1/margin/priceIndex", API_KEY)).json() == {}

    async def test_answers_come_in_their_order(self):
        """Those with ``times`` come first, in order, then the last one without, whichever was given first."""
        exchange = self.exchange(rate=0)
        exchange.rest_answer("GET", "/x", "replaced")
        exchange.rest_answer("GET", "/x", "first", times=2)
        exchange.rest_answer("GET", "/x", "for good")
        exchange.rest_answer("GET", "/x", "second", times=1)
        answers = [(await self.http("GET", "/x")).json() for _ in range(5)]
        assert answers == ["first", "first", "second", "for good", "for good"]

    async def test_failures_hold_for_it(self):
        """``rest`` makes such a call fail or slow like any other."""
        exchange = self.exchange(rate=0)
        exchange.rest_answer("GET", "/x", {})
        exchange.rest(down=503)
        assert (await self.http("GET", "/x")).status == 503
        exchange.rest(delay_s=0.01)
        assert (await self.http("GET", "/x")).json() == {}

    async def test_by_http(self):
        """A POST to the sandbox gives an answer; what cannot be is refused with what to use."""
        self.exchange(rate=0)
        call = {"method": "GET", "path": "/x", "body": {"a": [1]}, "headers": {"X-B": "c"}, "times": 1}
        assert (await self.http("POST", "/sandbox/rest_answer", body=json.dumps(call).encode())).status == 200
        answer = await self.http("GET", "/x")
        assert (answer.json(), answer.headers["x-b"]) == ({"a": [1]}, "c")
        for wrong in (
            {"path": "x"}, {"path": "/sandbox/state"}, {"path": "/x?a=1"}, {"method": "PATCH"},
            {"status": 204}, {"status": 299}, {"status": 199}, {"security": "both"}, {"times": 0},
            {"headers": {"a b": "c"}}, {"headers": {"A": "b\r\nC: d"}}, {"headers": {"A": 1}},
            {"headers": ["A"]}, {"body": "x" * 400_000},
        ):  # fmt: skip
            refused = await self.http("POST", "/sandbox/rest_answer", body=json.dumps(call | wrong).encode())
            assert refused.status == 400, wrong
            assert "use " in refused.json()["error"]
        assert (await self.http("GET", "/x")).status == 404

    def test_a_body_is_json(self):
        """What JSON cannot say is refused by the call itself."""
        exchange = self.exchange(rate=0)
        for body in (b"bytes", {1, 2}, float("nan"), "\ud800"):
            with pytest.raises(InvalidArgument, match="a JSON value"):
                exchange.rest_answer("GET", "/x", body)


class RecordTests(SandboxTestCase):
    async def test_parameters_are_kept_as_they_were_sent(self):
        """Query and form are kept apart, in order, decoded, with repeated names and empty values."""
        exchange = self.exchange(rate=0)
        query, form = "ids=1&email=a%2Bb%40c&ids=2&note=", "b=%C3%A9+x&a=1&b=2&signature=abc"
        await self.http("POST", f"/sapi/v1/x?{query}", None, form.encode())
        (kept,) = (await self.http("GET", "/sandbox/rest_calls")).json()
        assert kept == {
            "method": "POST",
            "path": "/sapi/v1/x",
            "params": {"ids": "2", "email": "a+b@c", "note": "", "b": "2", "a": "1", "signature": "..."},
            "query": [["ids", "1"], ["email", "a+b@c"], ["ids", "2"], ["note", ""]],
            "form": [["b", "é x"], ["a", "1"], ["b", "2"], ["signature", "..."]],
        }
        (call,) = exchange.rest_calls
        assert call.query[2] == ("ids", "2")
        assert (await self.http("GET", "/sandbox/state")).json()["rest_calls"] == [kept]
