"""What a run tells at its end: the report, for people and machines."""

from slimmer.report.compose import FinishedImage, ImageTest, RunRecord, compose_report
from slimmer.report.document import schema, to_json
from slimmer.report.files import write_report
from slimmer.report.page import to_page
from slimmer.report.report import SCHEMA_VERSION, Report
from slimmer.report.terminal import terminal_summary

__all__ = [
    "SCHEMA_VERSION",
    "FinishedImage",
    "ImageTest",
    "Report",
    "RunRecord",
    "compose_report",
    "schema",
    "terminal_summary",
    "to_json",
    "to_page",
    "write_report",
]
