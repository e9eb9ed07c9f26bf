"""TLS over real sockets: what is believed, what is refused and why, and that the host name is sent."""

from __future__ import annotations

import datetime
import ipaddress
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL.crypto import X509, PKey
from twisted.internet import reactor, ssl
from twisted.internet.ssl import optionsForClientTLS
from twisted.internet.task import Clock

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceRequestException
from binance.process.threads import calls
from binance.sandbox.exchange import Exchange
from binance.websockets import BinanceSocketManager

from .. import resolving
from ..support import Events, ManagerCase, until


class Tls(ManagerCase):
    """Each test serves one certificate and dials it."""

    def serve(self, certificate: str) -> Exchange:
        """An exchange with TLS; its own certificate is what a client may be told to believe."""
        exchange = Exchange(reactor, rate=200.0, symbols=("BNBBTC",))
        self.addCleanup(exchange.close)
        self.port = exchange.listen(tls=True, certificate=certificate)
        return exchange

    def start(self, exchange: Exchange, host: str = "localhost", **options: Any) -> None:
        """Start a trade socket that gives up at its first failure."""
        venue = Endpoints.sandbox(host, self.port, tls=True)
        options.setdefault("ca_file", exchange.certificate_file)
        self.manager(endpoints=venue, max_retries=0, **options).start_trade_socket("BNBBTC", self.got)

    async def refused(self, exchange: Exchange) -> str:
        """The reason of the refusal; nothing was delivered and nothing was asked of the exchange."""
        await until(lambda: self.events.of("gave_up"))
        assert [message["e"] for message in self.got] == ["error"]
        assert exchange.dials == []
        return str(self.events.of("disconnected")[0]["reason"])

    async def test_a_believed_certificate_connects_and_sni_is_sent(self):
        """With the certificate believed, messages arrive, and the server was told the host's name."""
        exchange = self.serve("good")
        self.start(exchange)
        await until(lambda: self.got)
        assert self.got[0]["e"] == "trade"
        assert "localhost" in exchange.sni

    async def test_an_address_in_the_certificate_will_do(self):
        """A host given as an address is compared with the addresses in the certificate."""
        exchange = self.serve("good")
        self.start(exchange, host="127.0.0.1")
        await until(lambda: self.got)
        assert self.got[0]["e"] == "trade"

    async def test_a_chain_that_ends_in_a_believed_authority_connects(self):
        """The file may hold the authority instead of the server's own certificate."""
        exchange = self.serve("chain")
        self.start(exchange)
        await until(lambda: self.got)
        assert self.got[0]["e"] == "trade"

    async def test_an_untrusted_certificate_is_refused_with_the_reason(self):
        """Its issuer is not trusted: refused, and the event says by what and for which host."""
        exchange = self.serve("good")
        self.start(exchange, ca_file=None)
        reason = await self.refused(exchange)
        assert "localhost" in reason
        assert "not trusted" in reason

    async def test_a_certificate_of_another_host_is_refused_with_the_reason(self):
        """It is believed, but it is not this host's."""
        exchange = self.serve("other_host")
        self.start(exchange)
        reason = await self.refused(exchange)
        assert "localhost" in reason
        assert "it is for another host: other.example" in reason

    async def test_an_expired_certificate_is_refused_with_the_reason(self):
        """It is believed and this host's, but its time is over."""
        exchange = self.serve("expired")
        self.start(exchange)
        reason = await self.refused(exchange)
        assert "localhost" in reason
        assert "expired" in reason

    async def test_a_server_that_speaks_no_tls_is_the_reason(self):
        """wss:// to a port that serves ws://: the reason says so at once, and quotes what was answered."""
        answers = [
            (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", "it answered 'HTTP/1.1 400 Bad Request';"),
            (b"SSH-2.0-x\x1b[31m\x00red\r\n", "it answered 'SSH-2.0-x.[31m.red';"),
            (b"no", "it answered 'no';"),
        ]
        for answer, words in answers:
            self.events.clear()
            venue = Endpoints.sandbox("localhost", self.port, tls=True)

            def plain(connection: Any, data: bytes, answer: bytes = answer) -> None:
                connection.transport.write(answer)
                connection.transport.loseConnection()

            with patch.object(self.server.protocol, "dataReceived", plain):
                self.manager(endpoints=venue, max_retries=0).start_trade_socket("BNBBTC", self.got)
                await until(lambda: self.events.of("gave_up"))
            reason = self.events.of("disconnected")[0]["reason"]
            assert reason.startswith("localhost: TLS failed: the other end does not speak TLS")
            assert words in reason
            assert "check the port" in reason
            assert "ws://" in reason

    async def test_a_server_that_answers_no_tls_at_all_is_the_reason(self):
        """It waits for more, or closes: the reason says that nothing answered TLS, and what to check."""
        clock = Clock()
        self.quick(clock=clock)
        waits: list[Any] = []
        ends: dict[str, Callable[[Any, bytes], None]] = {
            "took more than 10 s": lambda connection, data: waits.append(data),
            "during the handshake": lambda connection, data: connection.transport.loseConnection(),
        }
        for words, answers in ends.items():
            self.events.clear()
            venue = Endpoints.sandbox("127.0.0.1", self.port, tls=True)
            with patch.object(self.server.protocol, "dataReceived", answers):
                self.manager(endpoints=venue, max_retries=0).start_trade_socket("BNBBTC", self.got)
                if "10 s" in words:
                    await until(lambda: waits)
                    clock.advance(10)
                await until(lambda: self.events.of("gave_up"))
            reason = self.events.of("disconnected")[0]["reason"]
            assert words in reason
            assert "nothing answered TLS; check the port" in reason

    async def test_a_server_that_speaks_tls_only_is_the_reason(self):
        """ws:// to a port that serves wss://: it answers with an alert, and the reason names the scheme."""

        def alert(connection: Any, data: bytes) -> None:
            connection.transport.write(b"\x15\x03\x03\x00\x02\x02\x46")
            connection.transport.loseConnection()

        with patch.object(self.server.protocol, "dataReceived", alert):
            venue = Endpoints.sandbox("127.0.0.1", self.port)
            self.manager(endpoints=venue, max_retries=0).start_trade_socket("BNBBTC", self.got)
            await until(lambda: self.events.of("gave_up"))
        reason = self.events.of("gave_up")[0]["reason"]
        assert "the other end speaks TLS: check the port, or use wss://" in reason

    async def test_the_environment_may_name_what_is_believed(self):
        """SSL_CERT_FILE alone decides when no file is passed."""
        exchange = self.serve("good")
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(exchange.certificate_file)}):
            self.start(exchange, ca_file=None)
            await until(lambda: self.got)
        assert self.got[0]["e"] == "trade"

    async def test_an_environment_that_names_nothing_readable_is_the_reason(self):
        """The dial fails with the variable's name, not with a traceback."""
        exchange = self.serve("good")
        with patch.dict("os.environ", {"SSL_CERT_FILE": "/no/such/bundle.pem"}):
            self.start(exchange, ca_file=None)
            assert "SSL_CERT_FILE" in await self.refused(exchange)

    async def test_rest_believes_the_same(self):
        """The REST client refuses what the sockets refuse and takes what the environment names."""
        exchange = self.serve("good")
        client = Client(endpoints=Endpoints.sandbox("localhost", self.port, tls=True))
        with patch.dict("os.environ", {"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}):
            refusal = calls.run(reactor, client.ping)
            await self.assertFailure(refusal, BinanceRequestException)
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(exchange.certificate_file), "SSL_CERT_DIR": ""}):
            assert await calls.run(reactor, client.ping) == {}

    async def test_sockets_to_one_host_share_one_context(self):
        """A context costs milliseconds and a megabyte: it is made once a host and trust."""
        exchange = self.serve("good")
        venue = Endpoints.sandbox("localhost", self.port, tls=True)
        bm = self.manager(endpoints=venue, ca_file=exchange.certificate_file)
        with patch("binance.net.tls.optionsForClientTLS", wraps=optionsForClientTLS) as made:
            for interval in ("1m", "3m", "5m"):
                bm.start_kline_socket("BNBBTC", self.got, interval)
            await until(lambda: self.events.kinds().count("connected") == 3)
        assert made.call_count == 1


