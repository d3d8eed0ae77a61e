"""A Pod with what was found: `securityContext` and the volumes that a read-only root needs."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any

import yaml

from slimmer.harden.forms.names import LOW_PORTS, mount_name, short_name
from slimmer.values import Hardening, PlaceKind


def kubernetes_pod(hardening: Hardening, image: str, seccomp: str = "") -> str:
    """YAML of a Pod, as `kubectl apply` takes it; its `spec` is that of a Deployment's template.

    The name of a user is a number here: Kubernetes holds `runAsNonRoot` against a number only.
    Where the profile `seccomp` lies on a cluster's nodes is not known: a remark tells its name.
    """
    rights: dict[str, Any] = {
        "allowPrivilegeEscalation": not hardening.no_new_privileges,
        "readOnlyRootFilesystem": _is_read_only(hardening),
        "capabilities": {"drop": ["ALL"]},
    }
    if hardening.capabilities:
        rights["capabilities"]["add"] = [each.name for each in hardening.capabilities]
    if hardening.is_root is False:
        rights["runAsNonRoot"] = True
    named = hardening.user if hardening.user[:1].isdigit() else ""
    process = hardening.process_user if not hardening.is_root else ""
    uid, _, gid = (process or named).partition(":")
    if uid.isdigit():
        rights["runAsUser"] = int(uid)
    if gid.isdigit():
        rights["runAsGroup"] = int(gid)
    container: dict[str, Any] = {
        "name": short_name(image),
        "image": image,
        "securityContext": rights,
    }
    spec: dict[str, Any] = {"containers": [container]}
    taken: set[str] = set()
    mounts = [
        {"name": mount_name(path, taken), "mountPath": path} for path in _empty_volumes(hardening)
    ]
    if mounts:
        container["volumeMounts"] = mounts
        spec["volumes"] = [{"name": each["name"], "emptyDir": {}} for each in mounts]
    pod_rights: dict[str, Any] = {"seccompProfile": {"type": "RuntimeDefault"}}
    if hardening.low_ports and hardening.is_root is False:
        # As Docker sets it in each container; a sysctl that Kubernetes counts among the safe ones.
        pod_rights["sysctls"] = [{"name": LOW_PORTS, "value": "0"}]
    document = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": short_name(image)},
        "spec": {"securityContext": pod_rights, **spec},
    }
    return _head(hardening, posixpath.basename(seccomp)) + yaml.safe_dump(document, sort_keys=False)


def _is_read_only(hardening: Hardening) -> bool:
    """An emptyDir does not begin with what the image has, so a place that needs this stays in the
    root, which is writable then."""
    return hardening.read_only and not any(
        each.kind == PlaceKind.VOLUME and each.is_needed for each in hardening.places
    )


def _empty_volumes(hardening: Hardening) -> list[str]:
    memory = [each.path for each in hardening.places if each.kind == PlaceKind.TMPFS]
    return sorted({*memory, *hardening.image_volumes}) if _is_read_only(hardening) else []


def _head(hardening: Hardening, profile: str) -> str:
    return "".join(f"# {line}\n" for line in _remarks(hardening, profile))


def _remarks(hardening: Hardening, profile: str) -> Iterator[str]:
    yield "Made by `slim build --harden` of what passed in the container engine; no cluster has"
    yield "tried it. Copy what is below `spec` into the template of your Deployment."
    if profile:
        yield f"It was tried with the seccomp profile {profile} on. With that file in"
        yield "/var/lib/kubelet/seccomp of each node, it is what `seccompProfile` names by"
        yield "  type: Localhost"
        yield f"  localhostProfile: {json.dumps(profile, ensure_ascii=False)}"
    for place in hardening.places:
        if place.kind == PlaceKind.VOLUME and not place.is_needed and _is_read_only(hardening):
            yield f"{place.path} is read-only here: nothing was seen to be written there, but the"
            yield "image gives it to the application's user."
        elif place.kind == PlaceKind.VOLUME:
            yield f"The root is writable: {place.path} is written to and begins with files of the"
            yield "image, which an emptyDir would hide."
    if _is_read_only(hardening):
        for path in hardening.image_volumes:
            yield f"{path} is a volume of the image: an emptyDir goes with the Pod, a"
            yield "PersistentVolumeClaim does not. Neither begins with what the image has there."
