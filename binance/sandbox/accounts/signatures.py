"""Signatures of REST calls and WebSocket API requests, and the check of their timestamps. Pure.

Nothing is shared with the client, which signs with code of its own, so a mistake made there shows here.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from binance.exceptions import BinanceAPIException, InvalidArgument

KeyKind = Literal["hmac", "rsa", "ed25519"]

_PEM: Final = "-----BEGIN"
_ED25519_BYTES: Final = 64

# A timestamp may be ahead of the exchange's clock by less than this.
_AHEAD_MS: Final = 1000
_RECV_WINDOW_MS: Final = 5000
_LONGEST_RECV_WINDOW_MS: Final = 60_000

# From this number on, a timestamp is in microseconds: in milliseconds it would be the year 33658.
_LEAST_MICROS: Final = 10**15


class Clock(NamedTuple):
    """The exchange's time.

    :ivar offset_ms: what its answers add to the time of its market.
    :ivar accepted_ms: clocks, milliseconds since the epoch, between which a timestamp has to lie.
    """

    offset_ms: float = 0.0
    accepted_ms: tuple[float, ...] = ()


class Proof(Protocol):
    """What the signatures of one api key are checked by."""

    @property
    def kind(self) -> KeyKind:
        """What kind of key it is."""

    def fits(self, payload: bytes, signature: str) -> bool:
        """Say whether a signature was made over *payload* by the owner of the key."""


class _Hmac:
    kind: KeyKind = "hmac"

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def fits(self, payload: bytes, signature: str) -> bool:
        wanted = hmac.new(self._secret, payload, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted.encode(), signature.lower().encode())


class _PublicKey:
    def __init__(self, key: RSAPublicKey | Ed25519PublicKey) -> None:
        self._key = key
        self.kind: KeyKind = "rsa" if isinstance(key, RSAPublicKey) else "ed25519"

    def fits(self, payload: bytes, signature: str) -> bool:
        raw = _from_base64(signature)
        if raw is None:
            return False
        try:
            if isinstance(self._key, RSAPublicKey):
                self._key.verify(raw, payload, PKCS1v15(), SHA256())
            else:
                self._key.verify(raw, payload)
        except InvalidSignature:
            return False
        return True


def secret_proof(secret: str) -> Proof:
    """Return what checks signatures made with an HMAC secret.

    :raises InvalidArgument: if it is empty, or a PEM key, which is not a shared secret.
    """
    if not secret or secret.startswith(_PEM):
        raise InvalidArgument("an HMAC secret is a text; give a PEM key as the public key")
    return _Hmac(secret)


def public_key_proof(pem: str) -> Proof:
    """Return what checks signatures made with the private key to a public one.

    :param pem: an RSA or Ed25519 public key, as PEM.
    :raises InvalidArgument: if it is not such a key.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise InvalidArgument("not a public key in PEM; one begins with -----BEGIN PUBLIC KEY-----") from exc
    if not isinstance(key, RSAPublicKey | Ed25519PublicKey):
        raise InvalidArgument("api keys are HMAC, RSA or Ed25519; that public key is of another kind")
    return _PublicKey(key)


def proof_of(text: str) -> Proof:
    """Return what checks signatures, from an HMAC secret or a PEM public key.

    :raises InvalidArgument: if it is neither.
    """
    return public_key_proof(text) if text.lstrip().startswith(_PEM) else secret_proof(text)


def kind_by_form(signature: str) -> KeyKind | None:
    """Say which kind of key a signature looks to be made with; None if it looks like no signature.

    64 hexadecimal digits are HMAC's, base64 of 64 bytes is Ed25519's, any other base64 passes for RSA's.
    """
    if re.fullmatch("[0-9A-Fa-f]{64}", signature):
        return "hmac"
    raw = _from_base64(signature)
    if not raw:
        return None
    return "ed25519" if len(raw) == _ED25519_BYTES else "rsa"


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):  # the former where it is not ASCII
        return None


