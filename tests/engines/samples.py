"""The images that the commands are tried on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

STATIC, NGINX = "slimmer-samples/static:latest", "slimmer-samples/nginx:latest"
BUSYBOX = "slimmer-samples/busybox:latest"
BASE = "slimmer-samples/distroless-base:latest"
CHECKED, NUMBERED = "slimmer-engines/checked:latest", "slimmer-engines/numbered:latest"
HARDENED = "slimmer-engines/hardened:slim"
ELSEWHERE = "elsewhere"
"""The folder of that image's report."""
TRACE = "elsewhere.trace"
"""What it was made from, with system calls."""
HEALTH = ["CMD", "/server", "--version"]
_DOCKERFILES = {
    CHECKED: f"FROM {STATIC}\nHEALTHCHECK CMD {json.dumps(HEALTH[1:])}\n",
    # Its user has a number and no name, and writes into a directory of its own.
    NUMBERED: f"""FROM {BUSYBOX}
RUN mkdir -p /www /var/spool/app && echo ok >/www/health && chown 1000 /var/spool/app
EXPOSE 8080
USER 1000
CMD ["sh", "-c", "echo $$ >/var/spool/app/pid && exec httpd -f -p 8080 -h /www"]
""",
}


def make_samples() -> None:
    """Those that are not among the sample applications, in this machine's own engine."""
    for name, dockerfile in _DOCKERFILES.items():
        subprocess.run(
            ["docker", "build", "--quiet", "--tag", name, "-"],
            input=dockerfile, text=True, stdout=subprocess.DEVNULL, check=True,
            env={**os.environ, "DOCKER_BUILDKIT": "0"},
        )  # fmt: skip


def make_hardened(folder: Path) -> None:
    """A slim image in this machine's own engine, and in `folder` what was found for it."""
    subprocess.run(
        [sys.executable, "-m", "slimmer", "build", NGINX, "--http-probe", "/health", "--no-debug",
         "--harden", "--seccomp", "profile.json", "--tag", HARDENED,
         "--report-dir", ELSEWHERE, "--save-trace", TRACE, "--quiet"],
        cwd=folder, check=True,
    )  # fmt: skip
