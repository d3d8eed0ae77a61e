"""The summary for people as rich draws it: what became smaller, what was verified, where
everything is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slimmer.drawing import block_for, draw
from slimmer.report.base_summary import BaseSummary
from slimmer.report.exploration import headline, lines
from slimmer.report.remarks import STARTED, compared, doubts
from slimmer.report.report import ImageSummary, RepairSummary, Report, TestSummary
from slimmer.report.terminal.coverage import coverage_facts
from slimmer.report.terminal.removed import removal_facts
from slimmer.values import ExplorationSummary, Hardening, in_role
from slimmer.words import comparison, count, printable, seconds, size

_BAR: Final = 28
_SHORTEST_BAR: Final = 4
_BESIDE_BAR: Final = 47
"""What the words beside a bar may take of a line, the gap in front of them included."""
_NARROW: Final = 44
"""Columns below which an image has no room for its number of layers either."""
_STYLES: Final = {"original": "bright_black", "slim": "green", "debug": "cyan"}
_SHOWN_STAGE: Final = 0.05
"""Stages that took fewer seconds are not worth a word."""
_SHOWN_PROBES: Final = 5
_SHOWN_REPAIRS: Final = 8
_SHOWN_LIBRARIES: Final = 5


def write_summary(report: Report, stream: TextIO) -> None:
    """What `terminal.terminal_summary` does."""
    block = block_for(stream)
    draw(stream, lambda width: _summary(report, block, width))


def _summary(report: Report, block: str, width: int) -> RenderableType:
    parts: list[RenderableType] = ["", _headline(report), "", _images(report, block, width), ""]
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, value in _facts(report):
        facts.add_row(Text(printable(label)), value)
    parts += [facts, ""]
    return Padding(Group(*parts), (0, 0, 0, 1))


def _headline(report: Report) -> Text:
    if report.slim is None or report.exit_code:
        return Text.assemble(
            ("✗ ", "red"),
            (printable(report.original.reference), "bold"),
            f": {printable(report.problem or 'no slim image was made')}",
        )
    smaller = comparison(report.original.size, report.slim.size)
    return Text.assemble(
        ("✓ ", "green"),
        (printable(report.slim.reference), "bold"),
        " is ",
        (smaller, "bold green"),
        f" than {printable(report.original.reference)}",
    )


def _images(report: Report, block: str, width: int) -> Table:
    """One line per image, a bar to scale with the original's where there is room for one."""
    bar = min(_BAR, width - _BESIDE_BAR)
    has_bar, has_layers = bar >= _SHORTEST_BAR, width >= _NARROW
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    if has_bar:
        table.add_column(no_wrap=True, width=bar)
    for _ in range(2 + has_layers):
        table.add_column(justify="right", no_wrap=True)
    original = report.original
    rows: list[tuple[str, int, int, int]] = [
        ("original", original.size, original.files, original.layers)
    ]
    rows += [
        (kind, image.size, image.files, len(image.layers))
        for kind, image in (("slim", report.slim), ("debug", report.debug))
        if image is not None
    ]
    largest = max(row[1] for row in rows) or 1
    for kind, number, files, layers in rows:
        style = _STYLES[kind]
        cells = [Text(size(number)), Text(count(files, "file"), style="dim")]
        if has_bar:
            cells.insert(0, Text(block * max(1, round(number / largest * bar)), style=style))
        if has_layers:
            cells.append(Text(count(layers, "layer"), style="dim"))
        table.add_row(Text(kind, style="bold"), *cells)
    return table


def _facts(report: Report) -> Iterator[tuple[str, Text]]:
    yield from removal_facts(report)
    if report.slim is not None:
        layers = " · ".join(_layers(report.slim))
        yield "layers", Text.assemble("as archives: ", layers)
    if report.base is not None:
        yield "base", _base(report.base)
    for exploration in report.explorations:
        yield in_role(exploration.role, exploration.name), _explored(exploration)
    for test in report.tests:
        if test.image != "original":
            yield f"{test.image} test", _verdict(report, test)
    if report.slim is not None and report.verification in ("off", "impossible"):
        platform = f"{report.original.os}/{report.original.architecture}"
        reason = "--verify off" if report.verification == "off" else f"nothing here runs {platform}"
        yield "slim test", Text(f"not run: {reason}", style="yellow")
    if report.repair is not None:
        yield "repaired", _repaired(report.repair)
    if report.seccomp is not None:
        yield "system calls", Text(printable(report.seccomp.words))
    if report.fidelity:
        yield "fidelity", _fidelity(report)
    for hardening in report.hardening:
        yield "hardened", _hardened(hardening)
    yield from coverage_facts(report)
    if report.debug is not None:
        yield "debug image", Text(printable(report.debug.reference))
    for image in report.pushed:
        yield "pushed", Text(printable(f"{image.reference} {image.digest}"))
    yield "time", Text(_times(report))
    yield "memory", Text(f"{size(report.peak_memory)} at most")
    for name, place in report.artifacts.items():
        yield _label(name), Text(printable(place))
    for source, reason in report.trace.missing_sources.items():
        yield "note", Text(printable(f"traced without {source}: {reason}"), style="yellow")
    for note in report.notes:
        yield "note", Text(printable(note), style="yellow")
    if report.next_commands:
        yield "next", Text("\n".join(map(printable, report.next_commands)))


