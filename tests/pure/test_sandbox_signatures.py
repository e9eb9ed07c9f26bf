"""Signatures and the rule of times, without sockets: worked examples and tables."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.signatures import (
    check_signature,
    check_timing,
    kind_by_form,
    proof_of,
    rest_payload,
    secret_proof,
    ws_payload,
)

API_KEY = "SANDBOXKEY0000000000000000000000000000000000000000000000000000A1"
SECRET = "sandbox-secret-do-not-use-0123456789abcdefghijklmnopqrstuvwxyzAB"
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW_MS = 1790000000123


def pem(private_key):
    public = private_key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


A = {"timestamp": NOW_MS, "apiKey": API_KEY, "recvWindow": 5000, "signature": "not signed"}
B = {"apiKey": API_KEY, "timestamp": NOW_MS}
C = {
    "symbol": "測試USDT", "side": "BUY", "type": "MARKET", "quantity": "1.5", "newClientOrderId": "a b+c",
    "apiKey": API_KEY, "timestamp": NOW_MS,
}  # fmt: skip


@pytest.mark.parametrize(
    ("params", "secret", "signature"),
    [
        (A, SECRET, "62938cef8c7a720579abfdf141313ca69d0e0f80262475e08a51b33b3e120371"),
        (B, SECRET, "8a23af5567b6732f0d143b0eb13a2675cc3aa26be8ddcb119d234296a9de6984"),
        (C, SECRET, "7409d788c69729a10042757cf185d3422d90182341dba0481c1de917ddde708a"),
        (
            A,
            pem(ED25519),
            "m3NJDlWs2p5NI5mnsl7kqTKhBuCc0VpOQTrBePTsi/QJesW/3SS3McKdAr7EQU7YxALnwyeqOklbqP9Ib0KJBQ==",
        ),
        (
            B,
            pem(ED25519),
            "6rZBFpIL49Pv26W4prcZttGSbENn9JK7DIDVztK/cIs9VsIJXtxNRewTWC2QhGQhYSkJcg4G5PGqkqJY1+eFAA==",
        ),
    ],
)
def test_the_worked_examples_fit(params, secret, signature):
    """Published inputs have the signatures that were computed for them elsewhere, and no other."""
    proof = proof_of(secret)
    assert proof.fits(ws_payload(params), signature)
    assert not proof.fits(ws_payload(params) + b" ", signature)
    assert not proof.fits(ws_payload(params), "A" + signature[1:])


def test_percent_encoding_on_the_websocket_api_is_a_wrong_signature():
    """What is signed there is plain text: the signature over the encoded form does not fit."""
    wrong = "a95f594d219ad465fc691e82a2973403139dc40c15efe29c9cdb01dd55482b2a"
    assert not secret_proof(SECRET).fits(ws_payload(C), wrong)
    tail = "newClientOrderId=a b+c&quantity=1.5&side=BUY&symbol=測試USDT&timestamp=1790000000123&type=MARKET"
    assert ws_payload(C).decode() == f"apiKey={API_KEY}&{tail}"


def test_values_stand_in_the_payload_as_in_json():
    """Booleans and numbers are signed the way they are written in a request."""
    assert ws_payload({"b": True, "a": False, "c": 5, "B": "x"}) == b"B=x&a=false&b=true&c=5"


def test_hmac_takes_either_case_and_only_hex():
    """The hexadecimal digits may be capitals."""
    proof = secret_proof("s")
    good = hmac.new(b"s", b"x=1", hashlib.sha256).hexdigest()
    assert proof.fits(b"x=1", good.upper())
    assert not proof.fits(b"x=1", "é" * 64)
    assert proof.kind == "hmac"


def test_rsa_signatures_are_checked():
    """RSA is PKCS #1 v1.5 with SHA-256, in base64."""
    key = rsa.generate_private_key(65537, 2048)
    proof = proof_of(pem(key))
    signature = base64.b64encode(key.sign(b"x=1", padding.PKCS1v15(), SHA256())).decode()
    assert (proof.kind, proof.fits(b"x=1", signature), proof.fits(b"x=2", signature)) == ("rsa", True, False)
    assert kind_by_form(signature) == "rsa"
    assert not proof.fits(b"x=1", "***")


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN PUBLIC KEY-----\nx", pem(ec.generate_private_key(ec.SECP256R1()))]
)
def test_what_is_no_key_is_refused(text):
    """An empty secret, broken PEM and a key of another kind raise, and are not repeated in the message."""
    with pytest.raises(InvalidArgument) as caught:
        proof_of(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("signature", "kind"),
    [
        ("0aF" + "0" * 61, "hmac"),
        ("0" * 63, None),
        (base64.b64encode(bytes(64)).decode(), "ed25519"),
        (base64.b64encode(bytes(256)).decode(), "rsa"),
        ("", None),
        ("no base64!", None),
        ("ключ", None),
    ],
)
def test_without_a_secret_the_form_decides(signature, kind):
    """64 hexadecimal digits, or base64, pass where nothing else is known of the key."""
    assert kind_by_form(signature) == kind
    if kind is None:
        with pytest.raises(BinanceAPIException) as caught:
            check_signature(None, b"", signature)
        assert (caught.value.status_code, caught.value.code) == (400, -1022)
    else:
        assert check_signature(None, b"", signature) == kind


