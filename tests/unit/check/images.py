"""Archives that are checked, and checks of them as users run them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slimmer.cli.main import run
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e<b>|`@you`[x](y)\udcff\n::error::\n"
STATUS = "".join(
    f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
    for name, version in (("tool", "1.2-3"), ("data", "7"))
)
LAYERS: tuple[Mapping[str, bytes | File], ...] = (
    {
        "var/lib/dpkg/status": STATUS.encode(),
        "var/lib/dpkg/info/tool.list": b"/usr/bin/tool\n",
        "var/lib/dpkg/info/data.list": b"/usr/share/data/one\n/usr/share/data/two\n",
        "usr/bin/tool": File(b"\x7fELF" + b"t" * 2_000_000, mode=0o4755),
        "usr/share/data/one": b"1" * 600_000,
        "usr/share/data/two": b"2" * 600_000,
        "bin/busybox": File(b"\x7fELF", mode=0o755),
        "bin/sh": File(link="busybox"),
        "etc/sh": b"no program",
        "opt/app/": DIRECTORY,
        "opt/app/model.bin": b"m" * 3_000_000,
        "opt/app/gone.key": b"k" * 1_500_000,
        "opt/app/left.key": b"k",
    },
    {"opt/app/.wh.gone.key": b""},
)
ONE_GATE = ("--max-size", "1GB")


def archive(
    file: Path, *layers: Mapping[str, bytes | File], name: str = "app:latest", **config: Any
) -> Path:
    """A docker-archive of these layers."""
    data = [layer(each) for each in layers or LAYERS]
    file.write_bytes(docker_archive(data, ["ADD rootfs /"] * len(data), names=[name], **config))
    return file


def checked(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 0
) -> dict[str, Any]:
    """What `slim check --format json` prints."""
    assert run(["check", *map(str, arguments), "--format", "json"]) == code
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def gate(document: Mapping[str, Any], name: str = "", subject: str = "") -> dict[str, Any]:
    """The only result of this gate, or of all."""
    (found,) = (
        each
        for each in document["gates"]
        if name in ("", each["gate"]) and subject in ("", each.get("subject"))
    )
    told: dict[str, Any] = found
    return told
