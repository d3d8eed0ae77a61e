"""What `slim doctor` looks at: each check gives one finding, and none hides another.

The traced run is not judged by version numbers: a container made from scratch, holding nothing
but the sensor, is traced for real, and the sensor says which sources it got.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slimmer import __version__
from slimmer.engine import SENSOR_PATH, Engine, Session, connect
from slimmer.errors import SlimError
from slimmer.image import read_original
from slimmer.pack import NamedImage, docker_archive, pack_image
from slimmer.trace.run import TracedRun, sensor_binary
from slimmer.upkeep.finding import Finding, State
from slimmer.upkeep.installation import installation_findings
from slimmer.values import Entry, EntryType, LayerPlan, Original, RunOptions, Source
from slimmer.workspace import workspace

WANTED_SPACE = 2 * 10**9
"""Bytes of free disk below which a build of an ordinary image may fail."""


def examine_machine() -> Iterator[Finding]:
    """All findings, in the order in which one depends on the other."""
    yield Finding(subject="slimmer", state=State.GOOD, found=__version__)
    yield from installation_findings()
    yield _space("temporary folder", Path(tempfile.gettempdir()), "point TMPDIR at a larger disk")
    try:
        engine = connect()
        version, info = engine.version(), engine.info()
    except SlimError as error:
        yield Finding(
            subject="container engine",
            state=State.BROKEN,
            found=_told(error),
            advice=_advice(error),
        )
        return
    yield from _engine_findings(engine, version, info)
    yield from _trace_findings(engine, str(version.get("Arch", "amd64")))


def _engine_findings(
    engine: Engine, version: dict[str, Any], info: dict[str, Any]
) -> Iterator[Finding]:
    platform = (version.get("Platform") or {}).get("Name") or "Docker-compatible"
    yield Finding(
        subject="container engine",
        state=State.GOOD,
        found=f"{platform} {version.get('Version')} at {engine.address}",
    )
    yield Finding(
        subject="API version",
        state=State.GOOD,
        found=f"{engine.api_version} (negotiated; the engine speaks "
        f"{version.get('MinAPIVersion', '?')} to {version.get('ApiVersion')})",
    )
    if version.get("Os") != "linux":
        yield Finding(
            subject="containers",
            state=State.BROKEN,
            found=f"the engine runs {version.get('Os')} containers",
            advice="switch it to Linux containers",
        )
    options = ", ".join(option.partition(",")[0] for option in info.get("SecurityOptions") or ())
    yield Finding(
        subject="kernel",
        state=State.GOOD,
        found=f"{info.get('KernelVersion')} ({info.get('Architecture')}), "
        f"storage {info.get('Driver')}, security: {options or 'none'}",
    )
    root = Path(str(info.get("DockerRootDir") or "/"))
    if engine.is_local and root.exists():
        yield _space("engine's storage", root, "docker system df shows what uses the space")


def _advice(error: SlimError) -> str:
    """The hint, without the one to ask us."""
    return error.hint.removesuffix("`slim doctor` looks closer").rstrip("; ")


def _told(error: SlimError) -> str:
    return error.message + (f" ({error.details})" if error.details else "")


def _space(subject: str, place: Path, advice: str) -> Finding:
    free = shutil.disk_usage(place).free
    enough = free >= WANTED_SPACE
    return Finding(
        subject=subject,
        state=State.GOOD if enough else State.LIMITED,
        found=f"{free / 10**9:.1f} GB free in {place}",
        advice="" if enough else advice,
    )


def _trace_findings(engine: Engine, architecture: str) -> Iterator[Finding]:
    try:
        sensor = sensor_binary(architecture)
        with Session(engine) as session, workspace() as folder:
            image = _load_sensor_image(session, architecture, sensor, folder)
            target = TracedRun(
                session,
                image,
                RunOptions(),
                trace_file=folder / "trace",
                ports=(),
            )
            target.start()
            target.wait_for_exit(10)
            trace = target.finish()
    except SlimError as error:
        yield Finding(
            subject="traced run",
            state=State.BROKEN,
            found=_told(error),
            advice=_advice(error),
        )
        return
    what = {
        Source.NOTIFY: "system calls (seccomp notification)",
        Source.FANOTIFY: "opened files (fanotify)",
    }
    for source, subject in what.items():
        missing = trace.missing_sources.get(source)
        yield Finding(
            subject=subject,
            state=State.GOOD if missing is None else State.LIMITED,
            found="works in a container of this engine" if missing is None else missing,
            advice="" if missing is None else "builds go on with the other source alone",
        )


def _load_sensor_image(session: Session, architecture: str, sensor: Path, folder: Path) -> Original:
    """An image from scratch that runs `sensor --version`; it goes with the session."""
    nothing = Original(
        reference="slimmer's own test image",
        id="",
        config={"Cmd": [SENSOR_PATH, "--version"]},
        architecture=architecture,
        variant="",
        os="linux",
        created="",
        size=0,
        layers=(),
    )
    root = Entry(path="/", type=EntryType.DIRECTORY, mode=0o755, uid=0, gid=0, size=0, mtime_ns=0)
    plan = LayerPlan(name="system", entries=(root,))
    packed = pack_image(nothing, [plan], _NoContent(), folder, labels={})
    name = session.image_name("doctor")
    session.load_image(
        docker_archive(
            [NamedImage(image=packed, reference=name)], with_index=session.engine.takes_index
        )
    )
    return read_original(name, session.engine.inspect_image(name))


class _NoContent:
    """values.Content of an image without files."""

    def fetch(self, paths: Any) -> None:
        """Nothing to fetch."""

    def open(self, path: str) -> Any:
        """No file is there."""
        raise FileNotFoundError(path)

    def head(self, path: str, size: int) -> bytes:
        """No file is there."""
        raise FileNotFoundError(path)
