"""`slim advise`: what to change in a Dockerfile, with evidence from a traced run."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from slimmer.cli.failure import errors_as_json
from slimmer.cli.table import table_options, texts_of
from slimmer.disk import is_directory, is_regular, write_result
from slimmer.image.archive import Choice
from slimmer.options import TABLE, BuildOptions, FileSettings, build_options, read_file
from slimmer.progress import console_progress, told_if_slow

if TYPE_CHECKING:
    from slimmer.lint import Subject
    from slimmer.report import SavedReport

_LIMIT = 10
_OF_PROBES: Final = ("--http-probe", "--exec-probe", "--plan", "--port", "--env")


@click.command(short_help="Tell what to change in a Dockerfile, with evidence.")
@click.argument("image", metavar="IMAGE|FILE.tar|DIR")
@click.option(
    "--trace",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A saved trace of the image.",
)
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The report of a build of the image. Default: the newest below slim-report.",
)
@click.option(
    "--dockerfile",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="What the image was built from: name its lines, and add what `slim lint` finds there.",
)
@click.option(
    "--context",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Its build context. Default: the folder of the Dockerfile.",
)
@click.option("--target", metavar="STAGE", default="", help="Its stage. Default: the last.")
@click.option(
    "--previous",
    metavar="IMAGE|FILE.tar|DIR",
    help="The image of the build before: tell which instruction made the others be run again.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    default=_LIMIT,
    help=f"How many to print. Default: {_LIMIT}.",
)
@click.option(
    "--write",
    "written",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a Dockerfile that makes a small image: the build there is as a stage, and what the "
    "slim build kept. Needs --dockerfile.",
)
@click.option(
    "--prove",
    is_flag=True,
    help="Build what --write wrote, and send its container the probes: those below, or of --file.",
)
@click.option(
    "--tag", metavar="NAME", default="", help="Its image's name. Default: IMAGE with `-advised`."
)
@click.option(
    "--build-arg",
    "arguments",
    multiple=True,
    metavar="NAME=VALUE",
    help="What its build is given, as docker build takes it.",
)
@click.option(
    "-f",
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The slim.yaml with the probes, and how the container is run.",
)
@table_options(option for option in TABLE if option.name in _OF_PROBES)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def advise(
    image: str,
    trace: Path | None,
    report: Path | None,
    dockerfile: Path | None,
    context: Path | None,
    target: str,
    previous: str | None,
    limit: int,
    written: Path | None,
    prove: bool,
    tag: str,
    arguments: tuple[str, ...],
    file: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Tell what to change in a Dockerfile, in order of megabytes: which instruction's files were
    never opened, which packages nobody used, which base would do, what layers hide.

    A traced run tells what is used: that of a slim build, whose report is found, or a saved trace
    (--trace).

    \b
      slim build my-app:latest --http-probe /health
      slim advise my-app:latest --dockerfile .
      slim advise my-app:latest --dockerfile . --write Dockerfile.slim --prove --http-probe /health
    """
    if trace and report:
        raise click.UsageError("--trace and --report exclude each other")
    if written and (trace or not dockerfile):
        raise click.UsageError(
            "--write needs --dockerfile, and the report of a build: it packs what they tell of"
        )
    texts = texts_of(given)
    if prove and not (written and (file or texts)):
        raise click.UsageError(
            "--prove needs --write, and probes: --http-probe /health, or --file slim.yaml"
        )
    with (
        errors_as_json(as_json),
        told_if_slow(sys.stderr, lambda: f"{image} is being read, and what was used of it"),
    ):
        # What these load takes longer than reading many an image.
        from slimmer.advise import advise as advise_on
        from slimmer.advise import json_lines, terminal_advice
        from slimmer.explain import look_into, xray_of
        from slimmer.lint import LintOptions, dockerfile_in, read_subject

        # What is named first is read first: it may be wrong, and an image takes its time.
        options = LintOptions(context=context, target=target)
        subject, findings = (
            read_subject(dockerfile_in(dockerfile), options) if dockerfile else (None, ())
        )
        found = look_into(image, choice=Choice(), trace=trace, report=report)
        before = xray_of(previous, choice=Choice()) if previous else None
        document = advise_on(found.xray, subject, findings, before, found.linked, found.kept_unused)
        if written and subject and found.report:
            _write(written, subject, found.report, found.config, image)
    if as_json:
        sys.stdout.writelines(json_lines(document))
    else:
        terminal_advice(document, sys.stdout, limit=limit)
    sys.stdout.flush()
    if not written or not dockerfile:
        return
    folder = context or (dockerfile if is_directory(dockerfile) else dockerfile.parent)
    if not prove:
        click.echo(
            f"{written} is written, and not tried yet: build it, and run your tests on its image\n"
            f"  docker build -f {shlex.quote(str(written))} {shlex.quote(str(folder))}",
            err=True,
        )
        return
    settings = read_file(file) if file else FileSettings()
    settings.build["image"] = tag or f"{image}-advised"
    _prove(written, folder, arguments, build_options(settings, texts), document.size)


def _prove(
    file: Path, context: Path, arguments: tuple[str, ...], options: BuildOptions, before: int
) -> None:
    from slimmer.build import prove_dockerfile
    from slimmer.words import count, factor, size

    progress = console_progress(sys.stderr)
    with contextlib.closing(progress):
        proved = prove_dockerfile(file, context, arguments, options, progress)
    passed = (
        f"{count(len(proved.probes), 'probe')} passed" if proved.probes else "nothing probed it"
    )
    click.echo(
        f"{proved.image} has {size(proved.size)} instead of {size(before)}, "
        f"{factor(before, proved.size)} smaller; {passed}",
        err=True,
    )


def _write(
    file: Path, subject: Subject, saved: SavedReport, config: Mapping[str, Any], image: str
) -> None:
    """Write the Dockerfile; one that somebody else has written stays as it is."""
    from slimmer.advise import MARK, Settings, needed_of, rewritten
    from slimmer.errors import UsageError

    if is_regular(file) and not file.read_bytes().startswith(MARK.encode()):
        raise UsageError(
            f"{file} is there already, and was not written by `slim advise`",
            hint="name another file for --write",
        )
    if not saved.is_whole:
        raise UsageError(
            f"dropped.json is not beside {saved.file}: what an image leaves out is not known",
            hint="name the folder that the build has written with --report",
        )
    text = rewritten(
        subject.dockerfile,
        subject.target,
        needed_of(saved.fates.values()),
        Settings(config=config),
        image=image,
        paths=saved.fates.keys(),
    )
    write_result(file, text.encode("utf-8", "surrogateescape"), "writing the Dockerfile")
