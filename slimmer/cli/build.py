"""`slim build`: the main job. Flags become one BuildOptions value; flags win over slim.yaml."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from pathlib import Path
from typing import Any, TypeVar

import click

from slimmer.cli.exploration import exploration_flags, image_behind_crawl, with_explorations
from slimmer.cli.failure import as_object
from slimmer.errors import SlimError, UsageError
from slimmer.options import (
    BuildOptions,
    ComposeOptions,
    DebugImage,
    Verification,
    environment_variable,
    parse_size,
    read_environment_file,
    read_options,
    read_plan,
    steps_of,
)
from slimmer.probing import with_unique_names
from slimmer.probing.kinds import exec_probe, grpc_probe, http_probe, websocket_probe
from slimmer.progress import console_progress
from slimmer.values import Probe, RunOptions, Source, Strategy

T = TypeVar("T", BuildOptions, RunOptions)

DEFAULT_FILE = Path("slim.yaml")
_OF_ONE_ROLE = {
    "http_probes": "--http-probe",
    "grpc_probes": "--grpc-probe",
    "websocket_probes": "--websocket-probe",
    "exec_probes": "--exec-probe",
    "plans": "--plan",
    "port": "--port",
    "entrypoint": "--entrypoint",
    "command": "--cmd",
    "crawl": "--crawl",
    "openapi": "--openapi",
}
"""Parameter → flag, for what is a role's own where the image has several."""


