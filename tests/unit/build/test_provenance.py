"""The provenance of builds: read by in-toto's own library, verified, and made again."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import google.protobuf.json_format as protobuf_json
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from in_toto.exceptions import SignatureVerificationError
from in_toto.models.metadata import Metadata
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.signer import SSlibKey

from slimmer.build.rebuild import rebuild
from slimmer.errors import (
    BudgetError,
    OriginalMissingError,
    ProvenanceFileError,
    ProvenanceMismatchError,
    UsageError,
)
from slimmer.image.archive import Choice, read_image_file
from slimmer.progress.progress import QuietProgress
from slimmer.provenance import (
    Attestation,
    KnownImage,
    Outcome,
    check_image,
    check_signature,
    read_attestation,
    read_public_key,
)
from slimmer.values import Compression, RunOptions
from tests.unit.build.bench import SLIM, Bench
from tests.unit.build.engine import ORIGINAL, ORIGINAL_ID


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private key; its public half is `key.pub` beside it."""
    file = tmp_path / "key.pem"
    generate = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)]
    subprocess.run(generate, check=True, capture_output=True)
    public = ["openssl", "pkey", "-in", str(file), "-pubout", "-out", str(tmp_path / "key.pub")]
    subprocess.run(public, check=True, capture_output=True)
    return file


def written(bench: Bench, name: str = "provenance.json") -> Attestation:
    return read_attestation(bench.reports / name)


def remade(bench: Bench, **rest: Any) -> list[tuple[str, Outcome]]:
    checks = rebuild(
        bench.engine,
        written(bench),
        QuietProgress(),
        beside=rest.pop("beside", bench.folder),
        **rest,
    )
    assert bench.engine.left_behind() == set()
    return [(check.subject, check.outcome) for check in checks]


class TestStatement:
    def test_in_toto_reads_it_and_it_names_what_went_in_and_came_out(self, bench: Bench) -> None:
        report = bench.build()

        data = (bench.reports / "provenance.json").read_bytes()
        Statement.copy_from_pb(protobuf_json.Parse(data, statement_pb2.Statement())).validate()
        digests = {digest for _, digest in written(bench).subjects(image="slim")}
        assert {report["slim"]["id"], report["slim"]["manifest_digest"]} <= digests
        (original,) = written(bench).dependencies("original")
        assert f"sha256:{original['digest']['sha256']}" == ORIGINAL_ID
        (trace,) = written(bench).dependencies("trace")
        assert trace["digest"]["sha256"] == _sha256(bench.reports / "trace")
        assert report["artifacts"]["provenance"] == str(bench.reports / "provenance.json")

    def test_a_saved_trace_is_told_as_it_is_in_the_end(self, bench: Bench) -> None:
        """It is written once more behind the tests."""
        file = bench.folder / "app.trace"
        bench.build(save_trace=file)
        (trace,) = written(bench).dependencies("trace")
        assert trace["digest"]["sha256"] == _sha256(file)

    def test_it_has_no_values_of_variables(self, bench: Bench) -> None:
        bench.build(run=RunOptions(environment=(("MODE", "hunter2"),)))
        text = (bench.reports / "provenance.json").read_text()
        assert "MODE" in text
        assert "hunter2" not in text

    def test_none_on_request_and_none_of_an_earlier_build(self, bench: Bench, key: Path) -> None:
        bench.build(sign_key=key)
        bench.build()
        assert not (bench.reports / "provenance.dsse.json").exists()
        bench.build(provenance=False)
        assert not (bench.reports / "provenance.json").exists()

    def test_what_is_pushed_is_a_subject(self, bench: Bench, key: Path) -> None:
        tag = "registry.example/my-app:1"
        bench.engine.registry = lambda reference: "sha256:" + "7" * 64
        bench.build(tag=tag, push=True, sign_key=key)
        sealed = written(bench, "provenance.dsse.json")
        assert list(sealed.subjects(document="manifest in the registry")) == [
            (f"{tag} (manifest in the registry)", "sha256:" + "7" * 64)
        ]
        public = read_public_key(key.with_suffix(".pub"))
        assert check_signature(sealed, public).outcome is Outcome.HOLDS


class TestOutput:
    def test_a_layout_has_it_as_a_referrer_of_the_image_it_has(
        self, bench: Bench, key: Path
    ) -> None:
        place = bench.folder / "layout"
        for _ in range(2):  # the second takes the place of the first
            bench.build(output=f"{place}/", sign_key=key, compression=Compression.GZIP)

        image, about = json.loads((place / "index.json").read_text())["manifests"]
        assert about["annotations"] == {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        }
        assert about["platform"] == {"architecture": "unknown", "os": "unknown"}
        manifest = json.loads(_blob(place, about["digest"]))
        assert manifest["subject"]["digest"] == image["digest"]
        assert manifest["artifactType"] == "application/vnd.in-toto+json"
        bare, sealed = (_blob(place, layer["digest"]) for layer in manifest["layers"])
        assert bare == (bench.reports / "provenance.json").read_bytes()
        assert sealed == (bench.reports / "provenance.dsse.json").read_bytes()
        assert image["digest"] in {digest for _, digest in written(bench).subjects()}
        assert read_image_file(place).id == bench.engine.names[SLIM]

    def test_an_archive_has_no_place_for_it(self, bench: Bench) -> None:
        bench.build(output=str(bench.folder / "my-app.tar"))
        content = read_image_file(bench.folder / "my-app.tar", choice=Choice(name=SLIM))
        assert content.id in {digest for _, digest in written(bench).subjects()}


