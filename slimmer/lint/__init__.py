"""What is wrong with a Dockerfile and its build context: real hadolint, and beside it checks of our
own, which look at the context, the cache and the size of the image. Knows no engine."""

from slimmer.lint.checks import CHECKS
from slimmer.lint.document import LintedFile, LintReport
from slimmer.lint.finding import SEVERITIES, Finding
from slimmer.lint.hadolint import CONFIGURATIONS, configuration_beside, find_hadolint
from slimmer.lint.linting import (
    NAMES,
    STDIN,
    LintOptions,
    dockerfile_in,
    lint_file,
    lint_text,
    read_subject,
)
from slimmer.lint.managers import packages_named
from slimmer.lint.subject import Subject

__all__ = [
    "CHECKS",
    "CONFIGURATIONS",
    "NAMES",
    "SEVERITIES",
    "STDIN",
    "Finding",
    "LintOptions",
    "LintReport",
    "LintedFile",
    "Subject",
    "configuration_beside",
    "dockerfile_in",
    "find_hadolint",
    "lint_file",
    "lint_text",
    "packages_named",
    "read_subject",
]
