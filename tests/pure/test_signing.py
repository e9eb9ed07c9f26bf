"""Signatures: the worked examples of the protocol notes, keys of each type, and what is no key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import InvalidArgument
from binance.rest.params import encoded, texts
from binance.venues.signing import (
    Ed25519Key,
    HmacKey,
    form_signature,
    is_pem,
    private_key,
    request_payload,
    signed_request,
)

from ..keys import API_KEY, ED25519, SECRET, pem

TIMESTAMP = 1790000000123

WITH_WINDOW = {"timestamp": TIMESTAMP, "recvWindow": 5000, "apiKey": API_KEY}
WITHOUT_WINDOW = {"timestamp": TIMESTAMP, "apiKey": API_KEY}
ORDER = {
    "symbol": "測試USDT",
    "side": "BUY",
    "type": "MARKET",
    "quantity": "1.5",
    "newClientOrderId": "a b+c",
    "apiKey": API_KEY,
    "timestamp": TIMESTAMP,
}


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    """An RSA key as the exchange wants it."""
    return rsa.generate_private_key(65537, 2048)


def test_the_payload_of_a_request_is_sorted_and_not_encoded():
    """Names in ASCII order, values as they are sent, the signature left out."""
    assert request_payload({**WITH_WINDOW, "signature": "x"}) == (
        f"apiKey={API_KEY}&recvWindow=5000&timestamp={TIMESTAMP}"
    )
    assert request_payload(ORDER).endswith(
        "&newClientOrderId=a b+c&quantity=1.5&side=BUY&symbol=測試USDT&timestamp=1790000000123&type=MARKET"
    )
    assert request_payload({"b": True, "a": 1.25}) == "a=1.25&b=true"


@pytest.mark.parametrize(
    ("params", "signature"),
    [
        (WITH_WINDOW, "62938cef8c7a720579abfdf141313ca69d0e0f80262475e08a51b33b3e120371"),
        (WITHOUT_WINDOW, "8a23af5567b6732f0d143b0eb13a2675cc3aa26be8ddcb119d234296a9de6984"),
        (ORDER, "7409d788c69729a10042757cf185d3422d90182341dba0481c1de917ddde708a"),
    ],
)
def test_hmac_signatures_are_those_of_the_worked_examples(params, signature):
    """The signature is added, and nothing else is changed."""
    assert signed_request(params, HmacKey(SECRET)) == {**params, "signature": signature}


@pytest.mark.parametrize(
    ("params", "signature"),
    [
        (
            WITH_WINDOW,
            "m3NJDlWs2p5NI5mnsl7kqTKhBuCc0VpOQTrBePTsi/QJesW/3SS3McKdAr7EQU7YxALnwyeqOklbqP9Ib0KJBQ==",
        ),
        (
            WITHOUT_WINDOW,
            "6rZBFpIL49Pv26W4prcZttGSbENn9JK7DIDVztK/cIs9VsIJXtxNRewTWC2QhGQhYSkJcg4G5PGqkqJY1+eFAA==",
        ),
    ],
)
def test_ed25519_signatures_are_those_of_the_worked_examples(params, signature):
    """Over the payload itself, in base64."""
    assert signed_request(params, private_key(pem(ED25519)))["signature"] == signature


def test_rsa_signatures_verify(rsa_key):
    """PKCS #1 v1.5 with SHA-256, in base64."""
    params = signed_request(WITHOUT_WINDOW, private_key(pem(rsa_key)))
    signature = base64.b64decode(params["signature"])
    rsa_key.public_key().verify(signature, request_payload(params).encode(), padding.PKCS1v15(), SHA256())


@given(st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.booleans()))
def test_a_form_carries_its_parameters_and_signs_what_is_sent(params):
    """Any values survive the encoding, and the signature is over the encoded text."""
    sent = encoded(texts(params))
    expected = hmac.new(SECRET.encode(), sent.encode(), hashlib.sha256).hexdigest()
    assert form_signature(sent, HmacKey(SECRET)) == expected
    assert dict(parse_qsl(sent, keep_blank_values=True)) == texts(params)


def test_a_form_is_percent_encoded_its_signature_too():
    """A blank is %20, and the base64 of a signature is encoded as well."""
    sent = encoded({"a": "x y/+"})
    signature = form_signature(sent, Ed25519Key(ED25519))
    assert sent == "a=x%20y%2F%2B"
    assert quote(unquote(signature), safe="") == signature
    ED25519.public_key().verify(base64.b64decode(unquote(signature)), sent.encode())


def test_a_private_key_is_read_from_its_text_or_its_file(tmp_path, rsa_key):
    """PEM as text or bytes, with blanks around it, or the path of a file; with a passphrase if encrypted."""
    file = tmp_path / "key.pem"
    file.write_text(pem(ED25519))
    for source in (pem(ED25519), f"\n {pem(ED25519)}\n", pem(ED25519).encode(), file, str(file)):
        assert private_key(source).type == "Ed25519"
    assert private_key(pem(rsa_key)).type == "RSA"
    assert private_key(pem(ED25519, "open"), "open").type == "Ed25519"
    assert is_pem(pem(rsa_key)) and not is_pem(SECRET)


@pytest.mark.parametrize(
    ("source", "passphrase", "words"),
    [
        (Path("no-such-file.pem"), None, "cannot be read: No such file"),
        ("a\0b", None, "cannot be read"),
        ("-----BEGIN PRIVATE KEY-----\nQQ==\n-----END PRIVATE KEY-----", None, "not PEM"),
        (pem(ED25519, "open"), "shut", "private_key_pass is wrong"),
        (pem(ED25519, "open"), None, "is encrypted"),
        (pem(ED25519), "open", "leave out private_key_pass"),
        (pem(ec.generate_private_key(ec.SECP256R1())), None, "use an RSA or Ed25519 key"),
    ],
)
def test_what_is_no_key_is_refused_without_quoting_it(source, passphrase, words):
    """The words say what is wrong; no line of the key, no path that may be one, is in them."""
    with pytest.raises(InvalidArgument, match=words) as caught:
        private_key(source, passphrase)
    assert str(source) not in str(caught.value)
    assert caught.value.__cause__ is None
    for line in str(source).splitlines()[1:-1]:
        assert line not in str(caught.value)


def test_keys_print_no_secret(rsa_key):
    """A key's repr is not its content."""
    assert SECRET not in repr(HmacKey(SECRET)) + repr(vars(private_key(pem(rsa_key))))
