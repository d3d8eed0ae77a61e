"""The table of options: from it come the flags of `slim build`, the reader of slim.yaml with its
JSON schema, and the table in docs/slim-yaml.md."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from slimmer.errors import UsageError
from slimmer.options import kinds, probes
from slimmer.options.kinds import (
    COUNT,
    COUNT_OR_NONE,
    NAME,
    PORT,
    SECONDS,
    SECONDS_OR_NONE,
    TEXT,
    Kind,
    Several,
    Switch,
    like,
    several,
)
from slimmer.options.option import Option, Part, Scope
from slimmer.options.options import BuildOptions, ComposeOptions, Verification
from slimmer.options.platforms import ENGINES, PLATFORMS
from slimmer.options.spellings import SPELLINGS
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.values import Compression, RunOptions, Source, Strategy

ONE_ROLE, EVERY_ROLE, ROLE_COMMAND = Scope.ONE_ROLE, Scope.EVERY_ROLE, Scope.ROLE_COMMAND


def _openapi(source: Path | str, **limits: Any) -> OpenApiOptions:
    if isinstance(source, Path):
        return OpenApiOptions(source="", file=source, **limits)
    return OpenApiOptions(source=source, **limits)


PARTS: Final[Mapping[str, Part]] = {
    "run": Part(made_of=RunOptions, defaults=RunOptions),
    "crawl": Part(
        made_of=CrawlOptions,
        defaults=CrawlOptions,
        needs="start",
        missing="--crawl, which is not given",
        short={True: {}, False: None, str: "start"},
    ),
    "openapi": Part(
        made_of=_openapi,
        defaults=OpenApiOptions,
        needs="from",
        missing="--openapi, which is not given",
        expected="expected a path of the application, a URL or a file",
        short={False: None, str: "from"},
    ),
    "compose": Part(
        made_of=ComposeOptions,
        defaults=ComposeOptions,
        needs="file",
        missing="a compose file, and --compose names none",
        expected="expected the compose file that is meant",
    ),
}
"""Section of slim.yaml, and field of BuildOptions → what it is."""


def _run(
    name: str, spelling: str, key: str, kind: Kind, help: str, scope: Scope = EVERY_ROLE
) -> Option:
    """One of those that `docker run` has as well."""
    appends = kind.repeatable
    return Option(
        f"run.{name}", spelling, f"run.{key}", kind, help, scope, appends=appends, docker_run=True
    )


def _security_option(text: str, folder: Path) -> str:
    """The engine takes the text of a seccomp profile where people name its file."""
    name, _, value = text.partition("=")
    if name != "seccomp" or value in ("unconfined", "builtin") or value.startswith("{"):
        return text
    try:
        return f"seccomp={json.dumps(json.loads((folder / value).read_bytes()))}"
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the seccomp profile {folder / value}: {error}") from error


# fmt: off
GROUPS: Final[Mapping[str, tuple[Option, ...]]] = {
    "What to build": (
        Option("image", "", "image", TEXT, "The original"),
        Option("tag", "-t --tag", "tag", TEXT, "Name of the slim image, else NAME:TAG-slim"),
        Option("strategy", "--strategy", "strategy", kinds.choice(Strategy),
               "What to keep around what was seen"),
        Option("bases", "--base", "base", several(Kind(metavar="IMAGE")),
               "Stand on this image; of several, the best one"),
        Option("max_size", "--max-size", "max_size", kinds.SIZE,
               "Fail if the slim image is larger, e.g. 100MB"),
        Option("output", "-o --output", "output", kinds.OUTPUT,
               "Write images to FILE.tar or DIR/ (OCI), too"),
        Option("compression", "--compress", "compress", kinds.choice(Compression),
               "Compress the layers of --output"),
        Option("pull", "--pull", "pull", Switch(),
               "Pull IMAGE if the engine does not have it"),
        Option("push", "--push", "push", Switch(),
               "Push the slim image once it has passed"),
        Option("push_debug", "--push-debug", "push_debug", Switch(),
               "Push the debug image, too"),
        Option("platforms", "--platform", "platform", PLATFORMS,
               "For this one; of several, an index is made"),
        Option("engines", "--engine", "engines", ENGINES,
               "The engine that has the platform's image"),
    ),
    "What to exercise": (
        Option("probes", "--http-probe", "", probes.HTTP_PROBES,
               "Send [METHOD:]PATH|URL [STATUS], e.g. /health", ONE_ROLE),
        Option("probes", "--grpc-probe", "", probes.GRPC_PROBES,
               "Ask for health (/), or call /SERVICE/METHOD {json}", ONE_ROLE),
        Option("probes", "--websocket-probe", "", probes.WEBSOCKET_PROBES,
               "Open PATH|URL; send a MESSAGE, await one", ONE_ROLE),
        Option("probes", "--exec-probe", "", probes.EXEC_PROBES,
               "Run this in the container; it must exit with 0", ONE_ROLE),
        Option("probes", "", "probes", probes.STEPS,
               "What exercises the original and the finished images", ONE_ROLE),
        Option("plans", "--plan", "plans", probes.PLANS,
               "Send a plan's steps; `slim plans` lists some", ONE_ROLE),
        Option("plan_values", "--plan-value", "", probes.PLAN_VALUES,
               "Give a value of a plan", ONE_ROLE),
        Option("checks", "", "checks", probes.STEPS,
               "What exercises the finished images only", ONE_ROLE),
        Option("crawl.start", "--crawl", "crawl.start", kinds.ORIGIN,
               "Follow links, forms and sitemaps from here", ONE_ROLE, alone="/"),
        Option("openapi.source", "--openapi", "openapi.from", kinds.DESCRIPTION,
               "Exercise each operation of an API description", ONE_ROLE),
        Option("run.port", "--port", "port", PORT,
               "Port that probes speak to, else of EXPOSE", ONE_ROLE),
        Option("healthcheck", "--no-healthcheck", "healthcheck", Switch(gives=False),
               "Do not use HEALTHCHECK as a probe", EVERY_ROLE),
        Option("insecure", "--insecure", "insecure", Switch(),
               "Take any TLS certificate of the application"),
    ),
    "How to run the container, as docker run does": (
        # A variable's last value counts: those of the command line stand behind those of files.
        _run("environment", "--env-file", "env_file", kinds.VARIABLE_FILES,
             "Set the variables in this file"),
        _run("environment", "-e --env", "environment", kinds.VARIABLES,
             "Set a variable"),
        _run("volumes", "-v --volume", "volumes", kinds.VOLUMES,
             "Mount a folder or volume (`:ro` read-only)"),
        _run("network", "--network", "network", TEXT, "Connect to this network"),
        _run("user", "-u --user", "user", kinds.IDENTITY,
             "Run as this user: name or id, with :group"),
        _run("entrypoint", "--entrypoint", "entrypoint", kinds.COMMAND_LINE,
             "Replace ENTRYPOINT (words, or a JSON list)", ROLE_COMMAND),
        Option("run.command", "--cmd", "run.command", kinds.COMMAND_LINE,
               "Replace CMD (words, or a JSON list)", ROLE_COMMAND),
        _run("workdir", "-w --workdir", "workdir", Kind(metavar="DIR"), "Working directory"),
        _run("hostname", "--hostname", "hostname", TEXT, "Host name of the container"),
        _run("extra_hosts", "--add-host", "add_hosts", several(Kind(metavar="NAME:ADDRESS")),
             "Add a line to /etc/hosts"),
        _run("stop_timeout", "--stop-timeout", "stop_timeout", SECONDS_OR_NONE,
             "Time to stop in before it is killed"),
    ),
    "What the container may do, as docker run has it": (
        _run("cap_add", "--cap-add", "cap_add", several(like("CAPABILITY", r"\w+")),
             "Give it this Linux capability"),
        _run("cap_drop", "--cap-drop", "cap_drop", several(like("CAPABILITY", r"\w+")),
             "Take this Linux capability, or ALL, from it"),
        _run("tmpfs", "--tmpfs", "tmpfs", several(like("PATH[:OPTIONS]", r"/[^:]*(:.*)?")),
             "Mount empty memory here, e.g. /run:size=64m"),
        _run("read_only", "--read-only", "read_only", Switch(), "Mount its root read-only"),
        _run("shm_size", "--shm-size", "shm_size", like("SIZE", r"\d+[kmgKMG]?[bB]?", numbers=True),
             "Size of /dev/shm, e.g. 64m"),
        _run("memory", "-m --memory", "memory", like("SIZE", r"\d+[kmgKMG]?[bB]?", numbers=True),
             "Memory that it may use, e.g. 512m"),
        _run("ulimits", "--ulimit", "ulimits",
             several(like("NAME=SOFT[:HARD]", r"[a-z]+=-?\d+(:-?\d+)?")),
             "Set a limit of its processes"),
        _run("init", "--init", "init", Switch(), "Have an init in the finished images' tests"),
        _run("devices", "--device", "devices",
             several(like("FROM[:TO[:rwm]]", r"/[^:]+(:/[^:]+)?(:[rwm]+)?")),
             "Give it this device of the host"),
        _run("security_opts", "--security-opt", "security_opt",
             several(Kind(metavar="OPTION", parse=_security_option)),
             "As seccomp=FILE or no-new-privileges"),
        Option("", "--privileged", "", kinds.Refused(reason=(
            "a privileged container is not traced, as it may do everything to the machine: name "
            "what it needs with --cap-add, --device and --security-opt")),
            "Refused: name capabilities instead", docker_run=True),
        Option("notes", "-p --publish", "", Several(metavar="PORTS", parse=lambda text, _: (
            f"--publish {text} has no effect: slim finds the ports, and publishes free ones",)),
            "No effect: slim finds the ports by itself"),
    ),
    "How long to wait": (
        Option("run.start_timeout", "--start-timeout", "run.start_timeout", SECONDS,
               "Time to become ready (300 while it is at work)", EVERY_ROLE),
        Option("run.probe_timeout", "--probe-timeout", "run.probe_timeout", SECONDS,
               "Time for one probe", EVERY_ROLE),
        Option("run.probe_workers", "--probe-workers", "run.probe_workers", COUNT,
               "Probes at a time; plans keep their order", EVERY_ROLE),
        Option("run.settle", "--settle", "run.settle", SECONDS_OR_NONE,
               "Watch for so long after the last probe", EVERY_ROLE),
    ),
    "What to keep": (
        Option("includes", "--include", "include", several(Kind(metavar="PATH")),
               "Keep this path, with all below it", appends=True),
        Option("includes", "--include-file", "", kinds.LINES,
               "Keep the paths in this file, one per line", appends=True),
        Option("include_from", "--include-from", "include_from", several(kinds.FILE),
               "Keep what `slim watch -o FILE` saw missing", appends=True),
        Option("excludes", "--exclude", "exclude", several(Kind(metavar="GLOB")),
               "Leave out what matches, whatever asks for it", appends=True),
        Option("allowed_secrets", "--allow-secret", "allow_secret", several(Kind(metavar="GLOB")),
               "Say nothing of keys and tokens in these files", appends=True),
        Option("rules", "--rule", "rules", several(NAME),
               "Ask this rule, too; `slim rules` lists them", appends=True),
        Option("without_rules", "--no-rule", "without_rules", several(NAME),
               "Do not ask this rule", appends=True),
    ),
    "How to test and repair the result": (
        Option("verify", "--verify", "verify",
               kinds.choice(Verification, off="off"),
               "Compare answers, or run probes only"),
        Option("repair", "--repair", "repair",
               kinds.Number(metavar="ROUNDS", least=0,
                            problem="{} is not a number of rounds (0 for none)"),
               "Times to add what a failing image misses"),
        Option("harden", "--harden", "harden", Switch(),
               "Find the fewest rights it needs, by trial"),
    ),
    "What else to write": (
        Option("debug", "--no-debug", "", Switch(gives=False), "Make no debug image"),
        Option("debug", "--debug-from", "debug", kinds.DebugTools(),
               "Take the debug image's tools from this image"),
        Option("report_directory", "--report-dir", "report_directory", kinds.FOLDER,
               "Where reports go, else slim-report/NAME_TAG of the slim image"),
        Option("seccomp", "--seccomp", "seccomp", kinds.FILE,
               "Write a seccomp profile, tested with the images"),
        Option("seccomp_from", "--seccomp-from", "seccomp_from", several(kinds.FILE),
               "Allow what this profile or saved trace has, too", appends=True),
        Option("sbom_in_image", "--sbom-in-image", "sbom_in_image", Switch(),
               "Put the SBOM into the image, too"),
        Option("spdx", "--spdx", "spdx", Switch(),
               "Write the SBOM as SPDX, too"),
        Option("scan", "--scan", "scan", kinds.FILE,
               "A scanner's report on IMAGE, for --vex"),
        Option("vex", "--vex", "vex", kinds.FILE,
               "Write VEX: what of --scan is not in the result"),
        Option("export_prefetch", "--export-prefetch", "export_prefetch", kinds.FILE,
               "List what is used first, for lazy pulling"),
        Option("provenance", "--no-provenance", "provenance", Switch(gives=False),
               "Do not write how the images came about"),
        Option("sign_key", "--sign-key", "sign_key", kinds.FILE,
               "Sign it with this private key (PEM)"),
        Option("builder_id", "--builder-id", "builder_id", like("URI", r"[a-z][a-z0-9+.-]*:\S+"),
               "Who builds, e.g. the address of a CI job"),
    ),
    "Saved traces": (
        Option("from_trace", "--from-trace", "from_trace", kinds.FILE,
               "Build from this; the original is not run", instead_of="save_trace"),
        Option("save_trace", "--save-trace", "save_trace", kinds.FILE,
               "Save what the traced run saw", instead_of="from_trace"),
        Option("allow_drift", "--allow-drift", "allow_drift", Switch(),
               "Take the trace whatever has changed in IMAGE"),
        Option("retrace", "--retrace", "retrace", Switch(),
               "Trace anew where it is missing or does not fit"),
        Option("cache_directory", "--cache-dir", "cache_dir", kinds.FOLDER,
               "Keep traces here, as between runs of CI"),
        Option("sources", "--trace-source", "trace_sources",
               several(kinds.choice(Source)),
               "Use this source only, else both"),
    ),
    "A service of a compose file": (
        Option("compose.files", "--compose", "compose.file", several(kinds.FILE),
               "Run IMAGE as a service of this compose file"),
        Option("compose.service", "--service", "compose.service", NAME,
               "The service that is slimmed"),
        Option("service", "", "service", NAME,
               "The service that a role is", Scope.ONLY_IN_ROLES),
        Option("compose.timeout", "--compose-timeout", "compose.timeout", SECONDS,
               "Time for what it needs to become ready"),
    ),
    "Limits of --crawl and --openapi": (
        Option("crawl.depth", "--crawl-depth", "crawl.depth", COUNT_OR_NONE,
               "Links from the start to the farthest page", ONE_ROLE),
        Option("crawl.pages", "--crawl-pages", "crawl.pages", COUNT,
               "Requests at most", ONE_ROLE),
        Option("crawl.seconds", "--crawl-time", "crawl.time", SECONDS,
               "Time for all of them", ONE_ROLE),
        Option("crawl.connections", "", "crawl.connections", COUNT,
               "Requests at a time", ONE_ROLE),
        Option("crawl.excludes", "--crawl-exclude", "crawl.exclude",
               several(Kind(metavar="GLOB")),
               'Do not ask for what matches, like "/admin/*"', ONE_ROLE, appends=True),
        Option("openapi.examples", "--openapi-examples", "openapi.examples", COUNT,
               "Valid requests each, and as many invalid", ONE_ROLE),
        Option("openapi.seconds", "--openapi-time", "openapi.time", SECONDS,
               "Time for all operations", ONE_ROLE),
    ),
}
# fmt: on
"""What options are for → the options, those first that are used most. Of rows with the same field
the values are joined in this order."""

TABLE: Final = (*(option for options in GROUPS.values() for option in options), *SPELLINGS)


def part_of(option: Option) -> str:
    """The field of BuildOptions that an option is inside of; empty: of none."""
    return option.field.rpartition(".")[0]


def needed(part: str) -> str:
    """The field without which there is no such part; empty: there always is one."""
    key = f"{part}.{PARTS[part].needs}"
    return next((option.field for option in TABLE if option.key == key), "")


def rows_for(scopes: Iterable[Scope]) -> tuple[Option, ...]:
    """Those that slim.yaml may say in such a place."""
    return tuple(option for option in TABLE if option.key and option.scope in scopes)


def default_of(option: Option) -> str:
    """As it is written; empty where the help says it, or nothing is the default."""
    part = part_of(option)
    holder = PARTS[part].defaults if part else BuildOptions
    value = getattr(holder, option.field.rpartition(".")[2], None)
    if option.alone:
        return option.alone
    match option.kind:
        case kinds.Choice() if isinstance(value, enum.Enum):
            return str(value.value)
        case kinds.Number() if value is not None:
            return f"{value:g}"
    return ""
