"""A Podman engine: what it does otherwise than Docker behind the same API."""

from __future__ import annotations

import contextlib
import io
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import docker

from slimmer.engine.docker import DockerEngine
from slimmer.engine.docker.containers import last_words
from slimmer.engine.docker.failures import agreed, if_possible, translated
from slimmer.engine.podman.settings import profile_of, with_owned_memory, with_profile_file

_LIBPOD: Final = "/v4.0.0/libpod"
"""Podman's own API; every later one answers to this version too."""
_PROFILES: Final = "/.slim-profile"
"""Where the volume with a seccomp profile would be in the container that holds it."""
_PAUSE: Final = 0.2
"""Seconds between two runs of a HEALTHCHECK."""


class PodmanEngine(DockerEngine):
    """interface.Engine for Podman 4 and later."""

    tool = "podman"
    takes_index = False
    adds_to_layers = False
    """It puts an image together from files, all of which it wants."""
    knows_pushed = False
    """It keeps the digest of the image with plain layers, and pushes one with compressed ones."""

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        configuration = with_owned_memory(configuration)
        text = profile_of(configuration)
        if not text:
            return super().create_container(configuration, name)
        with self._held(text, configuration) as file:
            return super().create_container(with_profile_file(configuration, file), name)

    @contextlib.contextmanager
    def _held(self, profile: str, configuration: Mapping[str, Any]) -> Iterator[str]:
        """The profile as a file of the engine's machine, which need not see ours: in a volume of a
        container that is never started. Podman reads it while the other one is created."""
        holder = super().create_container(
            {
                "Image": configuration["Image"],
                "Entrypoint": ["/"],
                "Labels": configuration.get("Labels") or {},
                "HostConfig": {
                    "Mounts": [{"Type": "volume", "Target": _PROFILES}],
                    "NetworkMode": "none",
                },
            }
        )
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "seccomp.json")
                file.write_text(profile)
                self.put_file(holder, f"{_PROFILES}/{file.name}", file)
            mounts = self.inspect_container(holder)["Mounts"]
            source = next(each["Source"] for each in mounts if each["Destination"] == _PROFILES)
            yield f"{source}/{file.name}"
        finally:
            self.remove_container(holder)

    def find_image(self, reference: str) -> dict[str, Any] | None:
        """Docker's description leaves HEALTHCHECK out; libpod's has it."""
        found = super().find_image(reference)
        if found is None:
            return None
        with translated(f"inspect the image {reference}"):
            check = agreed(lambda: self._libpod(f"/images/{found['Id']}/json").get("Healthcheck"))
        if check:
            found["Config"] = {**found["Config"], "Healthcheck": check}
        return found

    def await_health(self, container: str, timeout: float) -> str | None:
        """Podman's checks are run by timers of systemd, which an engine in a container has not: so
        this runs them."""
        deadline = time.monotonic() + timeout
        while True:
            state = self.inspect_container(container)["State"]
            health: dict[str, Any] = state.get("Health") or {}
            if not health.get("Status"):
                return None
            if state.get("Running"):
                with translated("run the container's HEALTHCHECK"):
                    health |= self._libpod(f"/containers/{container}/healthcheck")
            if health["Status"] == "healthy":
                return ""
            if not state.get("Running") or time.monotonic() > deadline:
                return last_words(health)
            time.sleep(_PAUSE)

    def process_users(self, container: str) -> tuple[tuple[int, int], ...]:
        """Podman would run the image's own `ps`, which few have. What it reads itself are names,
        and process ids of the container."""
        with if_possible("ask for the container's processes"):
            told = self._client.top(container, ps_args="pid,user,group")["Processes"] or ()
            users, groups = self._ids(container, "/etc/passwd"), self._ids(container, "/etc/group")
            found = [
                (users.get(user, user), groups.get(group, group))
                for _, user, group in sorted(told, key=lambda row: row[0] != "1")
            ]
            if all(number.isdigit() for pair in found for number in pair):
                return tuple((int(uid), int(gid)) for uid, gid in found)
        return ()

    def _ids(self, container: str, file: str) -> dict[str, str]:
        """Name → number, of /etc/passwd or /etc/group; none where there is no such file."""
        try:
            parts, _ = self._client.get_archive(container, file)
        except docker.errors.NotFound:
            return {}
        with tarfile.open(fileobj=io.BytesIO(b"".join(parts))) as archive:
            members = (archive.extractfile(each) for each in archive if each.isfile())
            text = b"".join(each.read() for each in members if each is not None)
        lines = [line.split(":") for line in text.decode("utf-8", "replace").splitlines()]
        return {fields[0]: fields[2] for fields in lines if len(fields) > 2}

    def remove_container(self, container: str) -> None:
        """Podman stops what runs before it removes it, and waits ten seconds for that."""
        with if_possible("end the container"):
            self._client.kill(container)
        super().remove_container(container)

    def _libpod(self, path: str) -> Mapping[str, Any]:
        response = self._client._get(f"{self._client.base_url}{_LIBPOD}{path}")
        self._client._raise_for_status(response)
        found: Mapping[str, Any] = response.json()
        return found
