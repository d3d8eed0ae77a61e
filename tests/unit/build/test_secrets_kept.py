"""Which of the files that are kept are looked into for secrets."""

from __future__ import annotations

from pathlib import Path

from slimmer.build.secrets import secrets_kept
from slimmer.files import read_packages
from slimmer.pack import DEPENDENCIES
from slimmer.values import LayerPlan
from tests.unit.files.serving import indexed

KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA" * 4 + "\n"


def test_neither_packages_nor_their_byte_code_are_looked_into(tmp_path: Path) -> None:
    root = tmp_path / "root"
    library = "usr/lib/python3/dist-packages/chat"
    names = (f"{library}/keys.py", f"{library}/__pycache__/keys.cpython-311.pyc", "app/key.pem")
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(KEY)
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "chat.list").write_text(f"/{names[0]}\n")
    stanza = "Package: chat\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
    (root / "var/lib/dpkg/status").write_text(stanza)
    with indexed(root, tmp_path / "spool") as (index, content):
        packages = read_packages(index, content)
        plans = [
            LayerPlan(name="application", entries=tuple(index)),
            LayerPlan(name=DEPENDENCIES, entries=tuple(index)),
        ]
        found = secrets_kept(plans, content, packages)
    assert [path for path, _, _ in found] == ["/app/key.pem"]
