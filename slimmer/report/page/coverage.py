"""The page's sections on what the probes reached, and on the saved trace."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.report.coverage_summary import CoverageSummary
from slimmer.report.page.markup import escaped, number_cell
from slimmer.report.trace_file_summary import TraceFileSummary
from slimmer.words import count, size

_LISTED = 200


def coverage_section(coverage: CoverageSummary) -> str:
    """Two tables: the phases, and what is kept although nothing used it."""
    phases = "".join(
        f"<tr><td>{escaped(phase.name)}</td>"
        f"{number_cell(phase.new_files, f'{phase.new_files:,}')}"
        f"{number_cell(phase.new_size, size(phase.new_size))}</tr>"
        for phase in coverage.phases
    )
    unused = "".join(
        f"<tr><td>{escaped(group.name)}</td>"
        f"{number_cell(group.unused_size, size(group.unused_size))}"
        f"{number_cell(group.kept_size, size(group.kept_size))}"
        f"{number_cell(group.unused_files, f'{group.unused_files:,} of {group.kept_files:,}')}"
        "</tr>"
        for group in coverage.unused
    )
    late = (
        f'<p class="faint">The last phase, {escaped(coverage.late.name)}, still found '
        f"{count(coverage.late.new_files, 'new file')}: more probes would find more.</p>\n"
        if coverage.late
        else ""
    )
    return (
        "<h2>Coverage <small>"
        f"{count(coverage.kept_files - coverage.unused_files, 'kept file')} used, "
        f"{coverage.unused_files:,} with {size(coverage.unused_size)} not</small></h2>\n{late}"
        '<div class="two"><div class="scroll short"><table><thead><tr><th>phase</th>'
        '<th class="number">new files</th><th class="number">size</th></tr></thead>'
        f"<tbody>{phases}</tbody></table></div>"
        '<div class="scroll short"><table class="sortable" id="unused"><thead><tr>'
        '<th>kept, and in part not used</th><th class="number">not used</th>'
        '<th class="number">kept</th><th class="number">files not used</th></tr></thead>'
        f"<tbody>{unused}</tbody></table></div></div>\n" + _application(coverage)
    )


def trace_file_section(trace: TraceFileSummary) -> str:
    """Which file it was, and the paths that changed or that only some runs saw."""
    what = "Built from" if trace.recalled else "Saved as"
    text = (
        f"<h2>Saved trace <small>{count(trace.runs, 'run')}</small></h2>\n"
        f"<p>{what} <code>{escaped(trace.path)}</code>.</p>\n"
    )
    if trace.drift:
        rows = ((each.path, each.change) for each in trace.drift[:_LISTED])
        text += _table("changed since it was saved", "now", rows, len(trace.drift))
    if trace.unstable:
        unstable = (
            (each.path, f"{each.runs} of {trace.runs}") for each in trace.unstable[:_LISTED]
        )
        text += _table("kept only because some runs used it", "runs", unstable, len(trace.unstable))
    return text


def _application(coverage: CoverageSummary) -> str:
    own = coverage.application
    if not own.unused:
        return ""
    paths = ", ".join(f"<code>{escaped(path)}</code>" for path in own.unused[:_LISTED])
    return (
        f"<details><summary>{len(own.unused):,} of the application's {count(own.files, 'file')} "
        f"were not used</summary><p>{paths}{_more(len(own.unused))}</p></details>\n"
    )


def _table(title: str, column: str, rows: Iterable[tuple[str, str]], number: int) -> str:
    body = "".join(
        f'<tr><td class="path">{escaped(path)}</td><td>{escaped(word)}</td></tr>'
        for path, word in rows
    )
    return (
        f'<div class="scroll short"><table><thead><tr><th>{title}</th><th>{column}</th></tr>'
        f"</thead><tbody>{body}</tbody></table></div>\n{_more(number)}"
    )


def _more(number: int) -> str:
    return f" and {number - _LISTED:,} more" if number > _LISTED else ""
