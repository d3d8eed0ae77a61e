"""slim.yaml: every option of `slim build`, in a file that can be checked in.

The schema is documented in docs/slim-yaml.md; relative paths in the file are relative to it.
"""

from __future__ import annotations

import dataclasses
import os
import re
from functools import partial
from pathlib import Path

from slimmer.errors import UsageError
from slimmer.options.document import Document, Section
from slimmer.options.environment import read_environment_file
from slimmer.options.exploration import read_crawl, read_openapi
from slimmer.options.options import BuildOptions, ComposeOptions, DebugImage, Role, Verification
from slimmer.options.plan import Plan, read_plan, steps_of
from slimmer.options.quantities import parse_size
from slimmer.options.scalars import read_count, read_port, read_seconds, read_user, read_words
from slimmer.options.steps import read_step
from slimmer.probing import with_unique_names
from slimmer.values import Probe, RunOptions, Source, Strategy


def read_options(path: Path) -> BuildOptions:
    """Read slim.yaml. Raises ConfigurationError with file, line and key."""
    root = Document(path).root()
    try:
        options = _options(root, path.parent)
    except UsageError as error:
        raise root.document.error("", error.message, error.hint) from error
    root.finish()
    return options


def _options(root: Section, folder: Path) -> BuildOptions:
    _refuse_what_is_of_one_role(root)
    probes, checks = _probes(root, folder)
    run = _run(root, folder)
    healthcheck = _healthcheck(root)
    debug, debug_from = _debug(root)
    max_size = root.take("max_size")
    report = root.scalar("report_directory", str, "")
    save_trace, from_trace = _trace_files(root, folder)
    return BuildOptions(
        image=root.scalar("image", str, ""),
        tag=root.scalar("tag", str, ""),
        strategy=_strategy(root),
        rules=root.texts("rules"),
        without_rules=root.texts("without_rules"),
        probes=probes,
        checks=checks,
        crawl=read_crawl(root),
        openapi=read_openapi(root, folder),
        healthcheck=healthcheck is not False,
        insecure=root.scalar("insecure", bool, False),
        run=run,
        roles=_roles(root, folder, run, healthcheck),
        compose=_compose(root, folder),
        includes=root.texts("include"),
        include_from=tuple(folder / file for file in root.texts("include_from")),
        excludes=root.texts("exclude"),
        repair=_rounds(root),
        debug=debug,
        debug_from=debug_from,
        output=_output(root, folder),
        sbom_in_image=root.scalar("sbom_in_image", bool, False),
        report_directory=folder / report if report else None,
        verify=_verification(root),
        max_size=None if max_size is None else parse_size(str(max_size)),
        sources=_sources(root),
        save_trace=save_trace,
        from_trace=from_trace,
        allow_drift=root.scalar("allow_drift", bool, False),
    )


_OF_ONE_ROLE = ("probes", "plans", "checks", "port", "crawl", "openapi")


def _refuse_what_is_of_one_role(root: Section) -> None:
    for key in _OF_ONE_ROLE if root.has("roles") else ():
        if root.has(key):
            raise root.error(key, f"which role is meant? write it as `roles.NAME.{key}`")


def _roles(
    root: Section, folder: Path, common: RunOptions, healthcheck: bool | None
) -> tuple[Role, ...]:
    """`roles`, each laid over `run` and `healthcheck` of the file."""
    if not root.has("roles"):
        root.take("roles")
        return ()
    section = root.section("roles")
    names = section.names if section else ()
    if section is None or not names:
        raise root.error("roles", "expected at least one role: its name, with its own keys below")
    return tuple(_role(section, name, folder, common, healthcheck) for name in names)


def _role(
    roles: Section,
    name: str,
    folder: Path,
    common: RunOptions,
    healthcheck: bool | None,
) -> Role:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
        raise roles.error(name, "a role's name has letters, digits, `_`, `.` and `-` only")
    section = roles.section(name) or Section(roles.document, roles.path_of(name), {})
    probes, checks = _probes(section, folder)
    role = Role(
        name=name,
        run=_run(section, folder, common),
        probes=probes,
        checks=checks,
        crawl=read_crawl(section),
        openapi=read_openapi(section, folder),
        service=section.scalar("service", str, ""),
    )
    asked = _healthcheck(section)
    asked = healthcheck if asked is None else asked
    section.finish()
    # HEALTHCHECK is made for the image's own command: of another one it would tell nothing.
    return dataclasses.replace(role, healthcheck=role.runs_own_command if asked is None else asked)


def _compose(root: Section, folder: Path) -> ComposeOptions | None:
    section = root.section("compose")
    if section is None:
        return None
    files = section.texts("file")
    service = section.scalar("service", str, "")
    timeout = read_seconds(section, "timeout", ComposeOptions.timeout)
    section.finish()
    if not files:
        raise section.error("file", "expected the compose file that is meant")
    return ComposeOptions(
        files=tuple(folder / file for file in files), service=service, timeout=timeout
    )


def _healthcheck(section: Section) -> bool | None:
    """None where nothing is said."""
    said = section.has("healthcheck")
    value = section.scalar("healthcheck", bool, True)
    return value if said else None


def _probes(section: Section, folder: Path) -> tuple[tuple[Probe, ...], tuple[Probe, ...]]:
    """Probes, steps of plans among them, and checks, no two of one name."""
    probes = section.each("probes", partial(read_step, folder=folder))
    probes += steps_of(_plans(section, folder))
    checks = section.each("checks", partial(read_step, folder=folder))
    named = with_unique_names(probes + checks)
    return named[: len(probes)], named[len(probes) :]


