"""One Hardening in everybody's form: each file says the same."""

from __future__ import annotations

from collections.abc import Mapping

from slimmer.harden.forms.apparmor import apparmor_profile
from slimmer.harden.forms.compose import compose_fragment
from slimmer.harden.forms.docker_run import run_script
from slimmer.harden.forms.kubernetes import kubernetes_pod
from slimmer.harden.forms.landlock import landlock_ruleset
from slimmer.harden.places import Ground
from slimmer.harden.uses import path_uses
from slimmer.values import Hardening, Trace

RUN_NAME, COMPOSE_NAME, KUBERNETES_NAME, APPARMOR_NAME, LANDLOCK_NAME = (
    "hardened-run.sh",
    "hardened-compose.yaml",
    "hardened-kubernetes.yaml",
    "hardened-apparmor.profile",
    "hardened-landlock.json",
)

__all__ = [
    "APPARMOR_NAME",
    "COMPOSE_NAME",
    "KUBERNETES_NAME",
    "LANDLOCK_NAME",
    "RUN_NAME",
    "texts_of",
]


def texts_of(
    hardening: Hardening,
    image: str,
    tool: str,
    *,
    trace: Trace,
    ground: Ground,
    narrow: bool,
    seccomp: str = "",
) -> Mapping[str, str]:
    """File name → text, for the image of this name. `tool` is `docker` or `podman`; `narrow`:
    profiles deny each path of the image that `trace` does not have; `seccomp` is the profile that
    was on in the trials, as seen from these files."""
    uses = path_uses(trace, ground, hardening)
    return {
        RUN_NAME: run_script(hardening, image, tool, seccomp),
        COMPOSE_NAME: compose_fragment(hardening, image, seccomp),
        KUBERNETES_NAME: kubernetes_pod(hardening, image, seccomp),
        APPARMOR_NAME: apparmor_profile(hardening, uses, image, narrow=narrow),
        LANDLOCK_NAME: landlock_ruleset(hardening, uses, ground.kept, narrow=narrow),
    }
