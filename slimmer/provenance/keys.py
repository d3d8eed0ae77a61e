"""Keys in PEM files, and the envelopes (DSSE) that are signed and verified with them.

https://github.com/secure-systems-lab/dsse
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slimmer.errors import ProvenanceFileError, ProvenanceMismatchError
from slimmer.probing import require
from slimmer.provenance.statement import STATEMENT_MEDIA_TYPE

if TYPE_CHECKING:  # an extra, which most builds do without
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner, SSlibKey

PASSPHRASE: Final = "SLIM_SIGN_PASSPHRASE"
"""The variable with the passphrase of an encrypted key."""
_EXTRA: Final = "sign"
_KINDS: Final = "ed25519, ECDSA (P-256, P-384, P-521) and RSA keys can"
_LARGEST: Final = 1 << 20


def read_signer(file: Path) -> CryptoSigner:
    """The private key of a PEM file. Raises ProvenanceFileError, and MissingExtraError."""
    signing = require("securesystemslib.signer", extra=_EXTRA, what="--sign-key")
    serialization = require(
        "cryptography.hazmat.primitives.serialization", extra=_EXTRA, what="--sign-key"
    )
    data = _read(file)
    if b"PRIVATE KEY-----" not in data:
        what = "a public key" if b"PUBLIC KEY-----" in data else "not a key in PEM form"
        raise ProvenanceFileError(
            f"{file} is {what}, and signing needs the private one",
            hint="`openssl genpkey -algorithm ed25519 -out key.pem` makes one",
        )
    is_openssh = b"BEGIN OPENSSH" in data
    load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
    key = _loaded(lambda password: load(data, password), file)
    try:
        signer: CryptoSigner = signing.CryptoSigner(key)
    except (ValueError, TypeError, AttributeError) as error:
        raise _wrong_kind(file, "sign", error) from error
    return signer


def read_public_key(file: Path) -> SSlibKey:
    """The public key of a PEM file. Raises ProvenanceFileError, and MissingExtraError."""
    signing = require("securesystemslib.signer", extra=_EXTRA, what="slim verify-provenance")
    serialization = require(
        "cryptography.hazmat.primitives.serialization", extra=_EXTRA, what="slim verify-provenance"
    )
    data = _read(file)
    if b"PRIVATE KEY-----" in data:
        raise ProvenanceFileError(
            f"{file} is a private key, and whoever verifies needs the public one",
            hint=f"`openssl pkey -in {file} -pubout -out key.pub` writes it",
        )
    try:
        key = serialization.load_pem_public_key(data)
    except Exception as error:
        raise ProvenanceFileError(
            f"{file} is not a public key in PEM form",
            hint="`openssl pkey -in key.pem -pubout -out key.pub` writes one",
            details=str(error),
        ) from error
    try:
        public: SSlibKey = signing.SSlibKey.from_crypto(key)
    except (ValueError, TypeError) as error:
        raise _wrong_kind(file, "verify", error) from error
    return public


def sign(payload: bytes, signer: CryptoSigner) -> bytes:
    """The statement in an envelope, as JSON."""
    envelope = _dsse().Envelope(payload, STATEMENT_MEDIA_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=2).encode() + b"\n"


def verified_by(envelope: Mapping[str, Any], key: SSlibKey) -> str:
    """The words on a signature of this key that holds. Raises ProvenanceMismatchError for none, and
    ProvenanceFileError for an envelope that is damaged."""
    exceptions = require("securesystemslib.exceptions", extra=_EXTRA, what="verifying")
    try:
        # What is read is changed by the library: it gets a copy.
        sealed: Envelope = _dsse().Envelope.from_dict(json.loads(json.dumps(envelope)))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _damaged(error) from error
    except exceptions.FormatError as error:
        raise _damaged(error) from error
    if not sealed.signatures:
        raise ProvenanceMismatchError(
            "the envelope has no signature", hint="build with --sign-key to have it signed"
        )
    try:
        sealed.verify([key], 1)
    except exceptions.VerificationError as error:
        raise _not_signed(sealed, key) from error
    return f"{key.keytype}, key id {key.keyid[:16]}…"


def _not_signed(envelope: Envelope, key: SSlibKey) -> ProvenanceMismatchError:
    if key.keyid in envelope.signatures:
        return ProvenanceMismatchError(
            "the signature is not of what the envelope holds: it was changed after signing",
            hint="get the file again from who built the image",
        )
    return ProvenanceMismatchError(
        "this key has not signed the provenance",
        hint="--key wants the public key that belongs to the --sign-key of the build",
        details=f"key:    {key.keyid}\nsigned: {', '.join(envelope.signatures)}",
    )


def _damaged(error: Exception) -> ProvenanceFileError:
    return ProvenanceFileError(
        "the envelope is damaged: payload or signatures cannot be read",
        hint="get the file again from who built the image",
        details=f"{type(error).__name__}: {error}",
    )


def _dsse() -> Any:
    return require("securesystemslib.dsse", extra=_EXTRA, what="a signature")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise ProvenanceFileError(f"the key {file} cannot be read: {error.strerror}") from error


def _loaded(load: Callable[[bytes | None], Any], file: Path) -> Any:
    passphrase = os.environ.get(PASSPHRASE) or None
    try:
        return load(passphrase.encode() if passphrase else None)
    except TypeError as error:
        if passphrase is None:
            raise ProvenanceFileError(
                f"the key {file} is encrypted, and no passphrase is given",
                hint=f"put it into the variable {PASSPHRASE}",
            ) from error
        # A passphrase for what is not encrypted: it may be there for another key.
        return load(None)
    except Exception as error:
        if passphrase is not None and b"ENCRYPTED" in file.read_bytes():
            raise ProvenanceFileError(
                f"the passphrase in {PASSPHRASE} does not open the key {file}",
                hint="is the variable of this key?",
            ) from error
        raise ProvenanceFileError(
            f"the key {file} is damaged, or of a form that is not known",
            hint="`openssl pkey -in FILE -noout` tells what OpenSSL makes of it",
            details=str(error),
        ) from error


def _wrong_kind(file: Path, what: str, error: Exception) -> ProvenanceFileError:
    return ProvenanceFileError(
        f"the key {file} is of a kind that cannot {what}: {_KINDS}",
        hint="`openssl genpkey -algorithm ed25519 -out key.pem` makes one",
        details=str(error),
    )