class TestSignature:
    def test_openssl_verifies_it(self, bench: Bench, key: Path) -> None:
        """By the words of DSSE, without the library that has signed."""
        bench.build(sign_key=key)
        sealed = json.loads((bench.reports / "provenance.dsse.json").read_bytes())
        kind, payload = sealed["payloadType"].encode(), base64.b64decode(sealed["payload"])
        assert payload == (bench.reports / "provenance.json").read_bytes()
        signed, signature = bench.folder / "signed", bench.folder / "signature"
        signed.write_bytes(b" ".join([b"DSSEv1", _number(kind), kind, _number(payload), payload]))
        signature.write_bytes(base64.b64decode(sealed["signatures"][0]["sig"]))
        verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin"]
        files = ["-inkey", key.with_suffix(".pub"), "-in", signed, "-sigfile", signature]
        told = subprocess.run([*verify, *files], capture_output=True, text=True)
        assert told.stdout.strip() == "Signature Verified Successfully", told.stderr

    def test_in_toto_verifies_it_and_takes_no_other_key(self, bench: Bench, key: Path) -> None:
        """By its own verifier, which knows nothing of slimmer."""
        bench.build(sign_key=key)
        sealed = Metadata.load(str(bench.reports / "provenance.dsse.json"))
        public = load_pem_public_key(key.with_suffix(".pub").read_bytes())
        sealed.verify_signature(_as_in_toto_has_it(public))
        with pytest.raises(SignatureVerificationError):
            sealed.verify_signature(_as_in_toto_has_it(Ed25519PrivateKey.generate().public_key()))

    def test_a_key_that_cannot_sign_is_told_before_anything_runs(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        wrong = tmp_path / "wrong.pem"
        wrong.write_text("no key\n")
        with pytest.raises(ProvenanceFileError):
            bench.build(sign_key=wrong)
        assert bench.engine.ran == []

    def test_of_another_image(self, bench: Bench) -> None:
        bench.build()
        other = KnownImage(name=ORIGINAL, digests={ORIGINAL_ID: "id"}, content_was_hashed=False)
        with pytest.raises(ProvenanceMismatchError, match="of another image than my-app:1"):
            check_image(written(bench), other)
        slim = KnownImage(
            name=SLIM, digests={bench.engine.names[SLIM]: "id"}, content_was_hashed=False
        )
        assert check_image(written(bench), slim).outcome is Outcome.HOLDS


class TestRebuild:
    def test_the_same_original_and_trace_give_the_same_image(self, bench: Bench) -> None:
        bench.build(save_trace=bench.folder / "app.trace", includes=("/srv/data",))
        bench.engine.ran.clear()

        assert remade(bench) == [
            ("original", Outcome.HOLDS),
            ("trace", Outcome.HOLDS),
            ("slim image", Outcome.HOLDS),
        ]
        assert set(bench.purposes) == {"files"}, "nothing of the image is run"

    def test_another_original_gives_another(self, bench: Bench) -> None:
        """Of the same id, as nobody but an attacker or a bad disk makes it."""
        bench.build(save_trace=bench.folder / "app.trace")
        bench.engine.write_original("/etc/app.conf", "other")
        with pytest.raises(ProvenanceMismatchError, match="is another one"):
            remade(bench)

    def test_another_trace(self, bench: Bench) -> None:
        file = bench.folder / "app.trace"
        bench.build(save_trace=file)
        file.write_bytes(file.read_bytes() + b"\n")
        with pytest.raises(ProvenanceMismatchError, match="another trace"):
            remade(bench)

    def test_no_trace(self, bench: Bench) -> None:
        bench.build()
        with pytest.raises(UsageError, match="has not saved its trace"):
            remade(bench)
        bench.build(save_trace=bench.folder / "app.trace")
        with pytest.raises(UsageError, match="is not here"):
            remade(bench, beside=bench.reports)

    def test_values_of_variables_are_asked_for(self, bench: Bench) -> None:
        run = RunOptions(environment=(("MODE", "hunter2"),))
        bench.build(save_trace=bench.folder / "app.trace", run=run)
        with pytest.raises(UsageError, match="the build had MODE"):
            remade(bench)
        assert ("slim image", Outcome.HOLDS) in remade(bench, environment=run.environment)

    def test_no_original(self, bench: Bench) -> None:
        bench.build(save_trace=bench.folder / "app.trace")
        bench.engine.forget(ORIGINAL_ID)
        with pytest.raises(OriginalMissingError) as caught:
            remade(bench)
        assert ORIGINAL in caught.value.hint

    def test_other_times(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
        bench.build(save_trace=bench.folder / "app.trace")
        assert ("slim image", Outcome.HOLDS) in remade(bench)
        monkeypatch.delenv("SOURCE_DATE_EPOCH")
        with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH was 1600000000"):
            remade(bench)


def test_a_build_that_fails_has_none(bench: Bench) -> None:
    error, _ = bench.fails(BudgetError, max_size=1000)
    assert not Path(error.report_file).with_name("provenance.json").exists()


def _as_in_toto_has_it(key: PublicKeyTypes) -> dict[str, Any]:
    public = SSlibKey.from_crypto(key)
    return {**public.to_dict(), "keyid": public.keyid}


def _number(data: bytes) -> bytes:
    return str(len(data)).encode()


def _blob(layout: Path, digest: str) -> bytes:
    return layout.joinpath("blobs", *digest.split(":")).read_bytes()


def _sha256(file: Path) -> str:
    return subprocess.run(
        ["sha256sum", str(file)], check=True, capture_output=True, text=True
    ).stdout.split()[0]
