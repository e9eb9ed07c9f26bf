"""``doctor`` over real sockets: each fault of the exchange, the network or a key has its line and advice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from binance.doctor.case import REST, STREAMS, WS_API, Case, Place, Service
from binance.doctor.checks import CHECKS
from binance.doctor.connecting import certificate, look_up, reach
from binance.doctor.examination import Check, examine
from binance.doctor.finding import Asked, Finding, State, failed, ok
from binance.endpoints import BINANCE_COM, MARKET_DATA_ONLY, Endpoints
from binance.net.dials import dials
from binance.sandbox.exchange import Exchange

from .. import resolving
from ..network import Network
from ..raw_http import RawServer

OK, WARNING, FAILED, SKIPPED = State.OK, State.WARNING, State.FAILED, State.SKIPPED
KEY, SECRET = "K" * 64, "S" * 64
#: Of the machine, nothing; a test sets its own.
CLEAN = dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "")


class Report(dict[str, list[Finding]]):
    """What was found, by the name of the check."""

    def show(self, check: str, finding: Finding) -> None:
        self.setdefault(check, []).append(finding)

    def states(self, *checks: str) -> list[list[State]]:
        return [[finding.state for finding in self.get(check, [])] for check in checks]

    def words(self, check: str) -> str:
        return " ".join(finding.seen for finding in self[check])

    def advice(self, check: str) -> str:
        return " ".join(finding.advice for finding in self[check])


class DoctorCase(TestCase):
    """Each test examines an exchange that runs in the same reactor."""

    timeout = 60

    def setUp(self) -> None:
        patched = patch.dict("os.environ", CLEAN)
        patched.start()
        self.addCleanup(patched.stop)
        self.began: list[str] = []

    def serve(self, **options: Any) -> Exchange:
        listen = {name: options.pop(name) for name in ("tls", "certificate") if name in options}
        exchange = Exchange(reactor, **{"rate": 100.0, **options})
        self.addCleanup(exchange.close)
        port = exchange.listen(**listen)
        self.endpoints = Endpoints.sandbox("localhost" if listen else "127.0.0.1", port, bool(listen))
        return exchange

    def case(self, endpoints: Endpoints | None = None, attempt_s: float = 10.0, **asked: Any) -> Case:
        made = Case(reactor, Asked(endpoints=endpoints or self.endpoints, **asked), attempt_s)
        resolving_to: Any = reactor
        if not isinstance(resolving_to.nameResolver, resolving.FakeResolver):
            resolving.install(self, {"localhost": ["127.0.0.1"]})
        return made

    async def examined(
        self,
        endpoints: Endpoints | None = None,
        attempt_s: float = 10.0,
        only: tuple[str, ...] = (),
        **asked: Any,
    ) -> Report:
        """What all checks find, or those named."""
        report = Report()
        checks = [check for check in CHECKS if not only or check.name in only]
        await examine(self.case(endpoints, attempt_s, **asked), checks, self.began.append, report.show)
        return report


class Exchanges(DoctorCase):
    async def test_a_healthy_exchange_has_nothing_but_ok(self):
        """TCP, REST, limits, clock, a stream and the WebSocket API are measured; the key is skipped."""
        self.serve()
        report = await self.examined()
        assert report.states("TCP", "REST", "clock", "streams", "WS API") == [
            [OK],
            [OK, OK],
            [OK],
            [OK],
            [OK],
        ]
        assert "TLS" not in report
        assert report.states("account") == [[SKIPPED]]
        assert "of 6,000" in report.words("REST")
        assert "pong in" in report.words("streams")
        assert "after its event time" in report.words("streams")
        assert self.began == [check.name for check in CHECKS]

    async def test_each_market_has_a_stream_that_sends_soon(self):
        """Futures and options have no WebSocket API here, and a message of theirs comes."""
        self.serve(own_ports=False)
        for market in ("usdm", "coinm", "options"):
            report = await self.examined(market=market)
            assert report.states("REST", "clock", "streams", "WS API") == [[OK, OK], [OK], [OK], []], market
            assert "after its event time" in report.words("streams"), market

    async def test_a_host_for_market_data_alone_has_no_accounts(self):
        """Its other hosts would be binance.com's: they are not connected to, and a key is not sent there."""
        case = self.case(MARKET_DATA_ONLY, api_key=KEY, secret=SECRET)
        assert [service.name for service in case.services] == [REST, STREAMS]
        [account] = [check for check in CHECKS if check.name == "account"]
        [finding] = await account.make(case, case.services[0])
        assert finding.state is SKIPPED

    async def test_a_restricted_location_is_said_in_words(self):
        """451 of REST and of an upgrade: what it means, and which venue may be used."""
        exchange = self.serve()
        exchange.refuse(status=451, body="Service unavailable from a restricted location")
        words = {"code": 0, "msg": "Service unavailable from a restricted location"}
        exchange.rest_answer("GET", "/api/v3/ping", words, status=451)
        report = await self.examined()
        assert report.states("REST", "clock", "streams", "WS API") == [
            [FAILED],
            [SKIPPED],
            [FAILED],
            [FAILED],
        ]
        for check in ("REST", "streams", "WS API"):
            assert "restricted location: " in report.words(check)
            assert "451" in report.words(check)
            assert "--venue us" in report.advice(check)
        assert "because REST failed" in report.words("clock")

    async def test_a_forbidden_upgrade_names_firewalls(self):
        """403 comes from a firewall in front of the exchange, or from one of the network."""
        self.serve().refuse(status=403)
        report = await self.examined()
        assert report.states("REST", "streams") == [[OK, OK], [FAILED]]
        assert "forbidden: " in report.words("streams")
        assert "firewall" in report.advice("streams")

    async def test_a_rate_limit_says_until_when(self):
        """429 with Retry-After of REST and of an upgrade: how long nothing is accepted, and what to do."""
        exchange = self.serve()
        exchange.refuse(status=429, retry_after_s=77)
        words = {"code": -1003, "msg": "Too many requests."}
        exchange.rest_answer("GET", "/api/v3/ping", words, status=429, headers={"Retry-After": "99"})
        report = await self.examined()
        assert report.states("REST", "streams") == [[FAILED], [FAILED]]
        for check, seconds in (("REST", "99"), ("streams", "77")):
            assert "rate limited: " in report.words(check)
            assert f"nothing is accepted for {seconds} s more, until 20" in report.words(check)
            assert "fewer calls" in report.advice(check)
        assert report.states("WS API") == [[FAILED]]  # it is at the same address, and not asked
        assert len(exchange.dials) == 1

    async def test_a_ban_says_until_when(self):
        """418 is another thing than a rate limit, and said so."""
        self.serve().ban(seconds=120)
        report = await self.examined()
        assert report.states("REST", "clock", "streams") == [[FAILED], [SKIPPED], [OK]]
        assert "banned: " in report.words("REST")
        assert "s more, until 20" in report.words("REST")
        assert "went on after 429" in report.advice("REST")

    async def test_rest_that_is_down_does_not_hide_the_streams(self):
        """A gateway's 503 fails REST alone; what needs it is skipped; the lag is by this machine's clock."""
        self.serve().rest(down=503)
        report = await self.examined()
        assert report.states("REST", "clock", "streams", "WS API", "account") == [
            *([FAILED], [SKIPPED], [OK], [OK], [SKIPPED])
        ]
        assert "503" in report.words("REST")
        assert "gateway" in report.advice("REST")
        assert "by this machine's clock" in report.words("streams")

    async def test_a_refused_upgrade_does_not_hide_rest(self):
        """Streams and WebSocket API fail with the status; REST is ok."""
        self.serve().refuse(status=502)
        report = await self.examined()
        assert report.states("REST", "clock", "streams", "WS API") == [[OK, OK], [OK], [FAILED], [FAILED]]
        assert "502" in report.words("streams")

    async def test_a_dropped_connection_is_no_open_one(self):
        """A reset during the handshake, and one in place of an answer of REST."""
        exchange = self.serve()
        exchange.refuse(how="reset")
        exchange.rest(how="reset")
        report = await self.examined()
        assert report.states("TCP", "REST", "streams", "WS API") == [[OK], [FAILED], [FAILED], [FAILED]]
        assert "during the handshake" in report.words("streams")

    async def test_a_silent_exchange_fails_in_bounded_time(self):
        """It accepts connections and answers nothing: each check ends by itself, and says the seconds."""
        exchange = self.serve()
        exchange.refuse(how="hang")
        exchange.rest(how="hang")
        report = await self.examined(attempt_s=1.5)
        assert report.states("TCP", "REST", "clock", "streams", "WS API") == [
            *([OK], [FAILED], [SKIPPED], [FAILED], [FAILED])
        ]
        assert "more than 1.5 s" in report.words("streams")
        exchange.clear()

    async def test_an_open_connection_without_pong_and_messages_fails(self):
        """The handshake alone does not say that messages come."""
        self.serve().stall(new=True)
        report = await self.examined(attempt_s=1.5, only=("streams", "WS API"))
        assert report.states("streams", "WS API") == [[FAILED], [FAILED]]
        assert "no pong, no message of !miniTicker@arr" in report.words("streams")

    async def test_a_pong_without_messages_is_a_warning(self):
        """The line is there, and the market may be still."""
        self.serve().quiet()
        report = await self.examined(attempt_s=2.0, only=("streams", "WS API"))
        assert report.states("streams", "WS API") == [[WARNING], [OK]]
        assert "pong in" in report.words("streams")
        assert "no message of !miniTicker@arr" in report.words("streams")

    async def test_a_wrong_clock_is_measured_and_judged_by_what_signed_calls_bear(self):
        """Behind: a warning above 500 ms, failed above 5,000. Ahead: failed above 1,000."""
        exchange = self.serve()
        outcomes = {900: WARNING, 6_500: FAILED, -900: WARNING, -2_500: FAILED, 0: OK}
        for offset_ms, state in outcomes.items():
            exchange.clock(offset_ms)
            report = await self.examined(only=("REST", "clock"))
            assert report.states("clock") == [[state]], offset_ms
            side = "behind" if offset_ms > 0 else "ahead of"
            if offset_ms:
                assert f" ms {side} the exchange's" in report.words("clock")
                assert "timedatectl" in report.advice("clock")

    async def test_much_used_weight_is_a_warning(self):
        """It is what all programs at this address have used."""
        exchange = self.serve()
        headers = {"X-MBX-USED-WEIGHT-1M": "5500"}
        exchange.rest_answer("GET", "/api/v3/ping", {}, headers=headers)
        report = await self.examined()
        assert report.states("REST") == [[OK, WARNING]]
        assert "5,500 of 6,000" in report.words("REST")

    async def test_a_port_that_nobody_listens_on_fails_tcp_and_skips_the_rest(self):
        """One line for the port; whatever needs it is skipped, and says why."""
        exchange = self.serve()
        await exchange.close()
        report = await self.examined(api_key=KEY, secret=SECRET)
        assert report.states("TCP", "REST", "clock", "streams", "WS API", "account") == [
            *([FAILED], [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED])
        ]
        assert "refused" in report.words("TCP")
        assert "--url" in report.advice("TCP")
        assert "because TCP failed" in report.words("account")


