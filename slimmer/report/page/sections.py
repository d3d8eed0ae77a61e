"""The sections of report.html, from top to bottom, each as markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from slimmer.report.exploration import exploration_section
from slimmer.report.page.coverage import coverage_section, trace_file_section
from slimmer.report.page.markup import bar, colour_of, escaped, legend, number_cell
from slimmer.report.remarks import compared
from slimmer.report.report import (
    FidelitySummary,
    Group,
    ImageSummary,
    ProbeSummary,
    RepairSummary,
    Report,
)
from slimmer.values import in_role
from slimmer.words import comparison, count, seconds, size

_NOT_RUN: Final = '<span class="faint">not run</span>'
_MARKS: Final = {True: "\u2713", False: "\u2717"}


def sections(report: Report) -> Iterable[str]:
    yield _head(report)
    if report.slim:
        yield _layers(report.slim, report.debug)
    yield _verified(report)
    yield from map(exploration_section, report.explorations)
    if report.repair:
        yield _repaired(report.repair)
    if report.coverage:
        yield coverage_section(report.coverage)
    if report.trace_file:
        yield trace_file_section(report.trace_file)
    yield _dropped(report)
    yield _kept(report)
    yield _traced(report)
    yield (
        f"<footer>slimmer {escaped(report.slimmer_version)} \u00b7 original "
        f"<code>{escaped(report.original.id)}</code>"
        + (f" \u00b7 slim <code>{escaped(report.slim.id)}</code>" if report.slim else "")
        + "</footer>\n"
    )


def _head(report: Report) -> str:
    if report.slim and not report.exit_code:
        smaller = comparison(report.original.size, report.slim.size)
        title = (
            f"<h1>{escaped(report.slim.reference)} is "
            f'<span class="factor">{smaller}</span></h1>\n'
            f'<p class="faint">than {escaped(report.original.reference)}, '
            f"kept by strategy {escaped(report.strategy)}</p>\n"
        )
    else:
        title = (
            f"<h1>{escaped(report.original.reference)}</h1>\n"
            f'<p class="bad">{escaped(report.problem)}</p>\n'
        )
    original = report.original
    lines = [_image_line("original", original.size, original.size, original.files, original.layers)]
    lines += [
        _image_line(role, image.size, original.size, image.files, len(image.layers))
        for role, image in (("slim", report.slim), ("debug", report.debug))
        if image
    ]
    facts = [
        ("time", seconds(report.total_seconds)),
        ("memory of slimmer", size(report.peak_memory)),
        ("platform", f"{original.os}/{original.architecture}"),
    ]
    if report.debug:
        facts.append(("debug image", report.debug.reference))
    notes = [
        f"Traced without {source}: {reason}"
        for source, reason in report.trace.missing_sources.items()
    ] + list(report.notes)
    return (
        title
        + f'<div class="card images">{"".join(lines)}</div>\n'
        + '<div class="facts">'
        + "".join(f"<div>{name} <b>{escaped(value)}</b></div>" for name, value in facts)
        + "</div>\n"
        + (
            '<ul class="notes">'
            + "".join(f"<li>{escaped(note)}</li>" for note in notes)
            + "</ul>\n"
            if notes
            else ""
        )
    )


def _image_line(role: str, number: int, whole: int, files: int, layers: int) -> str:
    return (
        f"<b>{role}</b>{bar([(f'var(--{role})', number)], whole)}"
        f'<span class="number">{size(number)}</span>'
        f'<span class="number extra">{count(files, "file")}</span>'
        f'<span class="number extra">{count(layers, "layer")}</span>'
    )


def _layers(slim: ImageSummary, debug: ImageSummary | None) -> str:
    layers = (debug or slim).layers
    whole = sum(layer.size for layer in layers)
    rows = "".join(
        f'<tr><td class="name">{legend(layer.name)}{escaped(layer.name)}</td>'
        f"{number_cell(layer.size, size(layer.size))}"
        f"{number_cell(layer.entries, f'{layer.entries:,}')}"
        f"<td>{bar([(colour_of(layer.name), layer.size)], whole)}</td>"
        f'<td class="path">{escaped(layer.digest)}</td></tr>'
        for layer in layers
    )
    return (
        "<h2>Layers <small>lowest first; what changes often lies on top</small></h2>\n"
        '<div class="scroll"><table><thead><tr><th>layer</th><th class="number">size</th>'
        '<th class="number">entries</th><th></th><th>digest</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _verified(report: Report) -> str:
    """One line per probe, one column per image: the original's answer beside the others'."""
    not_run = ""
    if report.verification == "off":
        not_run = '<p class="bad">The finished images were not run: --verify off.</p>\n'
    elif report.trace_file is not None and report.trace_file.passed:
        not_run = "<p>These very images passed when the trace was saved, and were not run.</p>\n"
    answers: dict[str, dict[str, ProbeSummary]] = {}
    for test in report.tests:
        for probe in test.probes:
            answers.setdefault(in_role(test.role, probe.name), {})[test.image] = probe
    images = list(dict.fromkeys(test.image for test in report.tests))
    rows = "".join(_probe_row(name, each, images) for name, each in answers.items())
    problems = "".join(
        f'<p class="bad">{escaped(in_role(test.role, test.image))}: {escaped(test.problem)}</p>\n'
        for test in report.tests
        if test.problem
    )
    heads = "".join(f"<th>{escaped(image)}</th>" for image in images)
    return (
        "<h2>Verified <small>the same probes on the original and on what was made of it"
        f"</small></h2>\n{not_run}{problems}"
        f'<div class="scroll"><table><thead><tr><th>probe</th><th>request</th>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>\n"
        + "".join(_compared(each) for each in report.fidelity)
    )


def _compared(fidelity: FidelitySummary) -> str:
    return (
        f'<p class="faint">{_MARKS[True]} {escaped(fidelity.image)}: '
        f"{count(fidelity.paths, 'path')} as in the original, content of "
        f"{count(fidelity.files_read, 'file')} compared ({size(fidelity.bytes_read)})</p>\n"
    )


def _probe_row(name: str, answers: Mapping[str, ProbeSummary], images: Iterable[str]) -> str:
    first = next(iter(answers.values()))
    cells = "".join(
        f"<td>{_answer(answers[image]) if image in answers else _NOT_RUN}</td>" for image in images
    )
    return f'<tr><td>{escaped(name)}</td><td class="path">{escaped(first.request)}</td>{cells}</tr>'


def _answer(probe: ProbeSummary) -> str:
    return (
        f'<span class="{"good" if probe.passed else "bad"}">{_MARKS[probe.passed]}</span> '
        f'{escaped(probe.answer)} <span class="faint">{seconds(probe.seconds)}</span>'
        f"{_comparison(probe)}"
    )


def _repaired(repair: RepairSummary) -> str:
    rounds = "".join(
        f'<tr><td>{number}</td><td>{escaped(each.problem)}</td><td class="path">'
        f"{'<br>'.join(map(escaped, each.paths)) or 'nothing was missed'}</td></tr>"
        for number, each in enumerate(repair.rounds, 1)
    )
    paths = "".join(
        f'<tr><td class="path">{escaped(each.path)}</td><td>{escaped(each.detail)}</td>'
        f'<td class="path">{escaped(each.lasting)}</td></tr>'
        for each in repair.paths
    )
    return (
        "<h2>Repaired <small>what the slim image missed, and the option that keeps it from the "
        'start</small></h2>\n<div class="scroll"><table><thead><tr><th>path</th><th>missed</th>'
        f"<th>option</th></tr></thead><tbody>{paths}</tbody></table></div>\n"
        '<div class="scroll"><table><thead><tr><th>round</th><th>failed</th><th>added</th></tr>'
        f"</thead><tbody>{rounds}</tbody></table></div>\n"
    )


def _comparison(probe: ProbeSummary) -> str:
    """How the answer stands to the original's, and where it differs."""
    remark = {"same": "as the original"}.get(probe.compared, compared(probe))
    differences = "".join(
        f"<p>{escaped(difference.part)}</p><pre>"
        + "\n".join(escaped(line) for line in difference.lines)
        + "</pre>"
        for difference in probe.differences
    )
    return (f'<br><span class="faint">{escaped(remark)}</span>' if remark else "") + differences