@click.command(short_help="Build a slim image and its debug twin, and test both.")
@click.argument("image", required=False)
@click.option(
    "-f",
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read options from this slim.yaml; flags win over it.",
)
@click.option("-t", "--tag", help="Name of the slim image. Default: NAME:TAG-slim.")
@click.option(
    "--http-probe",
    "http_probes",
    multiple=True,
    metavar="[METHOD:]PATH|URL [STATUS]",
    help='Send this HTTP request, e.g. /health, POST:/login, "GET:/missing 404", '
    "https://localhost:8443/. Without a status, 200 to 399 passes. Repeatable.",
)
@click.option(
    "--grpc-probe",
    "grpc_probes",
    multiple=True,
    metavar="/[SERVICE[/METHOD [JSON]]]|URL",
    help="Ask for the health of the gRPC server (/) or a service of it, or call a method, e.g. "
    "'/shop.Cart/Get {\"id\": 1}', grpcs://localhost/. Repeatable.",
)
@click.option(
    "--websocket-probe",
    "websocket_probes",
    multiple=True,
    metavar="PATH|URL [MESSAGE]",
    help="Open this WebSocket, e.g. /chat, wss://localhost/chat; with a message, send it and wait "
    "for one. Repeatable.",
)
@click.option(
    "--exec-probe",
    "exec_probes",
    multiple=True,
    metavar="COMMAND",
    help="Run this command in the container (no shell involved), e.g. "
    '"my-app --version". It must end with status 0. Repeatable.',
)
@exploration_flags
@click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="FILE|NAME",
    help="Send the steps of this plan: a YAML file (docs/plans.md), or the name of a ready plan "
    "for a well-known server (`slim plans` lists them). Repeatable.",
)
@click.option(
    "--plan-value",
    "plan_values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give a plan's value, e.g. user=me. Repeatable.",
)
@click.option(
    "--no-healthcheck", is_flag=True, help="Do not use the image's HEALTHCHECK as a probe."
)
@click.option(
    "--insecure", is_flag=True, help="Take any TLS certificate of the application (https://)."
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port in the container that HTTP probes speak to. Default: from EXPOSE.",
)
@click.option(
    "--strategy",
    type=click.Choice([strategy.value for strategy in Strategy]),
    help="How much to keep around what was seen. Default: balanced.",
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME",
    help="Ask this rule as well, whatever the strategy; `slim rules` lists them. Repeatable.",
)
@click.option(
    "--no-rule",
    "without_rules",
    multiple=True,
    metavar="NAME",
    help="Do not ask this rule. Repeatable.",
)
@click.option(
    "--include",
    "includes",
    multiple=True,
    metavar="PATH",
    help="Keep this path of the image, with all below it. Repeatable.",
)
@click.option(
    "--include-file",
    "include_files",
    multiple=True,
    metavar="LIST",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Keep the paths that this file lists, one per line. Repeatable.",
)
@click.option(
    "--include-from",
    "include_from",
    multiple=True,
    metavar="WATCHED",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what `slim watch --output WATCHED` saw to be missing. Repeatable.",
)
@click.option(
    "--exclude",
    "excludes",
    multiple=True,
    metavar="GLOB",
    help="Leave out what matches, whatever asks for it. Repeatable.",
)
@click.option(
    "--repair",
    type=click.IntRange(min=0),
    metavar="ROUNDS",
    help="How many times to add what a failing slim image misses, and test again. "
    "Default: 5; 0 for never.",
)
@click.option(
    "--verify",
    type=click.Choice([each.value for each in Verification]),
    help="What finished images must do: answer as the original does (content, the default), "
    "pass the probes (status), or nothing: they are not run (off).",
)
@click.option("--no-debug", is_flag=True, help="Make no debug image.")
@click.option(
    "--debug-from",
    metavar="IMAGE",
    help="Take the debug image's shell and tools from this image (a busybox), for "
    "originals that have no shell.",
)
@click.option(
    "--output",
    metavar="FILE|DIR",
    help="Also write the images to FILE.tar (docker-archive) or DIR/ (OCI layout).",
)
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where report.json, report.html and the trace go. Default: slim-report/NAME_TAG.",
)
@click.option(
    "--sbom-in-image",
    is_flag=True,
    help="Put the SBOM (CycloneDX) into the image too; it lies beside the report in any case.",
)
@click.option(
    "--max-size", metavar="SIZE", help="Fail when the slim image is larger than this, e.g. 100MB."
)
@click.option(
    "-e",
    "--env",
    "environment",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="Set a variable in the container. Repeatable.",
)
@click.option(
    "--env-file",
    "environment_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read variables from this file. Repeatable.",
)
@click.option(
    "-v",
    "--volume",
    "volumes",
    multiple=True,
    metavar="SOURCE:TARGET[:ro]",
    help="Mount a folder or volume into the container. Repeatable.",
)
@click.option("--network", help="Connect the container to this network.")
@click.option("-u", "--user", help="Run as this user (name or id, with :group).")
@click.option("--entrypoint", metavar="COMMAND", help="Replace the image's ENTRYPOINT.")
@click.option("--cmd", "command", metavar="COMMAND", help="Replace the image's CMD.")
@click.option("-w", "--workdir", help="Working directory in the container.")
@click.option("--hostname", help="Host name of the container.")
@click.option(
    "--add-host",
    "extra_hosts",
    multiple=True,
    metavar="NAME:ADDRESS",
    help="Add a line to the container's /etc/hosts. Repeatable.",
)
@click.option(
    "--compose",
    "compose_files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Run the original as a service of this compose file (--service), with what it depends on. "
    "Repeatable, as for the compose tool.",
)
@click.option("--service", metavar="NAME", help="The service of --compose that is slimmed.")
@click.option(
    "--compose-timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="How long the services that it depends on may take to become ready. Default: 120.",
)
@click.option(
    "--start-timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="How long the application may take to become ready. Default: 60.",
)
@click.option(
    "--probe-timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="How long one probe may take. Default: 30.",
)
@click.option(
    "--probe-workers",
    type=click.IntRange(min=1),
    metavar="COUNT",
    help="How many probes may be under way at a time, once the first has passed; what stands in a "
    "plan keeps its order. Default: 1.",
)
@click.option(
    "--stop-timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long the application may take to stop before it is killed. Default: 10.",
)
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Watch the application for so long after its last probe; it must stay up and pass its "
    "first probe once more. Default: 0.",
)
@click.option(
    "--trace-source",
    "sources",
    multiple=True,
    type=click.Choice([source.value for source in Source]),
    help="Use only this source of the trace. Default: both, as the engine allows.",
)
@click.option(
    "--save-trace",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save what the traced run saw, to be checked in and built from later.",
)
@click.option(
    "--from-trace",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Build from this saved trace: the original is not run. The smoke test sends the probes "
    "that are given, or else those of the trace.",
)
@click.option(
    "--allow-drift",
    is_flag=True,
    help="With --from-trace: take the trace of another build of IMAGE, and report what changed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; errors are still told.")