class Keys(DoctorCase):
    async def test_a_good_key_is_ok_and_leaves_the_account_as_it_is(self):
        """A signed call that reads is all that spot needs; nothing is ordered and no listen key made."""
        exchange = self.serve(api_keys={KEY: SECRET})
        report = await self.examined(only=("REST", "account"), api_key=KEY, secret=SECRET)
        assert report.states("account") == [[OK]]
        assert "HMAC" in report.words("account")
        assert {call.method for call in exchange.rest_calls} == {"GET"}

    async def test_a_key_that_does_not_exist_says_what_may_be_wrong(self):
        """-2015: another venue's key, an address that is not allowed, a missing permission."""
        self.serve(api_keys={KEY: SECRET})
        report = await self.examined(only=("REST", "account"), api_key="X" * 64, secret=SECRET)
        assert report.states("REST", "account") == [[OK, OK], [FAILED]]
        assert "-2015" in report.words("account")
        assert "allowed addresses" in report.advice("account")

    async def test_a_wrong_secret_says_so(self):
        """-1022 is about the secret, not about the key."""
        self.serve(api_keys={KEY: SECRET})
        report = await self.examined(only=("REST", "account"), api_key=KEY, secret="T" * 64)
        assert report.states("account") == [[FAILED]]
        assert "-1022" in report.words("account")
        assert "does not belong to this API key" in report.advice("account")

    async def test_a_key_that_was_cut_off_says_so(self):
        """-2014 is about its form."""
        exchange = self.serve()
        words = {"code": -2014, "msg": "API-key format invalid."}
        exchange.rest_answer("GET", "/api/v3/account", words, status=401)
        report = await self.examined(only=("REST", "account"), api_key=KEY[:20], secret=SECRET)
        assert report.states("account") == [[FAILED]]
        assert "not complete" in report.advice("account")

    async def test_a_key_without_its_secret_is_a_warning_where_requests_are_signed(self):
        """binance.com signs; nothing is sent."""
        self.serve()
        report = await self.examined(only=("REST", "account"), api_key=KEY)
        assert report.states("account") == [[WARNING]]
        assert "BINANCE_API_SECRET" in report.advice("account")

    async def test_venues_with_listen_keys_need_the_key_alone(self):
        """Futures: a listen key is made; with the secret a signed call is made, too."""
        self.serve(api_keys={KEY: SECRET})
        for market in ("usdm", "coinm", "options"):
            report = await self.examined(only=("REST", "account"), api_key=KEY, market=market)
            assert report.states("account") == [[OK]], market
            report = await self.examined(only=("REST", "account"), api_key=KEY, secret=SECRET, market=market)
            assert report.states("account") == [[OK, OK]], market
            assert "listen key" in report.words("account")
            report = await self.examined(only=("REST", "account"), api_key="X" * 64, market=market)
            assert report.states("account") == [[FAILED]], market


