"""TLS of one exchange: its certificate, the host names that clients ask for, and slow handshakes."""

import tempfile
from pathlib import Path
from typing import Any

from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import BufferingTLSTransport, TLSMemoryBIOFactory
from zope.interface import implementer

from binance.sandbox.net import certificates
from binance.sandbox.net.gate import Gate
from binance.sandbox.net.journal import Recent
from binance.sandbox.net.timers import Timers
from binance.sandbox.options import Certificate


@implementer(IOpenSSLServerConnectionCreator)
class _ServerContext:
    """Makes the server's side of each TLS connection, for Twisted."""

    def __init__(self, context: SSL.Context) -> None:
        self._context = context

    def serverConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        return SSL.Connection(self._context, None)


class _Transport(BufferingTLSTransport):
    """The server's side of one TLS connection, whose handshake may be slow."""

    def makeConnection(self, transport: Any) -> None:
        super().makeConnection(transport)
        assert isinstance(self.factory, _Factory)
        wait_s = self.factory.gate.slow_start_s()
        if wait_s:
            # Nothing is read, so the client's first bytes wait in the socket.
            transport.pauseProducing()
            self.factory.timers.later(wait_s, lambda: transport.disconnected or transport.resumeProducing())


class _Factory(TLSMemoryBIOFactory):
    """Wraps the site in TLS."""

    protocol = _Transport
    gate: Gate
    timers: Timers


class Tls:
    """TLS of one exchange.

    :ivar sni: the host name that each client asked for, None where it named none.
    :ivar certificate_file: the PEM file that a client has to trust, while there is a port with TLS.
    :ivar gate: decides how long handshakes wait.
    """

    gate: Gate

    def __init__(self, timers: Timers) -> None:
        self.sni = Recent[str | None]()
        self.certificate_file: str | None = None
        self._timers = timers

    def wrap(self, site: Any, kind: Certificate) -> TLSMemoryBIOFactory:
        """Return a factory that serves a site over TLS.

        :param kind: of certificate, see :func:`binance.sandbox.net.certificates.make_identity`.
        :raises InvalidArgument: if there is no such certificate.
        """
        context: Any = self._context(kind)
        factory = _Factory(context, False, site)
        factory.gate = self.gate
        factory.timers = self._timers
        return factory

    def _context(self, kind: Certificate) -> _ServerContext:
        identity = certificates.make_identity(kind)
        self.remove_file()
        self.certificate_file = certificates.write_trusted(identity)
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        # By way of a file: pyOpenSSL's own classes for keys and certificates come and go with its versions.
        with tempfile.TemporaryDirectory(prefix="binance-sandbox-") as folder:
            pem = Path(folder, "server.pem")
            pem.write_bytes(identity.key + identity.chain)
            context.use_privatekey_file(str(pem))
            context.use_certificate_chain_file(str(pem))
        context.set_tlsext_servername_callback(self._note_sni)
        return _ServerContext(context)

    def _note_sni(self, connection: SSL.Connection) -> None:
        name = connection.get_servername()
        self.sni.add(None if name is None else name.decode("ascii", "replace"))

    def remove_file(self) -> None:
        """Remove the certificate's file, if there is one."""
        if self.certificate_file is not None:
            Path(self.certificate_file).unlink(missing_ok=True)
            self.certificate_file = None
