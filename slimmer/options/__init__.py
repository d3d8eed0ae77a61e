"""What a build is told: options as one value, read from slim.yaml and from flags."""

from slimmer.options.docker_run import DockerRun, parse_docker_run
from slimmer.options.environment import environment_variable, read_environment_file
from slimmer.options.exploration import openapi_options
from slimmer.options.file import read_options
from slimmer.options.options import BuildOptions, ComposeOptions, DebugImage, Role, Verification
from slimmer.options.plan import Plan, find_plan, read_plan, steps_of
from slimmer.options.quantities import parse_size
from slimmer.options.ready_plans import ready_plans
from slimmer.options.trust import insecure_probes, taking_any_certificate

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
