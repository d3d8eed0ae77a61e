"""Keys and envelopes: each kind that signs, and each that does not, with its own words."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from slimmer.errors import MissingExtraError, ProvenanceFileError, ProvenanceMismatchError
from slimmer.provenance import PASSPHRASE, read_public_key, read_signer, sign
from slimmer.provenance.keys import verified_by

PAYLOAD = b'{"_type": "https://in-toto.io/Statement/v1"}'


def write_pair(
    folder: Path,
    key: Any,
    *,
    encryption: KeySerializationEncryption | None = None,
    form: PrivateFormat = PrivateFormat.PKCS8,
) -> tuple[Path, Path]:
    """(private, public) key as PEM files."""
    private, public = folder / "key.pem", folder / "key.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()))
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (ed25519.Ed25519PrivateKey.generate(), PrivateFormat.PKCS8),
        (ed25519.Ed25519PrivateKey.generate(), PrivateFormat.OpenSSH),
        (ec.generate_private_key(ec.SECP256R1()), PrivateFormat.TraditionalOpenSSL),
        (ec.generate_private_key(ec.SECP384R1()), PrivateFormat.PKCS8),
        (rsa.generate_private_key(65537, 2048), PrivateFormat.PKCS8),
    ],
    ids=["ed25519", "ed25519 of ssh-keygen", "P-256 of OpenSSL", "P-384", "RSA"],
)
def test_what_is_signed_is_verified(tmp_path: Path, key: Any, form: PrivateFormat) -> None:
    private, public = write_pair(tmp_path, key, form=form)

    envelope = json.loads(sign(PAYLOAD, read_signer(private)))

    assert base64.b64decode(envelope["payload"]) == PAYLOAD
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert envelope["signatures"][0]["keyid"][:16] in verified_by(envelope, read_public_key(public))


class TestWhatDoesNotHold:
    def envelope(self, tmp_path: Path) -> tuple[dict[str, Any], Path]:
        private, public = write_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
        return json.loads(sign(PAYLOAD, read_signer(private))), public

    def test_another_payload(self, tmp_path: Path) -> None:
        envelope, public = self.envelope(tmp_path)
        envelope["payload"] = base64.b64encode(PAYLOAD + b" ").decode()
        with pytest.raises(ProvenanceMismatchError, match="changed after signing"):
            verified_by(envelope, read_public_key(public))

    def test_another_type_of_payload(self, tmp_path: Path) -> None:
        envelope, public = self.envelope(tmp_path)
        envelope["payloadType"] = "text/plain"
        with pytest.raises(ProvenanceMismatchError, match="changed after signing"):
            verified_by(envelope, read_public_key(public))

    def test_another_key(self, tmp_path: Path) -> None:
        envelope, _ = self.envelope(tmp_path)
        (tmp_path / "other").mkdir()
        _, public = write_pair(tmp_path / "other", ed25519.Ed25519PrivateKey.generate())
        with pytest.raises(ProvenanceMismatchError, match="this key has not signed"):
            verified_by(envelope, read_public_key(public))

    def test_no_signature(self, tmp_path: Path) -> None:
        envelope, public = self.envelope(tmp_path)
        envelope["signatures"] = []
        with pytest.raises(ProvenanceMismatchError, match="no signature"):
            verified_by(envelope, read_public_key(public))

    @pytest.mark.parametrize(
        "signatures", [None, 7, [7], [{}], [{"keyid": "a"}], [{"keyid": "a", "sig": "%"}], ["a"]]
    )
    def test_signatures_that_are_none(self, tmp_path: Path, signatures: Any) -> None:
        envelope, public = self.envelope(tmp_path)
        envelope["signatures"] = signatures
        with pytest.raises((ProvenanceFileError, ProvenanceMismatchError)):
            verified_by(envelope, read_public_key(public))


class TestPassphrase:
    def private(self, tmp_path: Path) -> Path:
        encryption = BestAvailableEncryption(b"open sesame")
        key = ed25519.Ed25519PrivateKey.generate()
        return write_pair(tmp_path, key, encryption=encryption)[0]

    def test_it_comes_from_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(PASSPHRASE, "open sesame")
        assert b"payload" in sign(PAYLOAD, read_signer(self.private(tmp_path)))

    def test_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(PASSPHRASE, raising=False)
        with pytest.raises(ProvenanceFileError, match="no passphrase is given") as caught:
            read_signer(self.private(tmp_path))
        assert PASSPHRASE in caught.value.hint

    def test_a_wrong_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(PASSPHRASE, "sesame")
        with pytest.raises(ProvenanceFileError, match="does not open the key"):
            read_signer(self.private(tmp_path))

    def test_one_that_is_not_needed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(PASSPHRASE, "for another key")
        private, _ = write_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
        assert b"payload" in sign(PAYLOAD, read_signer(private))


class TestWrongKeys:
    @pytest.mark.parametrize(
        "key",
        [dsa.generate_private_key(1024), x25519.X25519PrivateKey.generate()],
        ids=["DSA", "X25519"],
    )
    def test_kinds_that_cannot_sign(self, tmp_path: Path, key: Any) -> None:
        private, public = write_pair(tmp_path, key)
        with pytest.raises(ProvenanceFileError, match="of a kind that cannot sign"):
            read_signer(private)
        with pytest.raises(ProvenanceFileError, match="of a kind that cannot verify"):
            read_public_key(public)

    def test_the_other_half(self, tmp_path: Path) -> None:
        private, public = write_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
        with pytest.raises(ProvenanceFileError, match="is a public key, and signing needs"):
            read_signer(public)
        with pytest.raises(ProvenanceFileError, match="is a private key") as caught:
            read_public_key(private)
        assert "-pubout" in caught.value.hint

    @pytest.mark.parametrize(
        "data",
        [b"", b"hello", b"\xff\x00" * 99, b"-----BEGIN PRIVATE KEY-----\nAAAA\n"],
        ids=["empty", "text", "bytes", "cut off"],
    )
    def test_what_is_no_key(self, tmp_path: Path, data: bytes) -> None:
        file = tmp_path / "key"
        file.write_bytes(data)
        with pytest.raises(ProvenanceFileError):
            read_signer(file)
        with pytest.raises(ProvenanceFileError):
            read_public_key(file)

    def test_no_file(self, tmp_path: Path) -> None:
        for read in (read_signer, read_public_key):
            with pytest.raises(ProvenanceFileError, match="No such file"):
                read(tmp_path / "key.pem")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, _ = write_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
    monkeypatch.setitem(__import__("sys").modules, "securesystemslib.signer", None)
    with pytest.raises(MissingExtraError, match="securesystemslib") as caught:
        read_signer(private)
    assert "[sign]" in caught.value.hint
