"""A fleet.yaml of the sample images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from tests.survey.survey import SAMPLES

DEBIAN: Final = (
    *("datascience", "django", "express", "fastapi", "flask", "haproxy", "imagetool", "java"),
    *("media", "nginx", "perl", "php", "postgres", "redis", "ruby"),
)
"""Samples on one Debian base."""


def write_fleet(
    file: Path, names: Iterable[str], *, prefix: str, copies: int = 1, **fleet: Any
) -> None:
    """Each sample so many times, as its slim.yaml says; results are `PREFIX/NAME:COPY`."""
    images = []
    for name in names:
        options = yaml.safe_load((SAMPLES / name / "slim.yaml").read_text("utf-8"))
        options.pop("max_size", None)  # of an image that stands alone
        for copy in range(copies):
            tag = f"{prefix}/{name}:{copy}"
            images.append({**options, "tag": tag, "debug": False})
    file.write_text(yaml.safe_dump({"images": images, **fleet}), "utf-8")
