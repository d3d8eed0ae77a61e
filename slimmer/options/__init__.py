"""What a build is told: options as one value, read from slim.yaml and from flags."""

from slimmer.options.dive_rules import read_dive_rules
from slimmer.options.docker_run import DockerRun, is_of_docker_run, parse_docker_run
from slimmer.options.document import Document, Section
from slimmer.options.file import CHECK, read_command_section, read_file, read_options, read_section
from slimmer.options.kinds import ANY_PLACE, FILE, SIZE, Kind, Place, Switch, several
from slimmer.options.lint_section import LINT_SETTINGS, FailureThreshold, read_lint_section
from slimmer.options.option import Option, Scope, Settings
from slimmer.options.options import (
    BuildOptions,
    ComposeOptions,
    DebugImage,
    Platform,
    Role,
    Verification,
)
from slimmer.options.plan import Plan, find_plan, read_plan, steps_of
from slimmer.options.quantities import parse_size
from slimmer.options.ready_plans import ready_plans
from slimmer.options.settings import (
    FileSettings,
    Texts,
    build_options,
    laid_over,
    of_flags,
    run_flags,
)
from slimmer.options.table import GROUPS, PARTS, TABLE, default_of, rows_for
from slimmer.options.trust import insecure_probes, taking_any_certificate

__all__ = [
    "ANY_PLACE",
    "CHECK",
    "FILE",
    "GROUPS",
    "LINT_SETTINGS",
    "PARTS",
    "SIZE",
    "TABLE",
    "BuildOptions",
    "ComposeOptions",
    "DebugImage",
    "DockerRun",
    "Document",
    "FailureThreshold",
    "FileSettings",
    "Kind",
    "Option",
    "Place",
    "Plan",
    "Platform",
    "Role",
    "Scope",
    "Section",
    "Settings",
    "Switch",
    "Texts",
    "Verification",
    "build_options",
    "default_of",
    "find_plan",
    "insecure_probes",
    "is_of_docker_run",
    "laid_over",
    "of_flags",
    "parse_docker_run",
    "parse_size",
    "read_command_section",
    "read_dive_rules",
    "read_file",
    "read_lint_section",
    "read_options",
    "read_plan",
    "read_section",
    "ready_plans",
    "rows_for",
    "run_flags",
    "several",
    "steps_of",
    "taking_any_certificate",
]