def check_signature(proof: Proof | None, payload: bytes, signature: str) -> KeyKind:
    """Check a signature; without a proof, its form.

    :returns: the kind of the key.
    :raises BinanceAPIException: 400 with -1022 if it does not fit.

    Source: Spot *Request Security*; *Error codes*.
    """
    kind = kind_by_form(signature) if proof is None else proof.kind
    if kind is None or (proof is not None and not proof.fits(payload, signature)):
        raise bad_signature()
    return kind


def bad_signature() -> BinanceAPIException:
    """Return the error of a signature that does not fit."""
    return BinanceAPIException(400, -1022, "Signature for this request is not valid.")


# -- what is signed ------------------------------------------------------------------------------------


def text_of(value: Any) -> str:
    """Return a parameter of a WebSocket API request the way it stands in what is signed."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def ws_payload(params: Mapping[str, Any]) -> bytes:
    """Return what is signed of a WebSocket API request: its parameters by name, nothing percent-encoded.

    Source: Spot *WebSocket API*, "SIGNED request security".
    """
    signed = sorted(name for name in params if name != "signature")
    return "&".join(f"{name}={text_of(params[name])}" for name in signed).encode()


def rest_payload(query: bytes, body: bytes) -> tuple[bytes, bool]:
    """Return what is signed of a REST call: query and body as they were sent, one right behind the other.

    :returns: that, and whether ``signature`` stood where it belongs, at the end of either.

    Source: Spot *REST API*, "SIGNED request security".
    """
    parts = []
    ends = 0
    for part in (query, body):
        fields = part.split(b"&")
        if fields[-1].startswith(b"signature="):
            fields.pop()
            ends += 1
        parts.append(b"&".join(fields))
    return b"".join(parts), ends == 1


# -- timestamps ---------------------------------------------------------------------------------


def check_timing(params: Mapping[str, str], accepted_ms: Sequence[float]) -> None:
    """Check ``timestamp`` and ``recvWindow`` of a signed call.

    A timestamp is in milliseconds or microseconds; it is less than a second ahead of the exchange's clock,
    and at most the receive window behind: 5000 ms by default, 60,000 at most, up to three decimals.

    :param accepted_ms: one clock, or several; a timestamp that fits to any time between them is accepted.
    :raises BinanceAPIException: 400 with -1021 if it does not fit, -1131 for a window too long, -1100 for
        what is not a number, -1102 and -1105 for a timestamp missing or empty.

    Source: Spot *Request Security*, "Timing security"; *Error codes*.
    """
    stamp = int(_number("timestamp", mandatory(params, "timestamp"), "[0-9]{1,20}"))
    timestamp_ms = stamp / 1000 if stamp >= _LEAST_MICROS else stamp
    window_ms = float(_RECV_WINDOW_MS)
    if "recvWindow" in params:
        window_ms = float(_number("recvWindow", params["recvWindow"], r"[0-9]{1,9}(\.[0-9]{1,3})?"))
        if window_ms > _LONGEST_RECV_WINDOW_MS:
            raise BinanceAPIException(400, -1131, f"recvWindow must be less than {_LONGEST_RECV_WINDOW_MS}.")
    if timestamp_ms >= max(accepted_ms) + _AHEAD_MS:
        text = "Timestamp for this request was 1000ms ahead of the server's time."
    elif timestamp_ms >= min(accepted_ms) - window_ms:
        return
    else:
        text = "Timestamp for this request is outside of the recvWindow."
    raise BinanceAPIException(400, -1021, text)


def _number(name: str, text: str, legal: str) -> str:
    if not re.fullmatch(legal, text):
        words = f"Illegal characters found in parameter '{name}'; legal range is '^{legal}$'."
        raise BinanceAPIException(400, -1100, words)
    return text


def mandatory(params: Mapping[str, str], name: str) -> str:
    """Return a parameter that has to be sent.

    :raises BinanceAPIException: 400 with -1102 if it was not, -1105 if it is empty.
    """
    if name not in params:
        text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        raise BinanceAPIException(400, -1102, text)
    if params[name] == "":
        raise BinanceAPIException(400, -1105, f"Parameter '{name}' was empty.")
    return params[name]
