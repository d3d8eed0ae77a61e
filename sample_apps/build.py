#!/usr/bin/env python3
"""Builds the sample images: all of them, or those that are named.

Each image is tagged `slimmer-samples/NAME:latest` and `slimmer-samples/NAME:HASH`, where HASH
covers the folder's content and the base image. An image whose HASH is there is not built again,
and two checkouts with different samples do not disturb each other when they use that tag.

Writes one line per image to stdout, `NAME REFERENCE`; talk goes to stderr. Needs nothing but
Python and the docker client, so that it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
LABEL = "slimmer.sample"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
"""Where Debian keeps the trusted certificate authorities, in the local base image too."""

ABOUT_THE_IMAGE = ("slim.yaml", "held_out.yaml", "test_shop.py")
"""Files of a sample's folder that do not go into its image."""

PROXIES = ("http_proxy", "https_proxy", "no_proxy")
"""Build arguments that every Dockerfile has."""

SLOWEST_FIRST = (
    *("express", "flask", "imagetool", "java", "media", "perl", "php", "postgres", "ruby"),
)
"""So that no long build starts when the others are done."""


class BuildError(Exception):
    """An image could not be built; the message holds the end of the builder's log."""


def names() -> list[str]:
    """Every folder with a Dockerfile, the slowest builds first."""
    found = sorted(path.parent.name for path in SAMPLES.glob("*/Dockerfile"))
    return sorted(found, key=lambda name: name not in SLOWEST_FIRST)


def content_hash(folder: Path, base_id: str) -> str:
    """12 hex digits over the paths, modes and bytes of a folder and the id of its base image.

    ABOUT_THE_IMAGE is left out: it speaks about the image, and is not part of it.
    """
    digest = hashlib.sha256(base_id.encode())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in ABOUT_THE_IMAGE or "__pycache__" in path.parts:
            continue
        executable = "x" if os.access(path, os.X_OK) else "-"
        digest.update(f"{executable}{len(name)}:{name}{path.stat().st_size}:".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def build_arguments(
    dockerfile: str, *, base: str, local_base: bool, environment: Mapping[str, str]
) -> dict[str, str]:
    """What to give to `docker build`, from what the Dockerfile declares and this machine has.

    Paths of certificate bundles are not this machine's but the local base image's: it carries
    the same authorities. A public base has its own and is given none.
    """
    available = {"BASE": base}
    for name in ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY"):
        if environment.get(name):
            available[name] = environment[name]
    if local_base:
        available |= {"PIP_CERT": AUTHORITIES, "NODE_EXTRA_CA_CERTS": AUTHORITIES}

    declared = re.findall(r"^ARG\s+(\w+)", dockerfile, flags=re.MULTILINE)
    arguments = {name: value for name, value in available.items() if name in declared}
    for name in PROXIES:
        value = environment.get(name) or environment.get(name.upper())
        if value:
            arguments[name] = value
    return arguments


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """The finished process with its output, stderr included; never raises for its status."""
    return subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def say(message: str) -> None:
    sys.stderr.write(f"samples: {message}\n")
    sys.stderr.flush()


def image_field(reference: str, field: str) -> str:
    """One field of an image, e.g. `.Id`; empty where there is no such image."""
    result = run("docker", "image", "inspect", "--format", "{{" + field + "}}", reference)
    return result.stdout.strip() if result.returncode == 0 else ""


def ensure(name: str, *, base: str, base_id: str) -> str:
    """The reference of an up-to-date image of this sample, built where it is missing."""
    folder = SAMPLES / name
    reference = f"slimmer-samples/{name}:{content_hash(folder, base_id)}"
    latest = f"slimmer-samples/{name}:latest"
    if not image_field(reference, ".Id"):
        started = time.monotonic()
        arguments = build_arguments(
            (folder / "Dockerfile").read_text(),
            base=base,
            local_base=base.startswith("slimmer-samples/"),
            environment=os.environ,
        )
        options = [f"--build-arg={key}={value}" for key, value in sorted(arguments.items())]
        result = run(
            "docker", "build", "--label", f"{LABEL}={name}", "--tag", reference, *options,
            str(folder),
        )  # fmt: skip
        if result.returncode != 0:
            end = "\n".join(result.stdout.splitlines()[-30:])
            raise BuildError(f"docker build of {name} failed:\n{end}")
        megabytes = int(image_field(reference, ".Size")) / 1e6
        say(f"built {name} in {time.monotonic() - started:.0f} s ({megabytes:.0f} MB)")
    run("docker", "tag", reference, latest)
    return reference


@contextmanager
def only_one() -> Iterator[None]:
    """Lets a second build on this machine wait: it will then find its images there."""
    lock = Path(tempfile.gettempdir()) / f"slimmer-samples-{os.getuid()}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    known = names()
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        say(f"no such sample: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    with only_one(), ThreadPoolExecutor(max_workers=3) as pool:
        chosen = subprocess.run(
            [str(SAMPLES / "base")], text=True, stdout=subprocess.PIPE, check=False
        )
        if chosen.returncode != 0:
            return 1
        base = chosen.stdout.strip()
        base_id = image_field(base, ".Id")
        wanted = [name for name in known if not arguments or name in arguments]
        builds = {name: pool.submit(ensure, name, base=base, base_id=base_id) for name in wanted}
        failed = False
        for name, build in builds.items():
            try:
                sys.stdout.write(f"{name} {build.result()}\n")
            except BuildError as error:
                say(str(error))
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