@pytest.mark.parametrize(
    ("query", "body", "payload", "in_place"),
    [
        (b"a=1&signature=x", b"", b"a=1", True),
        (b"", b"a=1&b=%2B&signature=x", b"a=1&b=%2B", True),
        (b"a=1", b"b=2&signature=x", b"a=1b=2", True),
        (b"a=1&signature=x", b"b=2", b"a=1b=2", True),
        (b"signature=x&a=1", b"", b"signature=x&a=1", False),
        (b"a=1", b"", b"a=1", False),
    ],
)
def test_rest_is_signed_as_it_was_sent(query, body, payload, in_place):
    """Query and body are signed byte for byte, one right behind the other; the signature comes last."""
    assert rest_payload(query, body) == (payload, in_place)


@pytest.mark.parametrize(
    ("behind_ms", "window", "code"),
    [
        (0, None, None),
        (5000, None, None),
        (5001, None, -1021),
        (-999, None, None),
        (-1000, None, -1021),
        (60_000, "60000", None),
        (10, "9.999", -1021),
        (10, "10.0", None),
        (0, "60000.001", -1131),
        (0, "5.0001", -1100),
        (0, "-1", -1100),
        (0, "", -1100),
    ],
)
@pytest.mark.parametrize("per_ms", [1, 1000])
def test_timestamps_fit_or_do_not(behind_ms, window, code, per_ms):
    """Less than a second ahead and at most the window behind, in milliseconds and in microseconds."""
    params = {"timestamp": str((NOW_MS - behind_ms) * per_ms)}
    if window is not None:
        params["recvWindow"] = window
    if code is None:
        check_timing(params, (NOW_MS,))
        check_timing(params, (0, NOW_MS))
        check_timing(params, (NOW_MS - 60_000, NOW_MS + 60_000))
    else:
        with pytest.raises(BinanceAPIException) as caught:
            check_timing(params, (NOW_MS,))
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("params", "code"), [({}, -1102), ({"timestamp": ""}, -1105), ({"timestamp": "x"}, -1100)]
)
def test_a_timestamp_is_needed(params, code):
    """One that is missing, empty or no number has an error of its own."""
    with pytest.raises(BinanceAPIException) as caught:
        check_timing(params, (NOW_MS,))
    assert caught.value.code == code


@given(st.text(), st.binary())
def test_a_signature_fits_or_is_refused(signature, payload):
    """Whatever is sent as a signature, nothing but the exchange's error comes of it."""
    for proof in (None, secret_proof(SECRET), proof_of(pem(ED25519))):
        try:
            check_signature(proof, payload, signature)
        except BinanceAPIException as error:
            assert error.code == -1022


def test_keys_can_be_revoked_and_restored():
    """One key, or all; what is restored since is taken again."""
    accounts = Accounts(1)
    accounts.revoke(None)
    for key in ("one", "other"):
        with pytest.raises(BinanceAPIException):
            accounts.authenticate(key)
    accounts.keys.restore("one")
    assert accounts.authenticate("one").api_key == "one"
    assert accounts.keys.is_revoked("other")
    assert accounts.keys.revoked() == ["all"]
    accounts.keys.restore(None)
    assert not accounts.keys.is_revoked("other")
    accounts.revoke("other")
    assert accounts.keys.revoked() == ["othe..."]


def test_api_keys_are_added_with_one_proof():
    """A key has a secret or a public key, and the last one given holds."""
    accounts = Accounts(1, {"known": SECRET})
    with pytest.raises(InvalidArgument, match="not both"):
        accounts.keys.add("new", SECRET, pem(ED25519))
    with pytest.raises(InvalidArgument, match="blanks"):
        accounts.keys.add("a key")
    with pytest.raises(BinanceAPIException):
        accounts.authenticate("new")
    accounts.keys.add("new", public_key=pem(ED25519))
    signature = base64.b64encode(ED25519.sign(b"x")).decode()
    assert accounts.keys.check_signature("new", b"x", signature) == "ed25519"
    accounts.keys.add("new")
    assert accounts.keys.check_signature("new", b"x", "0" * 64) == "hmac"