def build(as_json: bool, quiet: bool, **flags: Any) -> None:
    """Build a slim image of IMAGE, and a debug image beside it.

    The original is run and traced while the probes exercise it. What it used goes into the slim
    image; the debug image has the same layers and one more with a shell and tools. Both must
    pass the same probes before they get their tags. The original is never changed.

    \b
      slim build my-app:latest --http-probe /health
      slim build my-app:latest --http-probe /health --http-probe POST:/login --tag my-app:small
      slim build cli-tool:1 --exec-probe "convert in.png out.jpg"
      slim build my-redis:7 --plan redis

    All options can stand in a slim.yaml, which is read from the current folder where there is
    one and no IMAGE is named, or from --file.
    """
    from slimmer.build import build_image  # a call for help does not pay for it

    progress = console_progress(sys.stderr, quiet=quiet)
    try:
        report = build_image(_options(**flags), progress)
    except SlimError as error:
        if as_json:
            click.echo(json.dumps({"error": as_object(error)}))
        raise
    finally:
        progress.close()
    from slimmer.report import terminal_summary, to_json  # loaded by the run, beside its waits

    if as_json:
        click.echo(to_json(report))
    else:
        terminal_summary(report, sys.stdout)


def _options(image: str | None, file: Path | None, **flags: Any) -> BuildOptions:
    """slim.yaml where there is one, with every flag that was given laid over it."""
    image, flags["crawl"] = image_behind_crawl(image, flags["crawl"])
    if file is None and image is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    options = read_options(file) if file else BuildOptions(image="")
    options = _with_compose(dataclasses.replace(options, image=image or options.image), flags)
    if not options.image and options.compose is None:
        raise UsageError(
            "no image is named",
            hint="slim build IMAGE --http-probe /health, or `image:` in slim.yaml",
        )
    probes: tuple[Probe, ...] = (
        *(http_probe(text) for text in flags["http_probes"]),
        *(grpc_probe(text) for text in flags["grpc_probes"]),
        *(websocket_probe(text) for text in flags["websocket_probes"]),
        *(exec_probe(text) for text in flags["exec_probes"]),
        *_planned(flags["plans"], flags["plan_values"]),
    )
    if options.roles:
        options = _with_roles(options, flags)
    elif probes:
        options = dataclasses.replace(options, probes=with_unique_names(probes))
    if flags["no_debug"] and flags["debug_from"]:
        raise UsageError("--no-debug and --debug-from exclude each other")
    options = with_explorations(_with_trace_files(options, flags), flags)
    changes: dict[str, Any] = {
        "tag": flags["tag"],
        "strategy": Strategy(flags["strategy"]) if flags["strategy"] else None,
        "rules": (*options.rules, *flags["rules"]),
        "without_rules": (*options.without_rules, *flags["without_rules"]),
        "includes": (*options.includes, *flags["includes"], *_listed(flags["include_files"])),
        "include_from": (*options.include_from, *flags["include_from"]),
        "excludes": (*options.excludes, *flags["excludes"]),
        "repair": flags["repair"],
        "output": flags["output"],
        "report_directory": flags["report_dir"],
        "verify": Verification(flags["verify"]) if flags["verify"] else None,
        "max_size": parse_size(flags["max_size"]) if flags["max_size"] else None,
        "sources": frozenset(Source(name) for name in flags["sources"]) or None,
        "run": _run(options.run, flags),
    }
    if flags["no_healthcheck"]:
        changes["healthcheck"] = False
    if flags["insecure"]:
        changes["insecure"] = True
    if flags["sbom_in_image"]:
        changes["sbom_in_image"] = True
    if flags["no_debug"]:
        changes["debug"] = DebugImage.NONE
    if flags["debug_from"]:
        changes |= {"debug": DebugImage.FROM_IMAGE, "debug_from": flags["debug_from"]}
    return _replaced(options, changes)


def _with_compose(options: BuildOptions, flags: dict[str, Any]) -> BuildOptions:
    known = options.compose
    files = flags["compose_files"] or (known.files if known else ())
    service = flags["service"] or (known.service if known else "")
    if not files:
        for name, flag in (("service", "--service"), ("compose_timeout", "--compose-timeout")):
            if flags[name]:
                raise UsageError(f"{flag} is for a compose file, and --compose names none")
        for role in options.roles:
            if role.service:
                raise UsageError(
                    f"role {role.name}: there is no compose file that has its service "
                    f"`{role.service}`",
                    hint="name it with --compose, or `compose:` in slim.yaml",
                )
        return options
    if flags["network"] or any(role.run.network for role in options.all_roles):
        raise UsageError(
            "a network and a compose file exclude each other",
            hint="the original joins the networks of its service",
        )
    changes = {"timeout": flags["compose_timeout"]} if flags["compose_timeout"] else {}
    compose = dataclasses.replace(
        known or ComposeOptions(files=files, service=service),
        files=tuple(files),
        service=service,
        **changes,
    )
    return dataclasses.replace(options, compose=compose)