def certificate(names: list[x509.GeneralName] | None) -> tuple[bytes, ssl.CertificateOptions]:
    """A self-signed certificate with these alternative names (None: without any), and options to serve it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    made = builder.sign(key, hashes.SHA256())
    options = ssl.CertificateOptions(
        privateKey=PKey.from_cryptography_key(key), certificate=X509.from_cryptography(made)
    )
    return made.public_bytes(serialization.Encoding.PEM), options


class Names(ManagerCase):
    """Certificates that are believed, with every kind of name in them."""

    def file(self, text: bytes) -> str:
        """A file that is gone when the test ends."""
        with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as made:
            made.write(text)
        self.addCleanup(Path(made.name).unlink)
        return made.name

    def dialling(
        self, host: str, names: list[x509.GeneralName] | None, events: Events
    ) -> BinanceSocketManager:
        """A manager that dials the scripted server behind a certificate with these names."""
        pem, options = certificate(names)
        ca_file = self.file(pem)
        listening = reactor.listenSSL(0, self.server, options, interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        venue = Endpoints.sandbox(host, listening.getHost().port, tls=True)
        bm = self.manager(endpoints=venue, max_retries=0, ca_file=ca_file, on_event=events)
        bm.start_trade_socket("BNBBTC", self.got)
        return bm

    async def dialled(self, host: str, names: list[x509.GeneralName] | None) -> str | None:
        """The reason of the refusal; None if it was accepted."""
        events = Events()
        bm = self.dialling(host, names, events)
        await until(lambda: {"connected", "gave_up"} & set(events.kinds()))
        bm.close()
        return None if "connected" in events.kinds() else str(events.of("disconnected")[0]["reason"])

    async def test_names_that_fit_are_accepted(self):
        """The name itself, an address as an address, and a wildcard for one label."""
        assert await self.dialled("localhost", [x509.DNSName("localhost")]) is None
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        assert await self.dialled("127.0.0.1", [x509.DNSName("other.example"), address]) is None
        resolving.install(self, {"a.sandbox.example": ["127.0.0.2", "127.0.0.1"]})
        assert await self.dialled("a.sandbox.example", [x509.DNSName("*.sandbox.example")]) is None
        assert len(self.server.dials) == 3

    async def test_certificates_whose_names_cannot_be_compared_are_refused(self):
        """No names, names of another kind, odd wildcards: whatever cannot be compared is not believed."""
        odd: list[tuple[str, list[x509.GeneralName] | None]] = [
            ("localhost", None),
            ("127.0.0.1", None),
            ("localhost", []),
            ("localhost", [x509.RFC822Name("me@localhost")]),
            ("127.0.0.1", [x509.DNSName("127.0.0.1")]),
            ("localhost", [x509.DNSName("*")]),
            ("localhost", [x509.DNSName("lo*st")]),
            ("localhost", [x509.DNSName("*.localhost")]),
            ("localhost", [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            ("127.0.0.1", [x509.DNSName("localhost")]),
            ("127.0.0.1", [x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]),
        ]
        for host, names in odd:
            reason = await self.dialled(host, names)
            assert reason is not None, (host, names)
            assert "certificate refused" in reason
        assert self.server.dials == []  # not a byte of the request was sent

    async def test_what_comes_in_many_records_before_the_end_is_all_delivered(self):
        """Records that are read together arrive whole and in order, and so does the ending behind them."""
        self.dialling("localhost", [x509.DNSName("localhost")], self.events)
        connection = await self.opened()
        trades = [{"e": "trade", "t": number, "x": "y" * (number % 700)} for number in range(3000)]
        for trade in trades:
            connection.send(trade)
        connection.sendClose(3001, "illegal request")
        await until(lambda: self.events.of("gave_up"))
        assert self.got[:-1] == trades
        assert self.events.of("disconnected")[0]["code"] == 3001
        assert self.events.of("gap") == []

    def test_a_ca_file_that_cannot_be_parsed_raises_when_the_manager_is_made(self):
        """A broken PEM block is told at once, not at each dial."""
        for text in (b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
            ca_file = self.file(text)
            with self.assertRaisesRegex(ValueError, "ca_file"):
                BinanceSocketManager(None, ca_file=ca_file)
