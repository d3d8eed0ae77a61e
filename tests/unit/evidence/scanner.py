"""The real Trivy, offline, with a hand-made database."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.evidence.advisories import write_advisories


class Scanner:
    """Trivy with a database of its own."""

    def __init__(self, program: str, cache: Path) -> None:
        self._program = program
        self._cache = cache

    def sbom(self, file: Path, *options: str, into: Path | None = None) -> dict[str, Any]:
        """Its report on an SBOM."""
        return self._scan("sbom", *options, str(file), into=into)

    def tree(self, root: Path, *options: str, into: Path | None = None) -> dict[str, Any]:
        """Its report on a root file system."""
        return self._scan("rootfs", *options, str(root), into=into)

    def archive(self, file: Path, *options: str, into: Path | None = None) -> dict[str, Any]:
        """Its report on an image, which is a docker-archive."""
        return self._scan("image", *options, "--input", str(file), into=into)

    def _scan(self, command: str, *arguments: str, into: Path | None) -> dict[str, Any]:
        done = subprocess.run(
            [
                *(self._program, "--quiet", "--cache-dir", str(self._cache), command),
                *("--scanners", "vuln", "--offline-scan", "--skip-db-update"),
                *("--skip-java-db-update", "--list-all-pkgs", "--format", "json", *arguments),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        if into is not None:
            into.write_text(done.stdout)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def findings(report: dict[str, Any]) -> set[tuple[str, str]]:
    """(weakness, package) of all that counts."""
    return {
        (each["VulnerabilityID"], each["PkgName"])
        for result in report.get("Results") or ()
        for each in result.get("Vulnerabilities") or ()
    }


@pytest.fixture(scope="session")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    """Knows CVE-1 in the source package glibc, CVE-2 in tool, CVE-3 in Flask, CVE-4 in left-pad."""
    program = shutil.which("trivy", path=str(Path(sys.executable).parent)) or shutil.which("trivy")
    if program is None:
        pytest.skip("trivy is not installed")
    cache = tmp_path_factory.mktemp("trivy")
    any_version = {"VulnerableVersions": [">=0"]}
    write_advisories(
        cache,
        {
            "debian 12": {
                "glibc": {"CVE-2026-0001": {"FixedVersion": "99"}},
                "tool": {"CVE-2026-0002": {"FixedVersion": "99"}},
            },
            "pip::hand-made": {"flask": {"CVE-2026-0003": any_version}},
            "npm::hand-made": {"left-pad": {"CVE-2026-0004": any_version}},
        },
    )
    return Scanner(program, cache)
