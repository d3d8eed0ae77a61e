"""What a build is told: options as one value, read from slim.yaml and from flags."""

from slimmer.configuration.docker_run import DockerRun, parse_docker_run
from slimmer.configuration.environment import environment_variable, read_environment_file
from slimmer.configuration.exploration import openapi_options
from slimmer.configuration.file import read_options
from slimmer.configuration.options import (
    BuildOptions,
    ComposeOptions,
    DebugImage,
    Role,
    Verification,
)
from slimmer.configuration.plan import Plan, find_plan, read_plan, steps_of
from slimmer.configuration.quantities import parse_size
from slimmer.configuration.ready_plans import ready_plans
from slimmer.configuration.trust import insecure_probes, taking_any_certificate

__all__ = [
    "BuildOptions",
    "ComposeOptions",
    "DebugImage",
    "DockerRun",
    "Plan",
    "Role",
    "Verification",
    "environment_variable",
    "find_plan",
    "insecure_probes",
    "openapi_options",
    "parse_docker_run",
    "parse_size",
    "read_environment_file",
    "read_options",
    "read_plan",
    "ready_plans",
    "steps_of",
    "taking_any_certificate",
]