def _dropped(report: Report) -> str:
    dropped = report.dropped
    directories = "".join(
        f'<tr><td class="path">{escaped(group.name)}</td>'
        f"{number_cell(group.dropped_size, size(group.dropped_size))}"
        f"{number_cell(group.dropped_files, f'{group.dropped_files:,}')}</tr>"
        for group in dropped.directories
    )
    return (
        f"<h2>Dropped <small>{count(dropped.files, 'file')}, {size(dropped.size)}</small></h2>\n"
        '<div class="two"><div><div class="tools"><input type="search" '
        'data-filter="directories" placeholder="Directories" aria-label="Filter directories">'
        '</div><div class="scroll short"><table class="sortable" id="directories"><thead><tr>'
        '<th>directory</th><th class="number">dropped</th><th class="number">files</th></tr>'
        f"</thead><tbody>{directories}</tbody></table></div></div>"
        '<div><div class="tools"><input type="search" data-filter="packages" '
        'placeholder="Packages" aria-label="Filter packages"></div>'
        '<div class="scroll short"><table class="sortable" id="packages"><thead><tr>'
        '<th>package</th><th class="number">dropped</th><th class="number">kept</th>'
        '<th class="number">files kept</th></tr></thead><tbody>'
        f"{''.join(_package_row(group) for group in report.packages)}"
        "</tbody></table></div></div></div>\n"
    )


