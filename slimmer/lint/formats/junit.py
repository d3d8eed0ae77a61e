"""JUnit's XML: a suite for each Dockerfile, a case for each finding."""

from __future__ import annotations

from typing import TextIO
from xml.etree import ElementTree

from slimmer.lint.document import LintReport
from slimmer.lint.finding import is_at_least
from slimmer.words import printable


def write_junit(report: LintReport, stream: TextIO) -> None:
    """Findings below the threshold are cases that pass; a clean file has one case."""
    root = ElementTree.Element("testsuites", name="slim lint")
    for file in report.files:
        failing = [each for each in file.findings if is_at_least(each.severity, report.threshold)]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=printable(file.path),
            tests=str(max(1, len(file.findings))),
            failures=str(len(failing)),
        )
        for each in file.findings:
            name = f"{each.code} line {each.line}"
            case = ElementTree.SubElement(
                suite, "testcase", name=printable(name), classname=printable(file.path)
            )
            text = "\n".join(map(printable, (each.message, *each.details)))
            if each in failing:
                failure = ElementTree.SubElement(
                    case, "failure", type=each.severity, message=printable(each.message)
                )
                failure.text = text
            else:
                ElementTree.SubElement(case, "system-out").text = text
        if not file.findings:
            ElementTree.SubElement(
                suite, "testcase", name="nothing to mend", classname=printable(file.path)
            )
    ElementTree.indent(root)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(ElementTree.tostring(root, encoding="unicode") + "\n")
