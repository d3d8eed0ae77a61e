"""`slim verify-provenance` as people type it: what is printed, and the exit codes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from slimmer.cli.main import run
from slimmer.errors import ProvenanceFileError, ProvenanceMismatchError, UsageError
from slimmer.pack import NamedImage
from slimmer.pack.outputs import write_oci_layout
from slimmer.provenance import read_signer, sign
from tests.unit.pack.test_referrers import image
from tests.unit.provenance.test_keys import write_pair
from tests.unit.provenance.test_reading import STATEMENT

MISMATCH, WRONG_FILE = ProvenanceMismatchError.exit_code, ProvenanceFileError.exit_code


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with keys, a layout of the image that the statement is of, and one of another."""
    for number, name in ((1, "own"), (2, "other")):
        write_oci_layout([NamedImage(image=image(number), reference=name)], tmp_path / name)
    digest = image(1).config_digest.removeprefix("sha256:")
    statement = {**STATEMENT, "subject": [{"name": "my-app:1", "digest": {"sha256": digest}}]}
    payload = json.dumps(statement).encode()
    private, _ = write_pair(tmp_path, Ed25519PrivateKey.generate())
    (tmp_path / "bare.json").write_bytes(payload)
    (tmp_path / "sealed.json").write_bytes(sign(payload, read_signer(private)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verify(*words: str) -> int:
    return run(["verify-provenance", *words])


def test_what_holds_and_what_nobody_looked_at(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("sealed.json", "--key", "key.pub", "./own") == 0
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("✓ signature: ed25519")
    assert second.startswith("✓ image: ./own is my-app:1, by its id sha256:")
    assert "layers were hashed" in second
    assert rest
    assert all("not checked" in line for line in rest)


def test_as_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("sealed.json", "--key", "key.pub", "--json") == 0
    checks = json.loads(capsys.readouterr().out)
    outcomes = {each["subject"]: each["outcome"] for each in checks}
    assert outcomes == {
        "signature": "holds",
        "image": "not checked",
        "builder": "not checked",
    }


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["sealed.json"], UsageError.exit_code, "no key is named"),
        (["sealed.json", "--key", "key.pub", "--unsigned"], 2, "contradict"),
        (["sealed.json", "--unsigned", "--trace", "a"], 2, "are for --rebuild"),
        (["sealed.json", "--key", "key.pub", "./other"], MISMATCH, "of another image"),
        (["bare.json", "--key", "key.pub"], MISMATCH, "is not signed"),
        (["sealed.json", "--key", "key.pem"], WRONG_FILE, "is a private key"),
        (["own/index.json", "--key", "key.pub"], WRONG_FILE, "neither an in-toto statement"),
        (["key.pub", "--key", "key.pub"], WRONG_FILE, "is not JSON"),
        (["nothing.json", "--key", "key.pub"], WRONG_FILE, "No such file"),
        (["sealed.json", "--key", "nothing.pub"], WRONG_FILE, "No such file"),
    ],
)
def test_each_mistake_has_its_words(
    place: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    assert verify(*words) == code
    assert told in capsys.readouterr().err


def test_what_nobody_has_signed_is_looked_at_on_request(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("bare.json", "--unsigned", "./own") == 0
    out = capsys.readouterr().out
    assert "not checked: the file is not signed" in out
    assert "nobody vouches for it" in out


def test_what_is_not_what_was_signed_fails(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed = json.loads((place / "sealed.json").read_text())
    statement = json.loads(base64.b64decode(sealed["payload"]))
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    sealed["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    (place / "sealed.json").write_text(json.dumps(sealed))
    assert verify("sealed.json", "--key", "key.pub") == MISMATCH
    assert "changed after signing" in capsys.readouterr().err
