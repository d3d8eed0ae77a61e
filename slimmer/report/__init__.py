"""What a run tells at its end: the report, for people and machines."""

from slimmer.report.base_summary import BaseSummary, RejectedBase
from slimmer.report.compose import FinishedImage, RunRecord, compose_report
from slimmer.report.coverage import first_uses, measure_coverage
from slimmer.report.coverage_summary import CoverageSummary
from slimmer.report.document import json_pieces, to_json
from slimmer.report.dropped import DroppedDocument, dropped_document
from slimmer.report.files import DROPPED_NAME, JSON_NAME, PAGE_NAME, write_page, write_report
from slimmer.report.groups import content_sizes
from slimmer.report.growth import read_earlier
from slimmer.report.instructions import with_instructions
from slimmer.report.inventory import Inventory, take_inventory
from slimmer.report.language_packages import LanguagePackage, language_packages
from slimmer.report.page import prepare_page, to_page
from slimmer.report.places import remember_report
from slimmer.report.removed import package_of_type
from slimmer.report.report import ImageSummary, PushedImage, Report
from slimmer.report.saved import (
    Fate,
    SavedReport,
    find_report,
    has_result,
    read_report,
    read_whole_report,
)
from slimmer.report.terminal import report_line, terminal_summary
from slimmer.report.trace_file_summary import DriftedPath, TraceFileSummary, UnstablePath

__all__ = [
    "DROPPED_NAME",
    "JSON_NAME",
    "PAGE_NAME",
    "BaseSummary",
    "CoverageSummary",
    "DriftedPath",
    "DroppedDocument",
    "Fate",
    "FinishedImage",
    "ImageSummary",
    "Inventory",
    "LanguagePackage",
    "PushedImage",
    "RejectedBase",
    "Report",
    "RunRecord",
    "SavedReport",
    "TraceFileSummary",
    "UnstablePath",
    "compose_report",
    "content_sizes",
    "dropped_document",
    "find_report",
    "first_uses",
    "has_result",
    "json_pieces",
    "language_packages",
    "measure_coverage",
    "package_of_type",
    "prepare_page",
    "read_earlier",
    "read_report",
    "read_whole_report",
    "remember_report",
    "report_line",
    "take_inventory",
    "terminal_summary",
    "to_json",
    "to_page",
    "with_instructions",
    "write_page",
    "write_report",
]