def _label(artifact: str) -> str:
    """What a file is called. The sensor's records (`trace`, `trace-ROLE`) are no saved trace, which
    --from-trace reads."""
    name, dash, role = artifact.partition("-")
    return f"raw {name}{dash}{role}" if name == "trace" else artifact.replace("_", " ")


def _base(base: BaseSummary) -> Text:
    """What is shared with it, and what of it is in the shade."""
    text = Text(printable(base.words))
    for each in base.rejected:
        text.append(f"\n{printable(each.reference)} was not taken: {printable(each.why)}", "dim")
    for library in base.shadowed[:_SHOWN_LIBRARIES]:
        text.append(f"\n! {printable(library)}", style="yellow")
    if len(base.shadowed) > _SHOWN_LIBRARIES:
        more = len(base.shadowed) - _SHOWN_LIBRARIES
        text.append(f"\n! … and {more} more libraries", style="yellow")
    return text


def _layers(image: ImageSummary) -> Iterator[str]:
    for layer in image.layers:
        yield f"{printable(layer.name)} {size(layer.size)}"


def _verdict(report: Report, test: TestSummary) -> Text:
    """What passed on the slim image is named, and what that leaves open; the debug image has to
    pass the very same."""
    failed = [probe for probe in test.probes if not probe.passed]
    if test.passed:
        probes = f"{count(len(test.probes), 'probe')} passed" if test.probes else STARTED
        passed = in_role(test.role, probes)
        text = Text.assemble(("✓ ", "green"), printable(passed))
        if any(probe.compared in ("same", "alike") for probe in test.probes):
            text.append(", the answers are the original's")
        if doubt := doubts(report, test):
            style = "yellow" if doubt.is_grave else "dim"
            if doubt.is_grave:
                text = Text.assemble(("! ", style), text[2:])
            text.append(f", but {doubt}", style=style)
        shown = list(test.probes) if test.image == "slim" else []
    else:
        failures = in_role(test.role, f"{len(failed)} of {len(test.probes)} probes failed")
        text = Text.assemble(("✗ ", "red"), printable(failures))
        if test.problem:
            text.append(f"; {printable(test.problem)}")
        shown = failed
    for probe in shown[:_SHOWN_PROBES]:
        text.append(f"\n{printable(probe.name)}  ")
        text.append(printable(probe.answer), style="dim")
        if remark := compared(probe):
            text.append(f" · {remark}", style="dim")
    if len(shown) > _SHOWN_PROBES:
        text.append(f"\n… and {len(shown) - _SHOWN_PROBES} more", style="dim")
    return text


def _explored(exploration: ExplorationSummary) -> Text:
    text = Text(headline(exploration))
    for line in lines(exploration):
        text.append(f"\n{line}", style="dim")
    return text


def _repaired(repair: RepairSummary) -> Text:
    """What was missed, and how to build without repair the next time."""
    text = Text(
        f"{count(len(repair.paths), 'path')} in {count(len(repair.rounds), 'round')}; "
        "keep from the start with:",
        style="yellow",
    )
    options = list(dict.fromkeys(each.lasting for each in repair.paths))
    for option in options[:_SHOWN_REPAIRS]:
        paths = [each for each in repair.paths if each.lasting == option]
        text.append(f"\n{printable(option)}  ")
        first = paths[0]
        if not option.startswith("--include"):
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            text.append(f"for {printable(first.path)}{more}, ", style="dim")
        text.append(printable(first.detail), style="dim")
    if len(options) > _SHOWN_REPAIRS:
        text.append(f"\n… and {len(options) - _SHOWN_REPAIRS} more: see the report", style="dim")
    return text


def _fidelity(report: Report) -> Text:
    """Paths are files and directories: with the number of files above they make a sum."""
    files = {"slim": report.slim, "debug": report.debug}
    compared = []
    for each in report.fidelity:
        image = files.get(each.image)
        number = min(each.paths, image.files) if image is not None else each.files_read
        directories = count(each.paths - number, "directory")
        compared.append(f"{count(number, 'file')} and {directories} of the {each.image} image")
    source = "the original and the base" if report.base else "the original"
    return Text.assemble(("✓ ", "green"), f"as in {source}: {', '.join(compared)}")


def _hardened(hardening: Hardening) -> Text:
    """The rights in one line, what could not be taken below."""
    rights = [
        ", ".join(each.name for each in hardening.capabilities) or "no capabilities",
        "read-only root" if hardening.read_only else "writable root",
        "no new privileges" if hardening.no_new_privileges else "new privileges",
        *([f"user {hardening.user}"] if hardening.user else []),
    ]
    tried = count(hardening.trials, "trial")
    text = Text.assemble(
        ("✓ ", "green"),
        printable(in_role(hardening.role, f"passes with {'; '.join(rights)}")),
        (f" · {tried}", "dim"),
    )
    for note in hardening.notes:
        text.append(f"\n{printable(note)}", style="dim")
    return text


def _times(report: Report) -> str:
    stages = [
        f"{printable(each.stage)} {seconds(each.seconds)}"
        for each in report.stages
        if each.seconds >= _SHOWN_STAGE
    ]
    return " · ".join([seconds(report.total_seconds), *stages])
