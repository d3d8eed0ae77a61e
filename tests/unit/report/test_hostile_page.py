"""Whatever an image's names are, the page has the same elements, and they are only text in it."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from jinja2 import UndefinedError
from selectolax.lexbor import LexborHTMLParser

from slimmer.report import (
    DriftedPath,
    Report,
    TraceFileSummary,
    UnstablePath,
    compose_report,
    terminal_summary,
)
from slimmer.report.page import prepare_page, to_page
from slimmer.report.report import DifferenceSummary
from slimmer.words import printable
from tests.unit.report.recorded_run import REPAIRED, recorded_run

TAG = "</td></script><img src=x onerror=\"document.title='owned'\"><script>1</script>"
NAMES = (
    TAG,
    "\"' onmouseover='alert(1)' x=\"",
    "{{ 7 * 7 }}{% raw %}&lt;&#60;-->",
    "red\x1b[31m\x00\r\n\tend",
    "bytes-\udcff\ud800",
    "\u202egpj.exe\u2028",
)

CODES = {
    "image",
    "compared",
    "verification",
    "type",
    "kind",
}
"""Fields that choose what is shown: their values are the product's own words."""


def every_section() -> Report:
    report = compose_report(recorded_run(paths=(), repair=REPAIRED, verification="content"))
    probe = replace(
        report.tests[1].probes[0],
        passed=False,
        differences=(DifferenceSummary(part="body", lines=("-a", "+b")),),
    )
    return replace(
        report,
        tests=(report.tests[0], replace(report.tests[1], problem="ended", probes=(probe,))),
        trace_file=TraceFileSummary(
            path="app.trace",
            recalled=True,
            passed=False,
            runs=2,
            drift=(DriftedPath(path="/a", change="type"),),
            unstable=(UnstablePath(path="/b", runs=1),),
        ),
    )


def renamed(value: Any, name: str) -> Any:
    """The same tree with the name behind each text that a stranger may choose."""
    if isinstance(value, str):
        return value + name if value else value
    if isinstance(value, tuple):
        return tuple(renamed(element, name) for element in value)
    if isinstance(value, Mapping):
        return {renamed(key, name): renamed(element, name) for key, element in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            field.name: renamed(getattr(value, field.name), name)
            for field in dataclasses.fields(value)
            if field.init and field.name not in CODES
        }
        return replace(value, **changes)
    return value


def elements(page: str) -> list[tuple[str | None, tuple[str, ...]]]:
    """Each element's tag and the names of its attributes, in the order of the page."""
    root = LexborHTMLParser(page).root
    assert root is not None
    return [(node.tag, tuple(node.attributes)) for node in root.traverse()]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_adds_no_element_and_no_attribute(name: str) -> None:
    harmless = to_page(renamed(every_section(), "-harmless"))
    hostile = to_page(renamed(every_section(), name))

    assert elements(hostile) == elements(harmless)
    hostile.encode("utf-8")
    assert not {"\x1b", "\x00", "\r", "\t", "\u202e", "\u2028"} & set(
        hostile.partition("<body>")[2]
    )


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_nothing_steers_the_terminal(name: str) -> None:
    stream = io.StringIO()
    terminal_summary(renamed(every_section(), name), stream)
    written = stream.getvalue()
    assert {each for each in written if not each.isprintable()} == {"\n"}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_read_back_as_it_is_printed(name: str) -> None:
    body = LexborHTMLParser(to_page(renamed(every_section(), name))).body
    assert body is not None
    texts = {cell.text() for cell in body.css("td")}

    assert f"/a{printable(name)}" in texts
    assert f"/b{printable(name)}" in texts


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        prepare_page().render(report=every_section())
