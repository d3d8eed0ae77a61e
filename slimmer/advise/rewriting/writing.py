"""The text of a Dockerfile that packs what is needed."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from slimmer.advise.rewriting.managers import (
    Copier,
    Manager,
    copier_among,
    listed,
    manager_of,
)
from slimmer.advise.rewriting.needed import Needed
from slimmer.dockerfile import Dockerfile, Stage
from slimmer.errors import DockerfileError
from slimmer.words import printable

MARK: Final = "# Written by `slim advise`"
"""How a file starts that may be replaced."""
_ORIGINAL, _RUNTIME = "original", "runtime"
_LIST: Final = "/runtime.list"
_MOST_COPIES: Final = 12
_TOOLS: Final = ("sh", "awk", "find", "sed", "sort")
_VERSION: Final = re.compile(r"(?P<name>.+)-\d[^-]*(?:-py[\d.]+)?\.(?P<kind>dist-info|egg-info)")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How containers of the image start: its configuration as engines give it."""

    config: Mapping[str, Any] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Instructions that set it."""
        config = self.config
        for variable in config.get("Env") or ():
            name, _, value = variable.partition("=")
            yield f"ENV {name}={_quoted(value)}"
        for name, value in sorted((config.get("Labels") or {}).items()):
            yield f"LABEL {_quoted(name)}={_quoted(value)}"
        if config.get("WorkingDir") not in (None, "", "/"):
            yield f"WORKDIR {config['WorkingDir']}"
        if volumes := sorted(config.get("Volumes") or ()):
            yield f"VOLUME {json.dumps(volumes)}"
        if ports := sorted(config.get("ExposedPorts") or ()):
            yield f"EXPOSE {' '.join(port.removesuffix('/tcp') for port in ports)}"
        if config.get("User"):
            yield f"USER {config['User']}"
        if config.get("StopSignal"):
            yield f"STOPSIGNAL {config['StopSignal']}"
        if check := config.get("Healthcheck"):
            yield from _health(check)
        for name, key in (("ENTRYPOINT", "Entrypoint"), ("CMD", "Cmd")):
            if words := config.get(key):
                yield f"{name} {json.dumps(words, ensure_ascii=False)}"


def rewritten(
    dockerfile: Dockerfile,
    target: Stage,
    needed: Needed,
    settings: Settings,
    *,
    image: str,
    paths: Collection[str],
) -> str:
    """A Dockerfile whose last stage has only what `image`, built from `target`, needs. `paths` are
    those of that image, which tell what can run in it.

    Raises DockerfileError where the image has not what gathers its files: a shell and its tools,
    and the database of dpkg, apk or rpm where it has packages.
    """
    escape = dockerfile.source.escape
    name = target.name or _free(_ORIGINAL, dockerfile)
    parts = [
        f"{MARK}: the build of {posixpath.basename(dockerfile.source.name)} is a stage, and the",
        f"# image has what a slim build of {printable(image)} kept, in packages and directories.",
        "# Write it anew when dependencies change; a path that has disappeared fails the build.",
        _original(dockerfile, target, name),
    ]
    if not needed.packages and not needed.in_parts and _is_plain(needed):
        parts += ["FROM scratch", *(f"COPY --from={name} {path} {path}" for path in needed.whole)]
    else:
        manager, copier = _tools(needed, paths, image)
        runtime = _free(_RUNTIME, dockerfile)
        parts += [f"FROM {name} AS {runtime}", "USER 0"]
        parts += [_gathering(needed, manager, copier, escape), "", "FROM scratch"]
        parts.append(f"COPY --from={runtime} /{runtime} /")
    return "\n".join((*parts, *settings.lines())) + "\n"


def _is_plain(needed: Needed) -> bool:
    """Whether COPY does it: it follows links, and gives directories another owner."""
    return not (needed.has_links or needed.bare) and len(needed.whole) <= _MOST_COPIES


def _original(dockerfile: Dockerfile, target: Stage, name: str) -> str:
    """The Dockerfile up to the end of the target stage, which gets a name."""
    lines = dockerfile.source.text.splitlines()
    (head,) = (
        each
        for each in dockerfile.source.instructions
        if each.name == "FROM" and each.line == target.line
    )
    if not target.name:
        lines[head.end_line - 1] = f"{lines[head.end_line - 1].rstrip()} AS {name}"
    later = [stage.line for stage in dockerfile.stages if stage.index == target.index + 1]
    kept = lines[: later[0] - 1] if later else lines
    return "\n".join(kept).strip("\n") + "\n"


def _free(name: str, dockerfile: Dockerfile) -> str:
    taken = {stage.name for stage in dockerfile.stages}
    return name if name not in taken else _free(f"{name}-image", dockerfile)


def _tools(
    needed: Needed, paths: Collection[str], image: str
) -> tuple[tuple[Manager, str] | None, Copier]:
    """Whose packages the image has, and where its database lies; and what copies there."""
    manager = manager_of(paths)
    if manager is None and (needed.packages or needed.in_parts):
        raise DockerfileError(
            f"no Dockerfile can be written for {printable(image)}: its packages are neither "
            "dpkg's, nor apk's, nor rpm's",
            hint="`slim build` makes the small image without one",
        )
    names = {path.rpartition("/")[2] for path in paths if "/bin/" in path or "/sbin/" in path}
    copier = manager[0].copier if manager else copier_among(names)
    tools = (*_TOOLS, *(manager[0].tools if manager else ()), copier.tool)
    missing = [tool for tool in tools if tool not in names]
    if missing:
        raise DockerfileError(
            f"no Dockerfile can be written for {printable(image)}: its files are gathered in the "
            f"image itself, by a shell and its tools, and it has no {', '.join(missing)}",
            hint="`slim build` makes the small image without them",
        )
    return manager, copier


def _gathering(
    needed: Needed, manager: tuple[Manager, str] | None, copier: Copier, escape: str
) -> str:
    """The RUN that lays everything into one folder, with owners, modes and capabilities."""
    more = f" {escape}\n"
    wanted: list[str] = []
    if needed.packages and manager:
        wanted.append(manager[0].lists(needed.packages, escape, manager[1]))
        # What lies behind a link at the top is written by its own place.
        moves = "".join(f" -e 's#^{link}/#/{to}/#'" for link, to in needed.links.items())
        wanted[-1] += f"{more}      | sed{moves}" if moves else ""
    if needed.whole:
        wanted.append(f"find{listed(map(_word, needed.whole), escape)}")
    bare = (*needed.bare, *needed.links)
    if bare:
        wanted.append(f"printf '%s\\n'{listed(map(_word, bare), escape)}")
    commands = [f"{{ {f'{more}    && '.join(wanted)}{more}    ; }} >{_LIST}"]
    commands += [
        # With all directories on the way, which have owners and modes of their own.
        'awk -F/ \'{ path = ""; for (i = 2; i <= NF; i++) { path = path "/" $i; print path } }\''
        f"{more}      {_LIST} | sort -u >{_LIST}.all",
        f"mkdir /{_RUNTIME}",
        copier.command(f"{_LIST}.all", escape, f"/{_RUNTIME}"),
    ]
    if manager and (packages := (*needed.packages, *needed.in_parts)):
        commands += manager[0].describes(packages, escape, manager[1], f"/{_RUNTIME}")
    return f"RUN {f'{more} && '.join(commands)}"


def _word(path: str) -> str:
    """A path as a word of a shell. The version of a Python package in it may be another."""
    folder, name = posixpath.split(path)
    if found := _VERSION.fullmatch(name):
        return f"{shlex.quote(posixpath.join(folder, found['name']))}-*.{found['kind']}"
    return shlex.quote(path)


def _health(check: Mapping[str, Any]) -> Iterator[str]:
    kind, *words = check.get("Test") or ("",)
    if kind == "NONE":
        yield "HEALTHCHECK NONE"
    if kind not in ("CMD", "CMD-SHELL"):
        return
    flags = ""
    for name, key in (
        ("interval", "Interval"),
        ("timeout", "Timeout"),
        ("start-period", "StartPeriod"),
    ):
        if check.get(key):
            flags += f"--{name}={check[key] / 1e9:g}s "
    if check.get("Retries"):
        flags += f"--retries={check['Retries']} "
    command = json.dumps(words, ensure_ascii=False) if kind == "CMD" else " ".join(words)
    yield f"HEALTHCHECK {flags}CMD {command}"


def _quoted(value: str) -> str:
    """A value in which quotes, escapes and dollars stand for themselves."""
    escaped = "".join(f"\\{each}" if each in '"\\$' else each for each in value)
    return f'"{escaped}"'
