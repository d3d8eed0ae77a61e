"""Images that are only for measuring, made from the samples."""

from __future__ import annotations

import os
from pathlib import Path

from tests.apps.container import docker, inspect_image

FOLDER = Path(__file__).resolve().parent
PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def build_image(name: str, *, base: str) -> str:
    """The reference of the image that the folder `name` describes, on top of `base`."""
    proxies = [f"--build-arg={key}={value}" for key in PROXIES if (value := os.environ.get(key))]
    tag = f"slimmer-samples/bench-{name.replace('_', '-')}:{inspect_image(base)['Id'][7:19]}"
    label = f"slimmer.sample=bench-{name}"
    docker(
        "build", "--quiet", "--build-arg", f"BASE={base}", "--label", label, "--tag", tag,
        *proxies, str(FOLDER / name),
    )  # fmt: skip
    return tag
