"""Which engine is spoken to: as the docker command chooses."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest

from slimmer.engine import address_for_others, connect
from slimmer.errors import EngineUnreachableError
from slimmer.upkeep import examine_machine


@pytest.fixture
def contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker configuration in which the context `far` names an engine that is not there."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text('{"currentContext": "gone"}')
    place = tmp_path / "contexts" / "meta" / hashlib.sha256(b"far").hexdigest()
    place.mkdir(parents=True)
    endpoint = {"Host": f"unix://{tmp_path}/far.sock", "SkipTLSVerify": False}
    described = {"Name": "far", "Metadata": {}, "Endpoints": {"docker": endpoint}}
    (place / "meta.json").write_text(json.dumps(described))
    return tmp_path


def test_the_context_of_the_environment(contexts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    with pytest.raises(EngineUnreachableError, match=r"far\.sock"):
        connect()


def test_contexts_of_a_configuration_that_has_nothing_else(
    contexts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never those of another configuration."""
    (contexts / "config.json").unlink()
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    with pytest.raises(EngineUnreachableError, match=r"far\.sock"):
        connect()


def test_a_context_that_is_not_there_is_no_other_engine(contexts: Path) -> None:
    with pytest.raises(EngineUnreachableError, match="context gone is not there"):
        connect()


def test_certificates_that_are_not_there(contexts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(contexts))
    with pytest.raises(EngineUnreachableError, match="certificates cannot be read"):
        connect()


def test_what_ssh_says_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusing = tmp_path / "ssh"
    refusing.write_text("#!/bin/sh\necho 'Connection refused by far' >&2\nexit 255\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DOCKER_HOST", "ssh://somebody@far:2222")
    with pytest.raises(EngineUnreachableError) as caught:
        connect()
    assert "Connection refused by far" in caught.value.details


def test_other_programs_have_a_socket_for_ssh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ssh").write_text("#!/bin/sh\nexec cat\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with address_for_others("ssh://far") as address:
        for said in (b"one", b"two"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(address.removeprefix("unix://"))
                connection.sendall(said)
                assert connection.recv(10) == said
    assert not Path(address.removeprefix("unix://")).exists()


def test_there_is_no_ssh_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "ssh://far")
    with pytest.raises(EngineUnreachableError, match="the ssh command, which is not here"):
        connect()


def test_doctor_tells_what_the_engine_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    (found,) = (each for each in examine_machine() if each.subject == "container engine")
    assert "No such file or directory" in found.found
