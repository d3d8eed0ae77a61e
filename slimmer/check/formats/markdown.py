"""Markdown for a comment to a pull request: gates, before and after, what is new, what is large.

Whatever an image has named stands in `<code>`, each odd character as a reference, so that it is
neither markup nor a link, nor does it call anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slimmer.check.document import (
    ERROR,
    FAIL,
    PASS,
    Change,
    CheckDocument,
    Finding,
    GateResult,
    Growth,
    SizeExplanation,
)
from slimmer.check.words import strategy_words, thing_name
from slimmer.words import code, count, references, size

_MARKS = {PASS: "✅", FAIL: "❌", ERROR: "⚠️"}
_SHOWN = 10
_SHOWN_CHANGES = 30


def markdown(document: CheckDocument) -> str:
    """The comment."""
    return "\n".join(_lines(document)) + "\n"


def plain(text: str) -> str:
    """A sentence of ours with names in it. Who is named with an @ is not told of it."""
    return references(text).replace("&#64;", "&#64;&#8203;")


def _lines(document: CheckDocument) -> Iterator[str]:
    image = document.image
    verdict = "passed" if document.passed else "failed" if document.having(FAIL) else "not measured"
    yield f"### slim check: {code(image.reference)} {verdict}"
    yield ""
    packages = count(len(document.packages), "package")
    yield f"{size(image.size)}, {count(image.files, 'file')}, {packages}"
    yield ""
    yield from table(("", "gate", "measured", "limit"), map(_gate, document.gates))
    for result in document.gates:
        if result.status != PASS:
            yield from _why(result)
    if document.growth is not None:
        yield from _growth(document.growth)
    if document.explanation is not None:
        yield from _explanation(document.explanation)
    for note in document.notes:
        yield from ("", f"> {plain(note)}")


def _gate(result: GateResult) -> tuple[str, ...]:
    name = f"{result.gate} {code(result.subject)}" if result.subject else result.gate
    measured = "not measured" if result.status == ERROR else result.measured
    return _MARKS[result.status], name, measured, result.limit


def _why(result: GateResult) -> Iterator[str]:
    yield ""
    yield f"**{result.gate}**: {plain(result.problem)}"
    if result.hint:
        yield f"<br>{plain(result.hint)}"
    if result.findings:
        yield ""
        yield from (f"- {_finding(each)}" for each in result.findings[:_SHOWN])
        if (more := result.found - _SHOWN) > 0:
            yield f"- {more:,} more"


def _finding(finding: Finding) -> str:
    told = [size(finding.size)] if finding.size is not None else []
    told += [plain(finding.detail)] if finding.detail else []
    return ", ".join((code(finding.what), *told))


def _growth(growth: Growth) -> Iterator[str]:
    yield from ("", f"#### Compared with {code(growth.reference)}", "")
    rows: list[tuple[str, ...]] = [
        ("size", size(growth.size_before), size(growth.size), _change(growth))
    ]
    for name, before, now in (
        ("files", growth.files_before, growth.files),
        ("packages", growth.packages_before, growth.packages),
    ):
        if before is not None and now is not None:
            rows.append((name, f"{before:,}", f"{now:,}", f"{now - before:+,}"))
    yield from table(("", "before", "after", "change"), rows)
    if growth.changes:
        new = sum(each.size_before is None for each in growth.changes)
        gone = sum(each.size is None for each in growth.changes)
        changed = len(growth.changes) - new - gone
        yield ""
        yield f"<details><summary>{new} new, {changed} changed, {gone} removed</summary>"
        yield ""
        shown = growth.changes[:_SHOWN_CHANGES]
        yield from table(("", "package", "before", "after"), map(_package, shown))
        if (more := len(growth.changes) - len(shown)) > 0:
            yield f"\n{more:,} more"
        yield from ("", "</details>")


def _change(growth: Growth) -> str:
    grown = growth.size - growth.size_before
    share = f" ({grown / growth.size_before:+.1%})" if growth.size_before else ""
    return f"{'-' if grown < 0 else '+'}{size(abs(grown))}{share}"


def _package(change: Change) -> tuple[str, ...]:
    what = "new" if change.size_before is None else "removed" if change.size is None else ""
    return (
        what,
        code(" ".join(filter(None, (change.type, change.name)))),
        _amount(change.size_before, change.version_before),
        _amount(change.size, change.version),
    )


def _amount(bytes_: int | None, version: str) -> str:
    if bytes_ is None:
        return ""
    return size(bytes_) + (f" {code(version)}" if version else "")


def _explanation(explanation: SizeExplanation) -> Iterator[str]:
    yield from ("", "#### The largest", "")
    is_known = explanation.used_size is not None
    rows = (
        (
            size(thing.size),
            *([size(thing.used_size) if thing.used_size else "never"] if is_known else []),
            code(thing_name(thing)),
        )
        for thing in explanation.things
    )
    yield from table(("size", *(["used"] if is_known else []), ""), rows)
    if explanation.used_size is not None:
        rest = explanation.size - explanation.used_size
        yield from ("", f"Never used: {size(rest)} of {size(explanation.size)}.")
    for strategy in explanation.strategies:
        yield from ("", plain(strategy_words(strategy)))


def table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Its lines; cells are markup already."""
    yield f"| {' | '.join(heading)} |"
    yield "|---" * len(heading) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
