"""`python -m tests.layers`: which layers of a slim image are new after a change of its original.

Each sample is built again with one line of its source changed, with one dependency of another
version, and on a base that was built again. Each time the slim and the debug image are built as
users do it, with a traced run, and their layers compared with those of the first build. Writes a
table in Markdown: what was sent anew of how much.
"""

from __future__ import annotations

import argparse
import os
import runpy
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from tests.apps.container import docker
from tests.bench.slim_build import ROOT, forget, slim_build

SAMPLES = ROOT / "sample_apps"
builder = SimpleNamespace(**runpy.run_path(str(SAMPLES / "build.py")))
REPOSITORY = f"slimmer-layers-{os.getpid()}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What is changed of one sample: a file, a text in it, and what stands there instead."""

    line: tuple[str, str, str]
    dependency: tuple[str, str, str] | None


SAMPLE_CHANGES: Mapping[str, Sample] = {
    "express": Sample(
        line=("server.js", '"use strict";', '"use strict"; // changed'),
        dependency=(
            "Dockerfile",
            "&& npm cache clean",
            "&& npm i --no-save ejs@3.1.9 && npm cache clean",
        ),
    ),
    "flask": Sample(
        line=("gunicorn.conf.py", "\n", "\n# changed\n"),
        dependency=("requirements.txt", "click==8.1.7", "click==8.1.8"),
    ),
    "django": Sample(
        line=("site/config/settings.py", "\n", "\n# changed\n"),
        dependency=("requirements.txt", "sqlparse==0.5.3", "sqlparse==0.5.2"),
    ),
    "java": Sample(
        line=("MANIFEST.MF", "Class-Path:", "Changed: yes\nClass-Path:"),
        dependency=None,  # it has none
    ),
}

Layers = dict[str, tuple[str, int]]
"""Name → digest and bytes."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.layers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all four)")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(SAMPLE_CHANGES):
        parser.error(f"no such sample: {', '.join(unknown)}")
    base = builder.run(str(SAMPLES / "base")).stdout.split()[-1]
    tell("| sample | change | new layers | new | of |")
    tell("|---|---|---|---:|---:|")
    for name in arguments.names or SAMPLE_CHANGES:
        for line in measured(name, builder.trusting(base)):
            tell(line)
    return 0


def measured(name: str, base: str) -> Iterator[str]:
    sample = SAMPLE_CHANGES[name]
    changes = {"one line": sample.line}
    if sample.dependency is not None:
        changes["one dependency"] = sample.dependency
    # The first image stays, as the builder's cache is made of its steps.
    with sample_image(name, base) as original:
        first = layers_of(name, original)
        for what, change in changes.items():
            with sample_image(name, base, change) as image:
                yield row(name, what, first, layers_of(name, image))
        with rebuilt(base) as other, sample_image(name, other) as image:
            yield row(name, "the base", first, layers_of(name, image))


@contextmanager
def rebuilt(base: str) -> Iterator[str]:
    """The base as it is after a security update: one file of the system is another."""
    reference = f"{REPOSITORY}/base:rebuilt"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(
            f"FROM {base}\nRUN echo 12.99 > /etc/debian_version\n"
        )
        builder.built(reference, folder, "--no-cache")
    try:
        yield reference
    finally:
        docker("image", "rm", "--force", reference)


@contextmanager
def sample_image(name: str, base: str, change: tuple[str, str, str] | None = None) -> Iterator[str]:
    """The sample built with the change, steps before it from the builder's cache."""
    reference = f"{REPOSITORY}/{name}:{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copytree(SAMPLES / name, copy)
        if change is not None:
            file, before, after = change
            text = (copy / file).read_text()
            assert before in text, f"{name}: {file} has no {before!r}"
            (copy / file).write_text(text.replace(before, after, 1))
        dockerfile = (copy / "Dockerfile").read_text()
        values = builder.build_arguments(dockerfile, base=base, environment=os.environ)
        options = [f"--build-arg={key}={value}" for key, value in sorted(values.items())]
        builder.built(reference, str(copy), "--label", f"slimmer.sample={name}", *options)
    try:
        yield reference
    finally:
        docker("image", "rm", "--force", reference)


def layers_of(name: str, image: str) -> Layers:
    """Those of the debug image, which has the slim one's and more."""
    result = slim_build(image, "--file", str(SAMPLES / name / "slim.yaml"), name=name)
    forget(result.reference)
    return {
        each["name"]: (each["digest"], each["size"]) for each in result.report["debug"]["layers"]
    }


def row(name: str, what: str, before: Layers, after: Layers) -> str:
    new = {
        layer: size
        for layer, (digest, size) in after.items()
        if (digest, size) != before.get(layer)
    }
    whole = sum(size for _, size in after.values())
    return (
        f"| {name} | {what} | {', '.join(new) or 'none'} "
        f"| {sum(new.values()) / 1e6:.2f} MB | {whole / 1e6:.1f} MB |"
    )


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