class Certificates(DoctorCase):
    async def test_a_trusted_certificate_shows_its_issuer_and_its_end(self):
        """With the version of TLS and the days that are left."""
        exchange = self.serve(tls=True, certificate="chain")
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(exchange.certificate_file)}):
            report = await self.examined()
        assert report.states("names", "TCP", "TLS", "REST", "streams", "WS API") == [
            *([OK], [OK], [OK], [OK, OK], [OK], [OK])
        ]
        assert "TLSv1.3, issued by sandbox middle, valid until 20" in report.words("TLS")
        assert " days)" in report.words("TLS")

    async def test_an_untrusted_issuer_is_named(self):
        """It says who issued it, and how to trust it if that is right; nothing is sent over it."""
        exchange = self.serve(tls=True, certificate="good")
        report = await self.examined(api_key=KEY, secret=SECRET)
        assert report.states("TCP", "TLS", "REST", "streams", "account") == [
            *([OK], [FAILED], [SKIPPED], [SKIPPED], [SKIPPED])
        ]
        assert "certificate refused" in report.words("TLS")
        assert "issued by binance sandbox" in report.words("TLS")
        assert "SSL_CERT_FILE" in report.advice("TLS")
        assert exchange.dials == []

    async def test_an_expired_certificate_names_its_day_and_the_clock(self):
        """The date of this machine may be what is wrong."""
        exchange = self.serve(tls=True, certificate="expired")
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(exchange.certificate_file)}):
            report = await self.examined()
        assert report.states("TLS") == [[FAILED]]
        assert "expired on 20" in report.words("TLS")
        assert "this machine's date" in report.advice("TLS")

    async def test_a_certificate_of_another_host_is_refused(self):
        """As a captive portal shows one."""
        exchange = self.serve(tls=True, certificate="other_host")
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(exchange.certificate_file)}):
            report = await self.examined()
        assert report.states("TLS") == [[FAILED]]
        assert "another host" in report.words("TLS")
        assert "log-in page" in report.advice("TLS")

    async def test_a_server_that_does_not_speak_tls_is_quoted(self):
        """https:// to a port without TLS."""
        server = RawServer(lambda server, connection: None)
        self.addCleanup(server.close)
        port = int(server.endpoints.rest.rpartition(":")[2])
        place = Place("localhost", (port,), True)
        self.serve()
        case = self.case()

        def answer(server: RawServer, connection: Any) -> None:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        server.answer = answer
        [finding] = await certificate(case, Service(REST, "https://localhost", place))
        assert finding.state is FAILED
        assert "TLS failed" in finding.seen

    async def test_a_handshake_that_nobody_answers_ends_in_time(self):
        """TCP is there, TLS is silent."""
        self.serve(tls=True, certificate="good").slow_tls(30)
        report = await self.examined(attempt_s=1.5)
        assert report.states("TCP", "TLS", "REST") == [[OK], [FAILED], [SKIPPED]]
        assert "no answer to the TLS handshake in 1.5 s" in report.words("TLS")


