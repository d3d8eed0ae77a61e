"""When a sample image is built again, and what its build is told about this machine."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def build() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "sample_apps" / "build.py"
    specification = importlib.util.spec_from_file_location("sample_apps_build", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("pass\n")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "slim.yaml").write_text("image: a\n")
    return tmp_path


def test_the_same_content_is_not_built_twice(build: ModuleType, folder: Path) -> None:
    before = build.content_hash(folder, "sha256:1")
    (folder / "slim.yaml").write_text("image: b\n")
    (folder / "app" / "main.py").touch()
    assert build.content_hash(folder, "sha256:1") == before


def test_whatever_goes_into_the_image_is_built_again(build: ModuleType, folder: Path) -> None:
    hashes = [build.content_hash(folder, "sha256:1"), build.content_hash(folder, "sha256:2")]
    main = folder / "app" / "main.py"
    main.write_text("pass\n#\n")
    hashes.append(build.content_hash(folder, "sha256:1"))
    main.chmod(0o755)
    hashes.append(build.content_hash(folder, "sha256:1"))
    main.rename(folder / "app" / "other.py")
    hashes.append(build.content_hash(folder, "sha256:1"))
    assert len(set(hashes)) == len(hashes)


def test_a_build_is_given_only_what_its_dockerfile_declares(build: ModuleType) -> None:
    arguments = build.build_arguments(
        "ARG BASE=debian\nFROM ${BASE}\nARG PIP_INDEX_URL\n",
        base="base:1",
        environment={"PIP_INDEX_URL": "https://index.example", "NPM_CONFIG_REGISTRY": "unused"},
    )
    assert arguments == {"BASE": "base:1", "PIP_INDEX_URL": "https://index.example"}


def test_a_build_trusts_what_its_image_trusts(build: ModuleType) -> None:
    given = build.build_arguments(
        "ARG BASE=debian\nFROM ${BASE}\nARG PIP_CERT\n",
        base="base:1",
        environment={"PIP_CERT": "/only/on/this/machine.pem"},
    )
    assert given == {"BASE": "base:1", "PIP_CERT": build.AUTHORITIES}


def test_what_a_machine_trusts_beyond_its_distribution(build: ModuleType, tmp_path: Path) -> None:
    one, two, own = (
        f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----"
        for name in ("one", "two", "own")
    )
    bundle = tmp_path / "bundle.crt"
    bundle.write_text(f"{one}\n{own}\n{two}\n")
    (tmp_path / "mozilla").mkdir()
    (tmp_path / "mozilla" / "one.crt").write_text(f"{one}\n")
    (tmp_path / "mozilla" / "two.crt").write_text(f"{two}\n")
    assert build.own_authorities(bundle, tmp_path / "mozilla") == [own]
    assert build.own_authorities(tmp_path / "none", tmp_path / "mozilla") == []


def test_proxies_reach_every_build(build: ModuleType) -> None:
    arguments = build.build_arguments(
        "FROM scratch\n", base="b", environment={"HTTP_PROXY": "http://p:1"}
    )
    assert arguments == {"http_proxy": "http://p:1"}


def test_every_sample_is_built(build: ModuleType) -> None:
    assert set(build.SLOWEST_FIRST) < set(build.names())
    assert build.names()[0] in build.SLOWEST_FIRST
