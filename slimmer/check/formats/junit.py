"""JUnit XML: a test case for each gate, as GitLab, Jenkins and others read it."""

from __future__ import annotations

import xml.etree.ElementTree as xml

from slimmer.check.document import ERROR, FAIL, CheckDocument, GateResult
from slimmer.check.formats.telling import called, finding_words, measured, problem
from slimmer.words import count, printable


def junit(document: CheckDocument) -> str:
    """The document; nothing in it is a character that XML does not have."""
    counts = {
        "tests": str(len(document.gates)),
        "failures": str(len(document.having(FAIL))),
        "errors": str(len(document.having(ERROR))),
    }
    name = printable(document.image.reference)
    root = xml.Element("testsuites", {"name": "slim check", **counts, "time": "0"})
    suite = xml.SubElement(root, "testsuite", {"name": name, **counts, "skipped": "0", "time": "0"})
    for result in document.gates:
        _case(suite, name, result)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _case(suite: xml.Element, image: str, result: GateResult) -> None:
    case = xml.SubElement(
        suite, "testcase", {"classname": f"slim check {image}", "name": called(result), "time": "0"}
    )
    if result.status in (FAIL, ERROR):
        kind = "failure" if result.status == FAIL else "error"
        message = f"{measured(result)}: {problem(result)}"
        below = xml.SubElement(case, kind, {"type": result.gate, "message": message})
        below.text = "\n".join(_lines(result))
    xml.SubElement(case, "system-out").text = f"{result.title}: {measured(result)}"


def _lines(result: GateResult) -> list[str]:
    lines = [problem(result), *map(finding_words, result.findings)]
    if (more := result.found - len(result.findings)) > 0:
        lines.append(f"{count(more, 'more finding')}")
    if result.hint:
        lines.append(f"hint: {printable(result.hint)}")
    return lines
