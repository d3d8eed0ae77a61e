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
"""Where Debian keeps the trusted certificate authorities, in images as well."""
DISTRIBUTIONS_AUTHORITIES = Path("/usr/share/ca-certificates")
"""Those that every Debian trusts, as files of one certificate each."""
TRUSTED = "/usr/local/share/ca-certificates"
"""Where Debian looks for those that an administrator adds."""

ABOUT_THE_IMAGE = ("slim.yaml", "held_out.yaml", "test_shop.py")
"""Files of a sample's folder that do not go into its image."""

PROXIES = ("http_proxy", "https_proxy", "no_proxy")
"""Build arguments that every Dockerfile has."""

SLOWEST_FIRST = (
    *("express", "flask", "go", "imagetool", "java", "media", "perl", "php", "postgres", "ruby"),
)
"""So that no long build starts when the others are done."""


_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_CAUSE = re.compile(r"^.*\b(?:error|fail|failed|cannot|unable)\b.*$", re.IGNORECASE | re.MULTILINE)
_DISTRUST = re.compile(
    r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_\w+_CERT|self.signed certificate"
    r"|unable to get local issuer certificate"
)


class BuildError(Exception):
    """An image could not be built; the message is one line that names the builder's log."""


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
    dockerfile: str, *, base: str, environment: Mapping[str, str]
) -> dict[str, str]:
    """What to give to `docker build`, from what the Dockerfile declares and this machine has.

    The bundle of certificate authorities is the image's, see `trusting`.
    """
    available = {"BASE": base, "PIP_CERT": AUTHORITIES, "NODE_EXTRA_CA_CERTS": AUTHORITIES}
    for name in ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY"):
        if environment.get(name):
            available[name] = environment[name]

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


def own_authorities(
    bundle: Path = Path(AUTHORITIES), distributions: Path = DISTRIBUTIONS_AUTHORITIES
) -> list[str]:
    """The certificates that this machine trusts beyond its distribution's own, as that of a proxy
    that inspects TLS."""
    if not bundle.is_file():
        return []
    of_all = {text for path in distributions.rglob("*.crt") for text in certificates(path)}
    return [text for text in certificates(bundle) if text not in of_all]


def certificates(file: Path) -> list[str]:
    return _CERTIFICATE.findall(file.read_text(errors="replace"))


def trusting(base: str) -> str:
    """The base image, or one on top of it that trusts what this machine trusts. Certificates stay
    where an installation of ca-certificates finds them."""
    own = own_authorities()
    if not own or base.startswith("slimmer-samples/"):
        return base
    reads = f"cat {TRUSTED}/*.crt 2>/dev/null || true"
    present = run("docker", "run", "--rm", "--entrypoint", "/bin/sh", base, "-c", reads).stdout
    if all(text in present for text in own):
        return base
    texts = "\n".join(own)
    digest = hashlib.sha256(f"{image_field(base, '.Id')}{texts}".encode()).hexdigest()
    reference = f"slimmer-samples/trusting:{digest[:12]}"
    if not image_field(reference, ".Id"):
        say(f"{base} trusts {len(own)} certificates of this machine from now on, as {reference}")
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(own):
                (Path(folder) / f"machine-{number}.crt").write_text(f"{text}\n")
            (Path(folder) / "Dockerfile").write_text(
                f"FROM {base}\nCOPY *.crt {TRUSTED}/\n"
                "RUN ! command -v update-ca-certificates >/dev/null || update-ca-certificates\n"
            )
            built(reference, folder)
    return reference


def built(reference: str, folder: str, *options: str) -> None:
    """Runs the builder. Raises BuildError with the line that says what went wrong."""
    result = run("docker", "build", "--tag", reference, *options, folder)
    if result.returncode == 0:
        return
    name = re.sub(r"\W+", "-", reference)
    log = Path(tempfile.gettempdir()) / f"{name}.log"
    log.write_text(result.stdout)
    lines = _CAUSE.findall(result.stdout) or result.stdout.splitlines() or ["no output"]
    cause = lines[-1].strip()
    if _DISTRUST.search(result.stdout):
        cause = (
            f"the certificate of a package index is not trusted: if a proxy of yours inspects TLS, "
            f"its certificate has to be in {AUTHORITIES} of this machine"
        )
    raise BuildError(f"docker build of {reference} failed: {cause} (log: {log})")


def ensure(name: str, *, base: str, base_id: str) -> str:
    """The reference of an up-to-date image of this sample, built where it is missing."""
    folder = SAMPLES / name
    reference = f"slimmer-samples/{name}:{content_hash(folder, base_id)}"
    latest = f"slimmer-samples/{name}:latest"
    if not image_field(reference, ".Id"):
        started = time.monotonic()
        dockerfile = (folder / "Dockerfile").read_text()
        arguments = build_arguments(dockerfile, base=base, environment=os.environ)
        options = [f"--build-arg={key}={value}" for key, value in sorted(arguments.items())]
        built(reference, str(folder), "--label", f"{LABEL}={name}", *options)
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
        try:
            base = trusting(chosen.stdout.strip())
        except BuildError as error:
            say(str(error))
            return 1
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