class Networks(DoctorCase):
    """Names and addresses that are not this machine's: the test answers for them."""

    async def test_a_name_without_addresses_fails_and_skips_what_needs_it(self):
        """Each host by itself; one advice for all of them."""
        resolving.install(self, {})
        report = await self.examined(BINANCE_COM)
        assert report.states("names", "TCP", "TLS", "REST", "clock", "streams", "WS API", "account") == [
            *([FAILED] * 3, [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED], [SKIPPED])
        ]
        assert "api.binance.com: not found" in report.words("names")
        assert [bool(finding.advice) for finding in report["names"]] == [False, False, True]
        assert "because names failed" in report.words("REST")

    async def test_a_resolver_that_does_not_answer_ends_in_time(self):
        """The limit of the check ends it; the answer that comes later is of no interest."""
        resolver = resolving.install(self, {"api.binance.com": ["192.0.2.1"]})
        resolver.hold()
        case = self.case(BINANCE_COM)
        report = Report()
        names = Check("names", look_up, (REST, STREAMS), by_place=True, limit_s=0.1)
        await examine(case, [names], self.began.append, report.show)
        assert report.states("names") == [[FAILED, FAILED]]
        assert "no answer from the DNS server" in report.words("names")
        resolver.release()

    async def test_both_families_are_counted(self):
        """How many IPv4 and IPv6 addresses a name has."""
        resolving.install(self, {"api.binance.com": ["192.0.2.1", "192.0.2.2", "2001:db8::1"]})
        [finding] = await look_up(*self.at(Place("api.binance.com", (443,), True)))
        assert finding.state is OK
        assert "2 IPv4, 1 IPv6" in finding.seen

    def at(self, place: Place, network: Network | None = None) -> tuple[Case, Service]:
        """What examines a service at a place."""
        if network is None:
            return self.case(BINANCE_COM), Service(STREAMS, "wss://host", place)
        case = Case(network, Asked(endpoints=BINANCE_COM), 1.5)
        case.addresses[place.host] = list(network.routes)
        return case, Service(STREAMS, "wss://host", place)

    async def test_the_other_port_of_a_host_is_found(self):
        """Where a firewall lets only 443 through, that is a warning, and the checks behind it use 443."""
        self.serve()
        open_port = int(self.endpoints.rest.rpartition(":")[2])
        case, service = self.at(Place("localhost", (1, open_port), False))
        case.addresses["localhost"] = ["127.0.0.1"]
        findings = await reach(case, service)
        assert [finding.state for finding in findings] == [WARNING, OK]
        assert f"sockets use port {open_port} by themselves" in findings[0].advice
        assert dials(case.options.timings).reached == {"localhost": open_port}

    async def test_some_dead_addresses_are_a_warning_and_a_missing_ipv6_is_none(self):
        """Sockets try the others; most networks have no IPv6, and need none."""
        self.serve()
        port = int(self.endpoints.rest.rpartition(":")[2])
        place = Place("stream.binance.com", (9443,), True)
        cases: dict[State, dict[str, int | None]] = {
            OK: {"192.0.2.1": port, "2001:db8::1": 0},
            WARNING: {"192.0.2.1": port, "192.0.2.2": 0, "192.0.2.3": None},
            FAILED: {"192.0.2.1": 0, "2001:db8::1": None},
        }
        for state, routes in cases.items():
            [finding] = await reach(*self.at(place, Network(**routes)))
            assert finding.state is state, finding

    async def test_a_proxy_of_the_environment_is_what_rest_is_checked_through(self):
        """REST connects to the proxy, sockets to their hosts; the proxy's password is not shown."""
        proxies = {"HTTPS_PROXY": "http://me:hidden-password@127.0.0.1:1"}
        with patch.dict("os.environ", proxies):
            resolving.install(self, {})
            report = await self.examined(BINANCE_COM)
        assert report.states("TCP") == [[FAILED, SKIPPED]]
        assert "proxy 127.0.0.1 port 1: not reachable" in report.words("TCP")
        assert "HTTPS_PROXY" in report.advice("TCP")
        assert "hidden-password" not in repr(report)
        assert "because TCP failed" in report.words("REST")
        assert "because names failed" in report.words("streams")


