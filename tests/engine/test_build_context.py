"""What `COPY . /x` really receives, by an engine that builds it, beside what slimmer says."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path
from uuid import uuid4

import pytest

from slimmer.dockerfile import read_context
from tests.unit.dockerfile.test_context import TREE

pytestmark = pytest.mark.engine
IGNORE_FILES = (
    "*.md\n**/deep/*.txt\n./node_modules/\n**/.git\n[^a-z]*\n# comment\nx\\[1\\].txt\nsrc/*/\n",
    "*\n!docs\ndocs/**/b.md\n!src/y/z.log\n! b.txt\n!sub/node_modules/q\n",
)


@pytest.mark.parametrize("patterns", IGNORE_FILES)
def test_the_context_is_what_the_engine_gets(tmp_path: Path, patterns: str) -> None:
    for path in TREE:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY . /x\nCMD ["/x"]\n')
    (tmp_path / ".dockerignore").write_text(patterns)
    told = {file.path: file.size for file in read_context(tmp_path).files}
    assert told == received(tmp_path)
    assert 2 < len(told) < len(TREE)


def received(folder: Path) -> dict[str, int]:
    """Path → bytes of each file that the image has."""
    tag = f"slimmer-test-context:{uuid4().hex[:12]}"
    docker("build", "--quiet", "--no-cache", "--tag", tag, str(folder))
    try:
        container = docker("create", tag).decode().strip()
        try:
            exported = docker("export", container)
        finally:
            docker("rm", container)
    finally:
        docker("image", "rm", tag)
    with tarfile.open(fileobj=io.BytesIO(exported)) as archive:
        return {
            member.name.removeprefix("x/"): member.size
            for member in archive
            if member.isfile() and member.name.startswith("x/")
        }


def docker(*arguments: str) -> bytes:
    """The classic builder, as some machines have no other: both read ignore files alike."""
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(["docker", *arguments], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
