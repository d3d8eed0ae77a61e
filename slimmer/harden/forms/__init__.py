"""One Hardening in everybody's form: each file says the same."""

from __future__ import annotations

from collections.abc import Mapping

from slimmer.harden.forms.compose import compose_fragment
from slimmer.harden.forms.docker_run import run_script
from slimmer.harden.forms.kubernetes import kubernetes_pod
from slimmer.values import Hardening

RUN_NAME, COMPOSE_NAME, KUBERNETES_NAME = (
    "hardened-run.sh",
    "hardened-compose.yaml",
    "hardened-kubernetes.yaml",
)

__all__ = ["COMPOSE_NAME", "KUBERNETES_NAME", "RUN_NAME", "texts_of"]


def texts_of(hardening: Hardening, image: str, tool: str) -> Mapping[str, str]:
    """File name → text, for the image of this name; `tool` is `docker` or `podman`."""
    return {
        RUN_NAME: run_script(hardening, image, tool),
        COMPOSE_NAME: compose_fragment(hardening, image),
        KUBERNETES_NAME: kubernetes_pod(hardening, image),
    }