def _plans(section: Section, folder: Path) -> tuple[Plan, ...]:
    """`plans`: names and files, alone or as `plan:` with `values:`."""
    listed = section.take("plans")
    items = listed if isinstance(listed, list) else [] if listed is None else [listed]
    plans = []
    for number, item in enumerate(items):
        key = f"{section.path_of('plans')}[{number}]"
        values: tuple[tuple[str, str], ...] = ()
        name = item
        if isinstance(item, dict):
            inner = Section(section.document, key, item)
            name = inner.scalar("plan", str, "")
            values = inner.mapping_of_texts("values")
            inner.finish()
        if not isinstance(name, str) or not name:
            raise section.document.error(key, "expected the name or the file of a plan")
        try:
            plans.append(read_plan(name, dict(values), folder=folder))
        except UsageError as error:
            raise section.document.error(key, error.message, error.hint) from error
    return tuple(plans)


def _strategy(root: Section) -> Strategy:
    text = root.scalar("strategy", str, BuildOptions.strategy.value)
    try:
        return Strategy(text)
    except ValueError:
        known = ", ".join(strategy.value for strategy in Strategy)
        raise root.error("strategy", f"`{text}` is not one of {known}") from None


def _rounds(root: Section) -> int:
    rounds = root.scalar("repair", int, BuildOptions.repair)
    if rounds < 0:
        raise root.error("repair", f"{rounds} is not a number of rounds (0 for none)")
    return rounds


def _verification(root: Section) -> Verification:
    value = root.take("verify")
    if value is None:
        return BuildOptions.verify
    if value is False:  # YAML reads a bare `off` as false
        return Verification.OFF
    try:
        return Verification(value)
    except ValueError:
        shown = str(value).lower() if isinstance(value, bool) else value
        known = ", ".join(each.value for each in Verification)
        raise root.error("verify", f"`{shown}` is not one of {known}") from None


def _sources(root: Section) -> frozenset[Source]:
    known = {source.value: source for source in Source}
    names = root.texts("trace_sources")
    for name in names:
        if name not in known:
            raise root.error("trace_sources", f"`{name}` is not one of {', '.join(known)}")
    return frozenset(known[name] for name in names or known)


def _trace_files(root: Section, folder: Path) -> tuple[Path | None, Path | None]:
    save_trace = root.scalar("save_trace", str, "")
    from_trace = root.scalar("from_trace", str, "")
    if save_trace and from_trace:
        raise root.error("save_trace", "a build from a trace has no trace of its own to save")
    return folder / save_trace if save_trace else None, folder / from_trace if from_trace else None


def _output(root: Section, folder: Path) -> str:
    """Joined as text: a slash at its end says that a directory is meant."""
    output = root.scalar("output", str, "")
    return os.path.join(folder, output) if output else ""


def _debug(root: Section) -> tuple[DebugImage, str]:
    value = root.take("debug")
    if value is None or value is True:
        return DebugImage.FROM_ORIGINAL, ""
    if value is False:
        return DebugImage.NONE, ""
    section = Section(root.document, root.path_of("debug"), value)
    image = section.scalar("from", str, "")
    section.finish()
    if not image:
        raise section.error("from", "expected the name of an image")
    return DebugImage.FROM_IMAGE, image


def _run(section: Section, folder: Path, defaults: RunOptions | None = None) -> RunOptions:
    """`port` and `run` of a section, laid over the defaults."""
    defaults = defaults or RunOptions()
    port = read_port(section) or defaults.port
    run = section.section("run")
    if run is None:
        return dataclasses.replace(defaults, port=port)
    environment = run.mapping_of_texts("environment")
    environment_file = run.scalar("env_file", str, "")
    if environment_file:
        environment = read_environment_file(folder / environment_file) + environment
    volumes = tuple(_volume(text, folder) for text in run.texts("volumes"))
    entrypoint, command = read_words(run, "entrypoint"), read_words(run, "command")
    options = RunOptions(
        environment=defaults.environment + environment,
        volumes=defaults.volumes + volumes,
        network=run.scalar("network", str, defaults.network),
        user=read_user(run) or defaults.user,
        entrypoint=defaults.entrypoint if entrypoint is None else entrypoint,
        command=defaults.command if command is None else command,
        workdir=run.scalar("workdir", str, defaults.workdir),
        hostname=run.scalar("hostname", str, defaults.hostname),
        extra_hosts=defaults.extra_hosts + run.texts("add_hosts"),
        port=port,
        start_timeout=read_seconds(run, "start_timeout", defaults.start_timeout),
        probe_timeout=read_seconds(run, "probe_timeout", defaults.probe_timeout),
        probe_workers=read_count(run, "probe_workers", defaults.probe_workers),
        stop_timeout=read_seconds(run, "stop_timeout", defaults.stop_timeout),
        settle=_settle(run, defaults.settle),
    )
    run.finish()
    return options


def _volume(text: str, folder: Path) -> str:
    """`SOURCE:TARGET[:ro]` with a SOURCE that starts with a dot taken from the file's folder."""
    return os.path.join(folder.absolute(), text) if text.startswith(".") else text


def _settle(section: Section, default: float) -> float:
    seconds = section.scalar("settle", float, default)
    if seconds < 0:
        raise section.error("settle", f"{seconds:g} is not a number of seconds")
    return seconds
