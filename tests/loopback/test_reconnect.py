"""Retries, silence and the message of the page, on a fake clock over real loopback sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from autobahn.twisted.websocket import WebSocketClientFactory
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol, ReconnectingClientFactory
from twisted.internet.task import Clock

from binance.endpoints import Endpoints
from binance.net import factory as net_factory
from binance.process.threads import DaemonResolver
from binance.venues.venue import ports
from binance.wire.timings import Timings

from .. import resolving
from ..support import ClockCase, ManagerCase, Recorder, ScriptedServer, turns, until

ERROR = {"e": "error", "m": "Max reconnect retries reached"}
KEY = "bnbbtc@trade"


class Mute(Protocol):
    """Accepts TCP and says nothing."""

    def connectionMade(self) -> None:
        self.factory.accepted.append(self)


class MuteFactory(Factory):
    protocol = Mute

    def __init__(self) -> None:
        self.accepted: list[Mute] = []


class RetriesCase(ClockCase):
    """Retries and watchdogs on a fake clock."""

    async def lost(self, times: int) -> None:
        """Wait until disconnected was told so many times."""
        await until(lambda: len(self.events.of("disconnected")) >= times)

    async def retry(self) -> None:
        """Let the wait of one retry pass, and the retry fail."""
        before = len(self.events.of("disconnected"))
        self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
        await self.lost(before + 1)

    def closed_port(self) -> Endpoints:
        """A venue where nobody listens."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return Endpoints.sandbox("127.0.0.1", probe.getsockname()[1])


