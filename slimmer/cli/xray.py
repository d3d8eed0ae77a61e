"""`slim xray`: what an image consists of, and how much of that was used."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slimmer.cli.failure import errors_as_json
from slimmer.disk import is_regular
from slimmer.errors import LayerRulesError
from slimmer.image.archive import Choice, is_image_file, read_image_file, read_image_stream
from slimmer.progress import told_if_slow
from slimmer.words import size
from slimmer.xray import Inspection, RuleVerdict, Verdict, Xray, examine, json_lines, judge
from slimmer.xray.terminal import SECTIONS, terminal_xray

if TYPE_CHECKING:
    from slimmer.engine import Engine
    from slimmer.explain import Account

_RULES = Path(".dive-ci")
_LIMIT = 10


@click.command(short_help="See inside an image: layers, hidden bytes, packages, secrets.")
@click.argument("image", metavar="IMAGE|FILE.tar|DIR")
@click.option(
    "--trace",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A saved trace of the image: show used bytes beside all bytes.",
)
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The same from the report of a build of the image.",
)
@click.option(
    "--show",
    multiple=True,
    type=click.Choice(SECTIONS),
    metavar="SECTION…",
    help=f"Only these: {', '.join(SECTIONS)}.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    default=_LIMIT,
    help=f"How many rows of each list to print. Default: {_LIMIT}.",
)
@click.option(
    "-i",
    "--interactive",
    is_flag=True,
    help="Look around on a whole screen: layers, and the tree of each. `?` lists the keys.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
@click.option(
    "--ci",
    is_flag=True,
    help="Hold the image against dive's three rules, and fail where it breaks one.",
)
@click.option(
    "--ci-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Where the rules of --ci are set. Default: {_RULES}, if it is there.",
)
@click.option("--lowest-efficiency", metavar="SHARE", help="With --ci. Default: 0.9.")
@click.option("--highest-wasted-bytes", metavar="SIZE", help="With --ci. Default: disabled.")
@click.option("--highest-user-wasted-percent", metavar="SHARE", help="With --ci. Default: 0.1.")
@click.option("--pick", metavar="NAME", default="", help="Of an archive with several images.")
@click.option(
    "--platform", metavar="OS/ARCH", default="", help="Of an OCI layout with several platforms."
)
def xray(
    image: str,
    trace: Path | None,
    report: Path | None,
    show: tuple[str, ...],
    limit: int,
    interactive: bool,
    as_json: bool,
    ci: bool,
    ci_config: Path | None,
    lowest_efficiency: str | None,
    highest_wasted_bytes: str | None,
    highest_user_wasted_percent: str | None,
    pick: str,
    platform: str,
) -> None:
    """See inside an image: which instruction made which layer, where its bytes are, which of them
    no container can read, and which were used in a traced run.

    It is read from the engine, from an archive (`docker save`, OCI layout), or from the directory
    of an OCI layout, in one pass and without unpacking.

    \b
      slim xray my-app:latest
      slim xray my-app.tar --trace app.trace
      slim xray my-app:latest -i
      slim xray my-app:latest --ci --highest-wasted-bytes 20MB
      slim xray my-app:latest --show dockerfile
    """
    flags = {
        "lowestEfficiency": lowest_efficiency,
        "highestWastedBytes": highest_wasted_bytes,
        "highestUserWastedPercent": highest_user_wasted_percent,
    }
    given = {name: text for name, text in flags.items() if text is not None}
    if (given or ci_config) and not ci:
        raise click.UsageError("rules are for --ci")
    if trace and report:
        raise click.UsageError("--trace and --report exclude each other")
    if interactive:
        if show or as_json or ci:
            raise click.UsageError("-i shows everything itself: leave out --show, --json and --ci")
        _look_around(image, Choice(name=pick, platform=platform), trace, report)
        return
    with errors_as_json(as_json):
        rules = _rules(ci_config, given) if ci else {}
        choice = Choice(name=pick, platform=platform)
        found = _examined(image, choice, trace, report)
        if ci:
            found = dataclasses.replace(found, verdict=judge(found.dive, rules))
    _tell(found, as_json=as_json, limit=limit, sections=frozenset(show))
    if found.verdict and not found.verdict.passed:
        raise _broken(image, found.verdict)


def _rules(config: Path | None, given: Mapping[str, str]) -> Mapping[str, str]:
    """Flags stand above the file."""
    from slimmer.options import read_dive_rules

    file = config or (_RULES if is_regular(_RULES) else None)
    return {**(read_dive_rules(file) if file else {}), **given}


class _Reading:
    """How much of an image the engine has handed out."""

    def __init__(self, image: str) -> None:
        self._image = image
        self._tool, self._whole, self._read = "", 0, 0

    def counted(self, engine: Engine, image: Mapping[str, Any]) -> Iterator[bytes]:
        """The archive of the image that the engine describes so."""
        self._tool, self._whole = engine.tool, int(image.get("Size") or 0)
        for piece in engine.save_image(str(image["Id"])):
            self._read += len(piece)
            yield piece

    def __str__(self) -> str:
        if not self._tool:
            return f"{self._image} is being read"
        return (
            f"the engine hands out {self._image}, which takes as long as `{self._tool} save`: "
            f"{size(self._read)} of about {size(self._whole)} so far"
        )


def _examined(image: str, choice: Choice, trace: Path | None, report: Path | None) -> Xray:
    """What reads traces and reports takes a second of processor time to be loaded, longer than many
    an image to be read."""
    reading = _Reading(image)
    with told_if_slow(sys.stderr, lambda: str(reading)):
        if trace or report:
            from slimmer.explain import xray_of

            return xray_of(
                image, choice=choice, trace=trace, report=report, archive=reading.counted
            )
        if is_image_file(image):
            content = read_image_file(Path(image), Inspection(), choice=choice, wait=False)
            return examine(content, image)
        from slimmer.engine import connect

        with contextlib.closing(connect()) as engine:
            chunks = reading.counted(engine, engine.inspect_image(image))
            content = read_image_stream(chunks, image, Inspection(), choice=choice)
        return examine(content, image, source="engine")


def _look_around(image: str, choice: Choice, trace: Path | None, report: Path | None) -> None:
    if not _is_terminal():
        raise click.UsageError(
            "-i needs a terminal for input and output: without -i the same is printed, and --json "
            "has all of it"
        )
    from slimmer.probing import require_installed

    require_installed("textual", extra="tui", what="-i")
    from slimmer.explain import strata_of_target
    from slimmer.xray.view import show

    reading = _Reading(image)
    with told_if_slow(sys.stderr, lambda: str(reading)):
        strata = strata_of_target(
            image, choice=choice, trace=trace, report=report, archive=reading.counted
        )
    show(strata, functools.partial(_why, _account(report)) if report else None)


def _is_terminal() -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(stream.isatty() for stream in streams)


def _account(report: Path) -> Account:
    from slimmer.explain import account_of_report

    return account_of_report(report)


def _why(account: Account, path: str) -> str:
    from slimmer.cli.why import answer_lines
    from slimmer.explain import sightings_of, why

    return "\n".join(answer_lines(why(account, path, lambda: sightings_of(account))))


def _tell(found: Xray, *, as_json: bool, limit: int, sections: frozenset[str]) -> None:
    if as_json:
        sys.stdout.writelines(json_lines(found))
    else:
        terminal_xray(found, sys.stdout, limit=limit, sections=sections)
    sys.stdout.flush()


def _broken(image: str, verdict: Verdict) -> LayerRulesError:
    broken = [rule for rule in verdict.rules if rule.verdict == "fail"]
    return LayerRulesError(
        f"{image} breaks {len(broken)} of {len(verdict.rules)} rules: "
        + "; ".join(map(_words, broken)),
        hint="`--show hidden` lists the largest files that layers hide",
    )


def _words(rule: RuleVerdict) -> str:
    value = "" if rule.value is None else f"{rule.value:.4g}"
    return f"{rule.rule} is {value}, and {rule.threshold} is set"
