"""The FastAPI sample behind TLS, with a certificate that only the sample itself trusts."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.apps.container import docker

pytestmark = [pytest.mark.apps, pytest.mark.xdist_group("fastapi")]

SERVER = (
    "uvicorn app.main:app --host 0.0.0.0 --port 8000 "
    "--ssl-keyfile /srv/tls/key.pem --ssl-certfile /srv/tls/cert.pem"
)


def build(original: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "slimmer", "build", original, "--no-debug", "--cmd", SERVER,
        "--json", "--report-dir", str(folder), *arguments,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("asked", ["--crawl", "--http-probe"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    originals: dict[str, str], tmp_path: Path, asked: str
) -> None:
    ran = build(originals["fastapi"], asked, "https://localhost/", folder=tmp_path)
    assert ran.returncode == 9
    assert "its certificate is not trusted: self-signed certificate" in ran.stderr
    assert "--insecure" in ran.stderr


def test_plain_http_is_told_of_tls(originals: dict[str, str], tmp_path: Path) -> None:
    ran = build(originals["fastapi"], "--http-probe", "/health", folder=tmp_path)
    assert ran.returncode == 9
    assert "the port speaks TLS: ask for https://" in ran.stderr


def test_insecure_takes_it(originals: dict[str, str], tmp_path: Path) -> None:
    name = f"slimmer-test-{uuid.uuid4().hex[:12]}/tls:slim"
    try:
        ran = build(
            *(originals["fastapi"], "--insecure", "--tag", name, "--crawl", "https://localhost/"),
            *("--http-probe", "https://api.example/health", "--probe-workers", "4"),
            *("--http-probe", "GET:https://api.example/health/nobody 404"),
            folder=tmp_path,
        )
        assert ran.returncode == 0, ran.stderr
        report = json.loads(ran.stdout)
        (explored,) = report["explorations"]
        assert explored["source"] == "https://localhost:8000/"
        assert explored["statuses"]["200"] >= 2, "the page and its style sheet"
        assert report.get("repair") is None
    finally:
        docker("image", "rm", "--force", name)