class Stopping:
    """The test's reactor, except that it can be seen to stop."""

    def __init__(self) -> None:
        self._before: list[Callable[[], Deferred[Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)

    def addSystemEventTrigger(self, phase: str, event: str, call: Callable[[], Deferred[Any]]) -> object:
        assert event == "shutdown"
        if phase == "before":
            self._before.append(call)
        return call

    def removeSystemEventTrigger(self, trigger: Any) -> None:
        if trigger in self._before:
            self._before.remove(trigger)

    def stop(self) -> Deferred[Any]:
        """Begin to stop; what is returned fires when nobody has anything to do before that."""
        (call,), self._before = self._before, []
        return call()


class Retries(RetriesCase):
    """How often and when a lost connection is dialled again."""

    async def test_the_factories_are_reconnecting_autobahn_factories_by_stream_path(self):
        """The manager's dict holds one factory a key, capped at max_retries."""
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_multiplex_socket(["bnbbtc@trade"], self.got)
        assert list(bm._conns) == [KEY, "streams=bnbbtc@trade"]
        for factory in bm._conns.values():
            assert isinstance(factory, ReconnectingClientFactory)
            assert isinstance(factory, WebSocketClientFactory)
            assert factory.maxRetries == 5
        await self.opened(2)

    async def test_a_lost_connection_comes_back_and_delivers(self):
        """A reset in mid-stream is told, retried after 0.4 s, and the stream goes on."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        with self.assertLogs("binance", "INFO") as logs:
            (await self.opened()).reset()
            await self.lost(1)
            assert self.events.of("disconnected")[0]["retry"] is True
            assert 0.4 <= self.events.of("retrying")[0]["delay_s"] <= 0.48
            self.clock.advance(0.48)
            (await self.opened(2)).send({"t": 2})
            await until(lambda: self.got)
        assert self.got == [{"t": 2}]
        assert self.events.kinds() == [
            "connecting",
            "connected",
            "disconnected",
            "retrying",
            "connecting",
            "connected",
        ]
        assert [info["attempt"] for info in self.events.of("connecting")] == [0, 1]
        assert [info["attempt"] for info in self.events.of("connected")] == [0, 1]
        levels = [record.levelname for record in logs.records]
        assert levels == ["INFO", "WARNING", "INFO", "INFO"]  # opened, lost, retrying, recovered
        assert "recovered" in logs.output[-1]

    async def test_after_the_fifth_failed_retry_the_message_comes_once_and_the_key_is_free(self):
        """Five retries, 0.4 to 15 s and a fifth longer at most; then the page's message, and gave_up."""
        bm = self.manager(endpoints=self.closed_port())
        bm.start_trade_socket("BNBBTC", self.got)
        await self.lost(1)
        for _ in range(5):
            assert self.got == []
            await self.retry()
        assert self.got == [ERROR]
        delays = [info["delay_s"] for info in self.events.of("retrying")]
        for delay_s, least_s in zip(delays, (0.4, 2, 5, 10, 15), strict=True):
            assert least_s <= delay_s <= least_s * 1.2
        assert 30 <= sum(delays) <= 60
        assert [info["retry"] for info in self.events.of("disconnected")] == [True] * 5 + [False]
        assert "ConnectionRefused" in self.events.of("disconnected")[0]["reason"]
        assert self.events.kinds()[-1] == "gave_up"
        assert self.events.of("gave_up")[0]["attempts"] == 5
        assert "ConnectionRefused" in self.events.of("gave_up")[0]["reason"]
        assert bm.stats() == {}
        self.clock.advance(3600)
        await turns()
        assert self.got == [ERROR]

    async def refused(self, server_answers: object, reason: str) -> None:
        """Every handshake fails in one way; the message comes once all the same."""
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await self.lost(1)
        for _ in range(5):
            await self.retry()
        assert self.got == [ERROR]
        assert bm.stats() == {}
        assert self.events.kinds().count("gave_up") == 1
        assert "connected" not in self.events.kinds()
        assert reason in self.events.of("gave_up")[0]["reason"]
        assert {info["code"] for info in self.events.of("disconnected")} == {None}  # it was never open

    async def test_a_server_that_answers_429_is_given_up_too(self):
        """An upgrade refused with 429 counts as a failed retry, and the reason names the status."""
        self.server.refuse_with = (429, "Too Many Requests")
        await self.refused(429, "HTTP 429 Too Many Requests")

    async def test_a_server_that_answers_503_is_given_up_too(self):
        """An upgrade refused with 503 counts as a failed retry, and the reason names the status."""
        self.server.refuse_with = (503, "Service Unavailable")
        await self.refused(503, "HTTP 503")

    async def test_a_server_that_resets_every_handshake_is_given_up_too(self):
        """A TCP reset in place of an answer counts as a failed retry."""
        with patch.object(self.server.protocol, "onConnect", lambda self, request: self.reset()):
            await self.refused("reset", "during the handshake")

    async def test_retry_after_is_obeyed(self):
        """A refusal that names a wait is not dialled again before it is over."""
        self.server.refuse_with = (429, "Too Many Requests")
        with patch(
            "autobahn.websocket.protocol.WebSocketServerProtocol.sendHttpErrorResponse", retry_after_77
        ):
            self.manager().start_trade_socket("BNBBTC", self.got)
            with self.assertLogs("binance", "WARNING") as logs:
                await until(lambda: self.events.of("retrying"))
        assert 77 <= self.events.of("retrying")[0]["delay_s"] < 78
        assert "retry 1 in 77.0 s" in logs.output[-1]  # a wait so long is no mere info
        assert self.events.of("disconnected")[0]["reason"].endswith("slow down")

    async def test_the_page_recipe_works_from_inside_the_callback(self):
        """Close and restart in the callback that gets the message: the key is claimed anew and streams."""
        bm = self.manager(max_retries=0)
        keys = []

        def process(message: dict[str, object]) -> None:
            self.got(message)
            if message.get("e") == "error":
                bm.stop_socket(KEY)
                keys.append(bm.start_trade_socket("BNBBTC", process))

        bm.start_trade_socket("BNBBTC", process)
        (await self.opened()).reset()
        (await self.opened(2)).send({"e": "trade"})
        await until(lambda: len(self.got) == 2)
        assert keys == [KEY]
        assert self.got == [ERROR, {"e": "trade"}]

    async def test_closing_and_starting_the_manager_inside_the_message_works_too(self):
        """The harder form of the recipe: the whole manager is closed and started in the callback."""
        bm = self.manager(max_retries=0)

        def process(message: dict[str, object]) -> None:
            self.got(message)
            if message.get("e") == "error":
                bm.close()
                bm.start_trade_socket("BNBBTC", process)
                bm.start()

        bm.start_trade_socket("BNBBTC", process)
        (await self.opened()).reset()
        (await self.opened(2)).send({"e": "trade"})
        await until(lambda: len(self.got) == 2)
        assert bm.is_alive()

    async def test_without_a_limit_the_message_comes_after_the_fifth_and_trying_goes_on(self):
        """max_retries=None: one message an outage, waits of 30 s from then on, and the key stays."""
        bm = self.manager(endpoints=self.closed_port(), max_retries=None)
        bm.start_trade_socket("BNBBTC", self.got)
        await self.lost(1)
        with self.assertLogs("binance", "ERROR") as logs:
            for _ in range(12):
                await self.retry()
        assert self.got == [ERROR]
        assert len(logs.output) == 1
        assert "5 retries failed, still retrying" in logs.output[0]
        assert list(bm.stats()) == [KEY]
        assert "gave_up" not in self.events.kinds()
        assert all(30 <= info["delay_s"] <= 36 for info in self.events.of("retrying")[5:])

    async def test_each_outage_has_its_message(self):
        """After a recovery the count starts again: a second outage tells again."""
        bm = self.manager(max_retries=None)
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened(1)
        for outage in (1, 2):
            connection.send({"outage": outage})
            await until(lambda outage=outage: {"outage": outage} in self.got)
            self.server.refuse_with = (503, "Service Unavailable")
            connection.reset()
            await until(lambda: self.events.kinds()[-1] == "retrying")
            for _ in range(6):
                await self.retry()
            self.server.refuse_with = None
            self.clock.advance(36)
            connection = await self.opened(outage + 1)
        assert self.got == [{"outage": 1}, ERROR, {"outage": 2}, ERROR]

    async def test_a_line_that_opens_and_dies_is_dialled_ever_more_slowly(self):
        """Opening starts the count anew, but the wait only after a message: no storm, and no giving up."""
        self.server.on_open = lambda connection: connection.sendCloseFrame(1001)
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        await until(lambda: len(self.events.of("retrying")) == 1)
        for count in range(2, 9):
            self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
            await until(lambda count=count: len(self.events.of("retrying")) == count)
        delays = [info["delay_s"] for info in self.events.of("retrying")]
        assert all(d >= least for d, least in zip(delays, (0.4, 2, 5, 10, 15, 30, 30, 30), strict=True))
        assert list(bm.stats()) == [KEY]
        assert self.got == []

    async def test_a_message_makes_the_next_wait_a_short_one(self):
        """A connection that brought a message starts the waits again at 0.4 s; so do ten seconds open."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        for count, brings in enumerate([None, None, "message", 9.9, 10.1], 1):
            connection = await self.opened(count)
            if brings == "message":
                connection.send({})
                await until(lambda: self.got)
            elif brings is not None:
                self.clock.advance(brings)
            connection.reset()
            await until(lambda count=count: len(self.events.of("retrying")) == count)
            self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
        await self.opened(6)
        delays = [info["delay_s"] for info in self.events.of("retrying")]
        assert [round(delay_s / 1.1) for delay_s in delays] == [0, 2, 0, 2, 0]

    async def test_sockets_cut_together_do_not_dial_together(self):
        """Each wait is lengthened by chance: ten sockets that are lost at once come back one by one."""
        bm = self.manager()
        for number in range(10):
            bm.start_trade_socket(f"S{number}", self.got)
        await self.opened(10)
        for connection in self.server.open_connections():
            connection.reset()
        await until(lambda: len(self.events.of("retrying")) == 10)
        delays = {info["delay_s"] for info in self.events.of("retrying")}
        assert max(delays) - min(delays) > 0.005  # of 0.08 s
        assert all(0.4 <= delay_s <= 0.48 for delay_s in delays)

    async def test_an_outage_is_one_warning_and_the_next_one_is_another(self):
        """Retries that fail are no warnings of their own; a line that came back and is lost again is."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        with self.assertLogs("binance", "WARNING") as logs:
            for count in (1, 2):
                (await self.opened(count)).reset()
                self.server.refuse_with = (503, "Service Unavailable")
                await until(lambda: self.events.kinds()[-1] == "retrying")
                await self.retry()
                self.server.refuse_with = None
                await until(lambda: self.events.kinds()[-1] == "retrying")
                self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
            await self.opened(3)
        assert len(logs.output) == 2
        assert all("without a close frame" in line for line in logs.output)

    async def test_a_callback_that_changes_the_message_does_not_change_the_next_one(self):
        """The page's message is a new dict each time."""
        bm = self.manager(max_retries=0)
        bm.start_trade_socket("BNBBTC", dict.clear)
        (await self.opened()).reset()
        await until(lambda: not bm.stats())
        bm.start_trade_socket("BNBBTC", self.got)
        (await self.opened(2)).reset()
        await until(lambda: self.got)
        assert self.got == [ERROR]

    async def test_a_refusal_is_told_in_one_short_line(self):
        """Of what comes with the status only plain text is quoted: no page, no line ends, 200 characters."""
        for body, words in (
            ("<html>\n<h1>Too Many</h1></html>", "HTTP 429 Too Many Requests"),
            ("Way too\r\n many", "HTTP 429 Too Many Requests: Way too many"),
            ("x" * 5000, "HTTP 429 Too Many Requests: " + "x" * 200),
        ):
            answer = f"HTTP/1.1 429 Too Many Requests\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            with patch.object(self.server.protocol, "dataReceived", speaks(answer)):
                self.manager(max_retries=0).start_trade_socket("BNBBTC", self.got)
                await until(lambda: self.got)
            self.got.clear()
            reason = self.events.of("gave_up")[-1]["reason"]
            assert reason == "the exchange refused the upgrade: " + words

    async def test_every_ending_has_its_code(self):
        """That of the close frame, 1005 if it had none, 1006 without a frame, None if it was never open."""
        self.server.answers_close = False
        self.manager().start_trade_socket("BNBBTC", self.got)
        endings = [
            (b"\x88\x02\x03\xe9", 1001, "closed with code 1001"),
            (b"\x88\x00", 1005, "closed with code 1005"),
            (b"", 1006, "TCP connection lost without a close frame"),
        ]
        for count, (frame, code, reason) in enumerate(endings, 1):
            connection = await self.opened(count)
            if frame:
                connection.transport.write(frame)
                await until(lambda connection=connection: connection.close_code is not None)
                connection.transport.loseConnection()
            else:
                self.server.refuse_with = (503, "Service Unavailable")
                connection.reset()
            await self.lost(count)
            told = self.events.of("disconnected")[-1]
            assert (told["code"], told["reason"], told["clean"]) == (code, reason, bool(frame))
            self.clock.advance(self.events.of("retrying")[-1]["delay_s"])
        await self.lost(4)
        assert self.events.of("disconnected")[-1]["code"] is None

    async def test_the_words_of_a_close_frame_stay_on_one_line(self):
        """An exchange that says goodbye in several lines does not write several lines into the log."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        (await self.opened()).sendCloseFrame(1001, b"going\r\n away\n")
        await self.lost(1)
        assert self.events.of("disconnected")[0]["reason"] == "going away"

    async def test_stopping_while_the_exchange_closes_is_a_clean_ending(self):
        """Both close frames are exchanged already: the stop waits for the end of TCP and tells the code."""
        self.server.answers_close = False
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.transport.write(b"\x88\x02\x03\xe9")
        await until(lambda: connection.close_code is not None)
        bm.stop_socket(KEY)
        await turns()
        assert self.events.of("disconnected") == []
        self.clock.advance(1)
        await self.lost(1)
        info = self.events.of("disconnected")[0]
        assert (info["code"], info["clean"], info["retry"]) == (1001, True, False)

    async def test_a_message_without_an_end_is_refused(self):
        """A frame, or a message in many frames, larger than any of the exchange ends the connection."""
        self.quick(message_bytes=70_000)
        self.manager().start_trade_socket("BNBBTC", self.got)
        (await self.opened(1)).transport.write(b"\x81\x7f" + (70_001).to_bytes(8, "big"))
        await self.lost(1)
        self.clock.advance(1)
        part = b"\x7e" + (40_000).to_bytes(2, "big") + b" " * 40_000
        (await self.opened(2)).transport.write(b"\x01" + part + b"\x00" + part)
        await self.lost(2)
        assert self.got == []
        assert all("exceed" in info["reason"] for info in self.events.of("disconnected"))
        assert Timings().message_bytes == 64 * 1024 * 1024

    async def test_the_end_of_the_reactor_waits_half_a_second_for_close_frames(self):
        """An exchange that answers no close frame holds a stopping reactor no longer than that."""
        self.server.answers_close = False
        stopping = Stopping()
        bm = self.manager(reactor=stopping)
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        ends = []
        stopping.stop().addCallback(ends.append)
        await until(lambda: connection.close_code == 1000)
        self.clock.advance(0.4)
        await turns()
        assert ends == []
        self.clock.advance(0.1)
        assert len(ends) == 1
        await turns()
        assert self.events.of("disconnected") == []  # the connection is there still
        self.clock.advance(0.5)
        await self.lost(1)

    async def test_a_clean_close_by_the_server_is_told_with_its_code_and_dialled_again(self):
        """1001 "going away": the code and the words are in the event."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.sendCloseFrame(1001, b"going away")
        await self.lost(1)
        info = self.events.of("disconnected")[0]
        assert (info["code"], info["reason"], info["clean"], info["retry"]) == (
            1001,
            "going away",
            True,
            True,
        )
        self.clock.advance(1)
        await self.opened(2)

    async def test_a_server_that_closes_but_keeps_tcp_is_left_after_a_second(self):
        """A close frame that no end of TCP follows does not leave the socket waiting for ever."""
        self.server.answers_close = False
        self.manager().start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.transport.write(b"\x88\x02\x03\xe9")
        await until(lambda: connection.close_code is not None)
        await turns()
        assert self.events.of("disconnected") == []
        self.clock.advance(1)
        await self.lost(1)
        assert self.events.of("disconnected")[0]["code"] == 1001

    async def test_a_server_that_repeats_its_close_frame_is_left_after_a_second_all_the_same(self):
        """Only the first close frame starts the second of grace."""
        self.server.answers_close = False
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.transport.write(b"\x88\x02\x03\xe9")
        await until(lambda: connection.close_code is not None)
        self.clock.advance(0.9)
        connection.transport.write(b"\x88\x02\x03\xe9" * 3)
        await turns()
        self.clock.advance(0.2)
        await self.lost(1)

    async def test_an_answer_without_an_end_is_dropped(self):
        """A handshake answer that goes on and on does not fill the memory."""
        with patch.object(
            self.server.protocol, "dataReceived", speaks(b"HTTP/1.1 101 x\r\nx: " + b"y" * 70_000)
        ):
            self.manager(max_retries=0).start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.got)
        assert "longer than 65,536 bytes" in self.events.of("disconnected")[0]["reason"]

    async def test_what_breaks_the_protocol_is_the_reason(self):
        """A frame that no WebSocket may send is named; it was not the line that broke."""
        self.manager().start_trade_socket("BNBBTC", self.got)
        (await self.opened()).transport.write(b"\xf1\x02{}")
        await self.lost(1)
        assert "RSV" in self.events.of("disconnected")[0]["reason"]

    async def test_a_host_that_can_have_no_certificate_is_a_reason(self):
        """wss:// to a name that no certificate can hold: told and given up, socket by socket."""
        bm = self.manager(endpoints=Endpoints(stream="wss://my_exchange:1"), max_retries=0)
        other = Recorder()
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_kline_socket("BNBBTC", other)
        await until(self.clock.getDelayedCalls)
        self.clock.advance(0)
        await until(lambda: self.got and other)
        assert self.got == other == [ERROR]
        assert bm.stats() == {}

    async def test_bytes_that_are_no_http_are_a_reason_not_a_traceback(self):
        """A server that speaks something else is told in the event, and nothing else is disturbed."""
        for garbage in (
            b"SSH-2.0-x\r\n\r\n",
            b"HTTP/1.1 101 \xff\r\n\r\n",
            b"\r\n\r\n",
            b"HTTP/1.0 200 OK\r\n\r\n",
        ):
            with patch.object(self.server.protocol, "dataReceived", speaks(garbage)):
                bm = self.manager(max_retries=0)
                bm.start_trade_socket("BNBBTC", self.got)
                await until(lambda: self.got)
            self.got.clear()
        assert all(info["reason"] for info in self.events.of("disconnected"))

    async def test_the_global_generator_of_numbers_is_left_alone(self):
        """A script that seeded random gets its own numbers, whatever sockets it opens."""
        import random

        random.seed(7)
        state = random.getstate()
        self.manager().start_trade_socket("BNBBTC", self.got)
        assert random.getstate() == state
        await self.opened()


def speaks(answer: bytes):
    """A server's dataReceived that answers whatever comes with *answer*."""

    def dataReceived(self, data):
        self.transport.write(answer)

    return dataReceived


def retry_after_77(self, code, reason, headers=None):
    """A refusal with Retry-After and a body, which Autobahn's server does not offer."""
    body = b"slow down"
    head = f"HTTP/1.1 {code} {reason}\r\nRetry-After: 77\r\nContent-Length: {len(body)}\r\n\r\n"
    self.sendData(head.encode() + body)


class TurningClock(Clock):
    """A clock that goes round as a reactor does: what a timer sets for now is due in the next turn."""

    def advance(self, amount: float) -> None:
        self.rightNow += amount
        for call in self.getDelayedCalls().copy():
            if call.getTime() <= self.seconds() and call in self.calls:
                self.calls.remove(call)
                call.called = 1
                call.func(*call.args, **call.kw)


class Silence(RetriesCase):
    """A dead line is dropped; a quiet one is not."""

    async def test_a_line_without_any_frame_is_dropped_and_redialled(self):
        """Nothing for silence_s: the connection is dropped, the reason says so, and it is dialled again."""
        self.manager(silence_s=50).start_trade_socket("BNBBTC", self.got)
        await self.opened()
        self.clock.advance(49)
        await turns()
        assert self.events.of("disconnected") == []
        self.clock.advance(1)
        await self.lost(1)
        assert self.events.of("disconnected")[0]["reason"] == "no frame for 50 s"
        self.clock.advance(1)
        (await self.opened(2)).send({"alive": 1})
        await until(lambda: self.got)

    async def test_a_quiet_line_that_pings_is_left_alone(self):
        """Ten minutes of pings and no data: still the same connection, and each ping was answered."""
        self.manager(silence_s=75).start_block_trade_socket("BNBBTC", self.got)  # may be quiet for any time
        connection = await self.opened()
        pongs = []
        connection.onPong = pongs.append
        for number in range(30):
            self.clock.advance(20)
            connection.sendPing(str(number).encode())
            await until(lambda number=number: len(pongs) == number + 1)
        assert pongs == [str(number).encode() for number in range(30)]
        assert self.events.kinds() == ["connecting", "connected"]

    async def test_what_waits_to_be_read_is_life(self):
        """A callback that kept the reactor from reading for long does not cost the connection."""
        clock = self.clock = TurningClock()
        self.quick(clock=clock)
        self.manager(silence_s=75).start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        connection.send({"waiting": 1})
        clock.advance(100)  # nothing was read for so long, though this came
        assert self.got == []
        await until(lambda: self.got)
        clock.advance(0)
        await turns()
        assert self.events.of("disconnected") == []
        clock.advance(74)
        clock.advance(0)
        await turns()
        assert self.events.of("disconnected") == []
        clock.advance(1)
        clock.advance(0)
        await self.lost(1)

    async def test_data_without_pings_is_life_too(self):
        """A server that never pings but sends data is not dropped."""
        self.manager(silence_s=75).start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        for number in range(10):
            self.clock.advance(60)
            connection.send({"n": number})
            await until(lambda number=number: len(self.got) == number + 1)
        assert len(self.server.connections) == 1

    async def test_the_default_fits_the_venue(self):
        """75 s where pings come every 20 s, 400 s where they come every 3 minutes."""
        hosts = {"stream.binance.com": ["127.0.0.1"], "stream.binance.us": ["127.0.0.1"]}
        resolving.install(self, hosts)
        for count, (host, silence_s) in enumerate(zip(hosts, (75, 400), strict=True), 1):
            bm = self.manager(endpoints=Endpoints(stream=f"ws://{host}:{self.port}"))
            bm.start_trade_socket("BNBBTC", self.got)
            await self.opened(count)
            self.clock.advance(silence_s - 1)
            await turns()
            assert len(self.events.of("disconnected")) == 2 * (count - 1)
            self.clock.advance(1)
            await self.lost(2 * count - 1)
            assert self.events.of("disconnected")[-1]["reason"] == f"no frame for {silence_s} s"
            bm.close()
            await self.lost(2 * count)

    async def test_a_handshake_that_nobody_answers_is_given_up_after_ten_seconds(self):
        """A server that accepts TCP and says nothing does not hold a socket for ever."""
        mute = MuteFactory()
        listening = reactor.listenTCP(0, mute, interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        venue = Endpoints.sandbox("127.0.0.1", listening.getHost().port)
        self.manager(endpoints=venue).start_trade_socket("BNBBTC", self.got)
        await until(lambda: mute.accepted)
        await until(self.clock.getDelayedCalls)
        timers = [repr(call) for call in reactor.getDelayedCalls()]
        assert not [timer for timer in timers if "_BatchedTimer" in timer], "Autobahn's own timer is on"
        self.clock.advance(10)
        await self.lost(1)
        assert self.events.of("disconnected")[0]["reason"] == "the handshake took more than 10 s"


class FirstDial(RetriesCase):
    """A first connection that fails is told, and mended when the server comes."""

    async def test_a_port_that_opens_later_is_found(self):
        """Refused at first, then there: the socket opens without help."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        venue = Endpoints.sandbox("127.0.0.1", port)
        self.manager(endpoints=venue).start_trade_socket("BNBBTC", self.got)
        await self.lost(1)
        self.server = ScriptedServer()
        self.listen(self.server, port)
        self.clock.advance(1)
        (await self.opened()).send({"here": 1})
        await until(lambda: self.got)

    async def test_a_host_without_an_address_is_told_by_name(self):
        """A name that cannot be looked up is in the reason."""
        nowhere = Endpoints(stream="ws://no-such-host.invalid")
        with patch("socket.getaddrinfo", side_effect=socket.gaierror(-2, "Name or service not known")):
            self.manager(endpoints=nowhere, max_retries=0).start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.got)
        assert "no-such-host.invalid" in self.events.of("disconnected")[0]["reason"]

    async def test_a_name_that_no_dns_can_hold_fails_at_once(self):
        """getaddrinfo raises no OSError for an empty label: the dial fails all the same, with the name."""
        before = reactor.installNameResolver(DaemonResolver(reactor))
        self.addCleanup(reactor.installNameResolver, before)
        with self.assertNoLogs("binance.process.threads"):
            venue = Endpoints(stream="ws://no..such.example")
            self.manager(endpoints=venue, max_retries=0).start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.got)
        assert "DNSLookupError" in self.events.of("disconnected")[0]["reason"]
        assert "no..such.example" in self.events.of("disconnected")[0]["reason"]

    async def test_an_address_of_a_kind_that_was_not_asked_for_is_passed_over(self):
        """A name with an IPv6 address before its IPv4 one is dialled where Twisted can dial."""
        before = reactor.installNameResolver(DaemonResolver(reactor))
        self.addCleanup(reactor.installNameResolver, before)
        kind = (socket.SOCK_STREAM, 6, "")
        found = [
            (socket.AF_INET6, *kind, ("::1", self.port, 0, 0)),
            (socket.AF_INET, *kind, ("127.0.0.1", self.port)),
        ]
        with patch("socket.getaddrinfo", return_value=found):
            venue = Endpoints.sandbox("exchange.example", self.port)
            self.manager(endpoints=venue).start_trade_socket("BNBBTC", self.got)
            await self.opened()

    async def test_a_second_socket_is_not_disturbed_by_the_first_ones_outage(self):
        """Outages are a socket's own."""
        other = Recorder()
        bm = self.manager()
        bm.start_trade_socket("BNBBTC", self.got)
        bm.start_kline_socket("BNBBTC", other)
        await self.opened(2)
        trade = next(c for c in self.server.connections if c.path.endswith("@trade"))
        kline = next(c for c in self.server.connections if "@kline" in c.path)
        trade.reset()
        await self.lost(1)
        kline.send({"e": "kline"})
        await until(lambda: other)
        assert other == [{"e": "kline"}]


class Ports(ManagerCase):
    """Hosts that serve on two ports."""

    async def test_a_port_that_lets_nobody_through_is_left_for_the_other_and_that_is_remembered(self):
        """9443 refused: the retry goes to 443, and so do later sockets and reconnects at once."""
        with socket.create_server(("127.0.0.1", 0)) as held:
            refused = held.getsockname()[1]
        self.patch(net_factory, "ports", lambda host, port: (refused, self.port))
        self.quick(retries_s=(0.01,) * 5)
        bm = self.manager(endpoints=Endpoints.sandbox("127.0.0.1", refused))
        bm.start_trade_socket("BNBBTC", self.got)
        connection = await self.opened()
        bm.start_trade_socket("ETHBTC", self.got)
        await self.opened(2)
        connection.reset()
        await self.opened(3)
        dialled = [event.info["url"].split(":")[2].partition("/")[0] for event in self.events.dialled()]
        assert dialled == [str(port) for port in (refused, self.port, self.port, self.port)]
        assert "connected" not in [event.kind for event in self.events if str(refused) in str(event.info)]


def test_the_hosts_that_serve_on_two_ports_are_known():
    """The documented pairs, the one in the URL first; any other host has the port of its URL alone."""
    assert ports("stream.binance.com", 9443) == (9443, 443)
    assert ports("ws-api.binance.com", 443) == (443, 9443)
    assert ports("stream.binance.com", 8080) == (8080,)
    assert ports("stream.binance.us", 9443) == (9443,)