def _with_roles(options: BuildOptions, flags: dict[str, Any]) -> BuildOptions:
    """What flags say of the run is said of each role, but for what makes it a role."""
    for name, flag in _OF_ONE_ROLE.items():
        if flags[name]:
            raise UsageError(
                f"{flag} does not say which role of the image it is for: "
                + ", ".join(role.name for role in options.roles),
                hint="write it below the role in slim.yaml",
            )
    changes: dict[str, Any] = {"healthcheck": False} if flags["no_healthcheck"] else {}
    return dataclasses.replace(
        options,
        roles=tuple(
            dataclasses.replace(role, run=_run(role.run, flags), **changes)
            for role in options.roles
        ),
    )


def _planned(names: tuple[str, ...], pairs: tuple[str, ...]) -> tuple[Probe, ...]:
    """The steps of all plans. A value is for each plan that has one of that name."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--plan-value {pair}: expected NAME=VALUE")
        values[name] = value
    plans = [read_plan(name) for name in names]
    known = {name for plan in plans for name in plan.values}
    if unknown := sorted(set(values) - known):
        raise UsageError(
            f"no plan has a value `{unknown[0]}`",
            hint=f"there are: {', '.join(sorted(known)) or 'none'}",
        )
    if values:
        plans = [
            read_plan(name, {each: values[each] for each in plan.values if each in values})
            for name, plan in zip(names, plans, strict=True)
        ]
    return steps_of(plans)


def _with_trace_files(options: BuildOptions, flags: dict[str, Any]) -> BuildOptions:
    """A flag for one of the two files wins over the other one in slim.yaml: where a build reads
    a trace day by day, `--save-trace` renews it."""
    save, read = flags["save_trace"], flags["from_trace"]
    if save and read:
        raise UsageError(
            "--save-trace and --from-trace exclude each other",
            hint="a build from a trace runs nothing that could be saved",
        )
    if save or read:
        options = dataclasses.replace(options, save_trace=save, from_trace=read)
    if options.from_trace and flags["sources"]:
        raise UsageError(
            "--trace-source is for a traced run, and a build from a trace has none",
            hint="leave it out, or trace anew with --save-trace",
        )
    if flags["allow_drift"] and not options.from_trace:
        raise UsageError("--allow-drift says how to take a trace, and --from-trace names none")
    return dataclasses.replace(options, allow_drift=options.allow_drift or flags["allow_drift"])


def _run(run: RunOptions, flags: dict[str, Any]) -> RunOptions:
    variables = [
        pair for path in flags["environment_files"] for pair in read_environment_file(path)
    ]
    variables += [pair for text in flags["environment"] for pair in environment_variable(text)]
    return _replaced(
        run,
        {
            "environment": (*run.environment, *variables),
            "volumes": (*run.volumes, *flags["volumes"]),
            "extra_hosts": (*run.extra_hosts, *flags["extra_hosts"]),
            "entrypoint": _words(flags["entrypoint"], "--entrypoint"),
            "command": _words(flags["command"], "--cmd"),
        }
        | {
            name: flags[name]
            for name in (
                "network",
                "user",
                "workdir",
                "hostname",
                "port",
                "start_timeout",
                "probe_timeout",
                "probe_workers",
                "stop_timeout",
                "settle",
            )
        },
    )


def _replaced(value: T, changes: dict[str, Any]) -> T:
    """The value with every change that is not None."""
    given = {name: new for name, new in changes.items() if new is not None}
    return dataclasses.replace(value, **given)


def _words(text: str | None, flag: str) -> tuple[str, ...] | None:
    if text is None:
        return None
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"{flag} `{text}`: {error}") from error


def _listed(files: tuple[Path, ...]) -> list[str]:
    """The paths in list files: one per line; empty lines and lines that start with # are none."""
    return [
        line.strip()
        for file in files
        for line in file.read_text("utf-8", "surrogateescape").splitlines()
        if line.strip() and not line.startswith("#")
    ]
