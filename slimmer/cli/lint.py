"""`slim lint`: what is wrong with a Dockerfile and its build context."""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from slimmer.cli.failure import errors_as_json
from slimmer.disk import write_result
from slimmer.errors import LintFindingsError
from slimmer.lint import (
    SEVERITIES,
    STDIN,
    LintedFile,
    LintOptions,
    LintReport,
    configuration_beside,
    dockerfile_in,
    find_hadolint,
    lint_file,
    lint_text,
)
from slimmer.lint.formats import FORMATS
from slimmer.options import FailureThreshold, read_lint_section
from slimmer.words import count


@click.command(short_help="Check a Dockerfile and its build context.")
@click.argument("files", metavar="[DOCKERFILE|DIR]…", nargs=-1)
@click.option(
    "--context",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The build context. Default: the folder of the Dockerfile.",
)
@click.option("--target", metavar="STAGE", help="The stage to build. Default: the last.")
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    metavar="FORM",
    default="terminal",
    help=f"One of: {', '.join(FORMATS)}. Default: terminal.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there, and a summary on stderr.",
)
@click.option(
    "--failure-threshold",
    "threshold",
    type=click.Choice([each.value for each in FailureThreshold]),
    metavar="SEVERITY",
    help=f"Fail from this severity on: {', '.join(SEVERITIES)}; none never fails. "
    "Default: warning.",
)
@click.option("--ignore", multiple=True, metavar="CODE…", help="Leave out: SL043, DL3008, SC2086.")
@click.option(
    "--hadolint-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Default: .hadolint.yaml beside the Dockerfile, or where hadolint looks itself.",
)
@click.option("--no-hadolint", is_flag=True, help="Run slim's own checks only.")
def lint(
    files: tuple[str, ...],
    context: Path | None,
    target: str | None,
    form: str,
    output: Path | None,
    threshold: str | None,
    ignore: tuple[str, ...],
    hadolint_config: Path | None,
    no_hadolint: bool,
) -> None:
    """Check a Dockerfile and its build context: what makes the image large, its build slow, or the
    application unsafe. hadolint runs as well, with its configuration and its ignore comments.

    \b
      slim lint
      slim lint docker/Dockerfile --context .
      slim lint --format sarif --output lint.sarif
      slim lint --failure-threshold error --ignore SL043

    A comment before an instruction ignores a finding there: `# slim ignore=SL020`. What holds
    for every run stands in the section `lint:` of slim.yaml.
    """
    with errors_as_json(form == "json" and output is None):
        told = read_lint_section()
        codes = (*ignore, *told.get("ignore", ()))
        with_hadolint = not no_hadolint and told.get("hadolint", True)
        options = LintOptions(
            context=context or told.get("context"),
            target=target if target is not None else told.get("target", ""),
            ignore=frozenset(code.strip().upper() for each in codes for code in each.split(",")),
            hadolint=find_hadolint() if with_hadolint else "",
            with_hadolint=with_hadolint,
        )
        threshold = threshold or str(told.get("failure_threshold", "warning"))
        configuration = hadolint_config or told.get("hadolint_config")
        linted = tuple(_linted(files or (".",), options, configuration))
        report = LintReport(threshold=threshold, files=linted)
        _tell(report, form, output)
    if report.failing:
        raise LintFindingsError(
            f"{count(len(report.failing), 'finding')} at or above `{threshold}`",
            hint="docs/lint.md describes each code; `# slim ignore=CODE` before an instruction, "
            "or --ignore CODE, leaves one out",
        )


def _linted(
    files: Iterable[str], options: LintOptions, configuration: Path | None
) -> Iterable[LintedFile]:
    for name in files:
        if name == STDIN:
            yield _from_stdin(_with(options, configuration))
        else:
            path = dockerfile_in(Path(name))
            yield lint_file(path, _with(options, configuration or configuration_beside(path)))


def _from_stdin(options: LintOptions) -> LintedFile:
    from slimmer.dockerfile import read_context

    context = read_context(options.context) if options.context else None
    return lint_text(sys.stdin.buffer.read(), STDIN, context, options)


def _with(options: LintOptions, configuration: Path | None) -> LintOptions:
    if configuration is None:
        return options
    return dataclasses.replace(options, hadolint_options=("--config", str(configuration)))


def _tell(report: LintReport, form: str, output: Path | None) -> None:
    if output is None:
        FORMATS[form](report, sys.stdout)
        sys.stdout.flush()
        return
    text = io.StringIO()
    FORMATS[form](report, text)
    write_result(output, text.getvalue().encode(), "writing the findings")
    found = sum(len(file.findings) for file in report.files)
    click.echo(f"{count(found, 'finding')} in {output}", err=True)