def _package_row(group: Group) -> str:
    files = group.kept_files + group.dropped_files
    name = escaped(group.name) if group.name else '<span class="faint">in no package</span>'
    return (
        f"<tr><td>{name}</td>{number_cell(group.dropped_size, size(group.dropped_size))}"
        f"{number_cell(group.kept_size, size(group.kept_size) if group.kept_files else '')}"
        f"{number_cell(group.kept_files, f'{group.kept_files:,} of {files:,}')}</tr>"
    )


def _more(number: int) -> str:
    return f" and {number:,} more" if number > 0 else ""


def _kept(report: Report) -> str:
    excluded = (
        f'<p class="faint">Left out because of --exclude alone: '
        f"{', '.join(escaped(path) for path in report.excluded[:50])}"
        f"{_more(len(report.excluded) - 50)}</p>\n"
        if report.excluded
        else ""
    )
    return (
        f'<h2 id="kept">Why is this file here? <small>{count(len(report.kept), "path")} kept'
        '</small></h2>\n<div class="tools">'
        '<input type="search" id="search" placeholder="Path, package or reason" '
        'aria-label="Search kept paths">'
        '<select id="layer" aria-label="Layer"><option value="">all layers</option></select>'
        '<select id="rule" aria-label="Rule"><option value="">all rules</option></select>'
        '<span id="found" class="faint"></span></div>\n'
        "<noscript><p>This table needs JavaScript; report.json has the same.</p></noscript>"
        '<div class="scroll"><table><thead><tr><th data-order="path">path</th>'
        '<th class="number" data-order="size">size</th><th>layer</th><th>package</th>'
        '<th>because</th></tr></thead><tbody id="kept-rows"></tbody></table></div>\n'
        f'<button id="more" class="more" hidden></button>\n{excluded}'
    )


def _traced(report: Report) -> str:
    trace = report.trace
    phases = "".join(
        f"<tr><td>{escaped(phase.name)}</td>"
        f"{number_cell(phase.sightings, f'{phase.sightings:,}')}</tr>"
        for phase in trace.phases
    )
    longest = max((each.seconds for each in report.stages), default=0.0)
    stages = "".join(
        f"<tr><td>{escaped(each.stage)}</td>{number_cell(each.seconds, seconds(each.seconds))}"
        f"<td>{bar([('var(--debug)', each.seconds)], longest)}</td></tr>"
        for each in report.stages
    )
    sources = " and ".join(trace.sources) or "no source"
    return (
        '<div class="two"><div><h2>Trace <small>'
        f"{count(trace.records, 'record')} from {escaped(sources)}</small></h2>\n"
        '<div class="scroll"><table><thead><tr><th>phase</th><th class="number">uses of paths'
        f"</th></tr></thead><tbody>{phases}</tbody></table></div></div>\n"
        f"<div><h2>Time <small>{seconds(report.total_seconds)}; stages may overlap</small></h2>\n"
        '<div class="scroll"><table><thead><tr><th>stage</th><th class="number">time</th>'
        f"<th></th></tr></thead><tbody>{stages}</tbody></table></div></div></div>\n"
    )
