"""`slim check`: an image held to gates, for people, pull requests and pipelines."""

from slimmer.check.check import check_image
from slimmer.check.document import (
    ERROR,
    FAIL,
    PASS,
    CheckDocument,
    GateResult,
    SizeExplanation,
    StrategySize,
)
from slimmer.check.gate import Gate
from slimmer.check.gates import GATES
from slimmer.check.largest import FileShare, by_strategy, explain_size
from slimmer.check.settings import ROWS, CheckSettings, Input, check_settings, key_of
from slimmer.check.strategies import sizes_by_strategy
from slimmer.check.words import explanation_lines

__all__ = [
    "ERROR",
    "FAIL",
    "GATES",
    "PASS",
    "ROWS",
    "CheckDocument",
    "CheckSettings",
    "FileShare",
    "Gate",
    "GateResult",
    "Input",
    "SizeExplanation",
    "StrategySize",
    "by_strategy",
    "check_image",
    "check_settings",
    "explain_size",
    "explanation_lines",
    "key_of",
    "sizes_by_strategy",
]