class Limits(DoctorCase):
    def checks(self, *makes: Callable[[Case, Service], Any], limit_s: float = 5.0) -> list[Check]:
        return [Check(make.__name__, make, (REST,), limit_s=limit_s) for make in makes]

    async def test_a_check_that_hangs_is_ended_and_the_next_one_is_made(self):
        """Each has a limit of its own."""

        async def hanging(case: Case, service: Service) -> list[Finding]:
            await Deferred()
            return []

        async def good(case: Case, service: Service) -> list[Finding]:
            return [ok("fine")]

        self.serve()
        report = Report()
        await examine(self.case(), self.checks(hanging, good, limit_s=0.1), self.began.append, report.show)
        assert report.states("hanging", "good") == [[FAILED], [OK]]
        assert "no result in 0.1 s" in report.words("hanging")

    async def test_all_of_them_have_one_limit_too(self):
        """When it is over, what is left is skipped, and says so."""

        async def hanging(case: Case, service: Service) -> list[Finding]:
            await Deferred()
            return []

        self.serve()
        report, began = Report(), time.monotonic()
        checks = self.checks(hanging, hanging, hanging, limit_s=60)
        await examine(self.case(), checks, self.began.append, report.show, all_s=0.1)
        assert report.states("hanging") == [[FAILED, SKIPPED, SKIPPED]]
        assert "time for all checks" in report.words("hanging")
        assert time.monotonic() - began < 10

    async def test_a_check_that_raises_is_a_finding(self):
        """A fault of ours is said to be one, and the other checks are made."""

        async def broken(case: Case, service: Service) -> list[Finding]:
            raise ZeroDivisionError("half")

        async def bad(case: Case, service: Service) -> list[Finding]:
            return [failed("bad", "mend it")]

        self.serve()
        report = Report()
        await examine(self.case(), self.checks(broken, bad), self.began.append, report.show)
        assert report.states("broken", "bad") == [[FAILED], [FAILED]]
        assert "ZeroDivisionError: half" in report.words("broken")

    def test_a_venue_has_three_services(self):
        """REST, streams and the WebSocket API, each with the ports that it serves on."""
        case = self.case(BINANCE_COM)
        assert {service.name: service.place.ports for service in case.services} == {
            REST: (443,),
            STREAMS: (9443, 443),
            WS_API: (443, 9443),
        }
