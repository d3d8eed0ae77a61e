"""What an image consists of, layer by layer: sizes, hidden bytes, packages, secrets; and what of it
was used, where a trace tells. Pure: an image's content in, one value out."""

from slimmer.xray.document import (
    ImageFacts,
    Layer,
    PackageShare,
    RuleVerdict,
    Share,
    Verdict,
    Xray,
    json_lines,
)
from slimmer.xray.examine import (
    Examination,
    Linked,
    Used,
    examine,
    examine_paths,
    installed_in,
    opened_files,
)
from slimmer.xray.inspection import Inspection, LinkageInspection
from slimmer.xray.origins import Origins, origins_of
from slimmer.xray.rules import judge
from slimmer.xray.stack import Stack
from slimmer.xray.strata import Difference, Node, Strata, Tree, strata_of

__all__ = [
    "Difference",
    "Examination",
    "ImageFacts",
    "Inspection",
    "Layer",
    "LinkageInspection",
    "Linked",
    "Node",
    "Origins",
    "PackageShare",
    "RuleVerdict",
    "Share",
    "Stack",
    "Strata",
    "Tree",
    "Used",
    "Verdict",
    "Xray",
    "examine",
    "examine_paths",
    "installed_in",
    "json_lines",
    "judge",
    "opened_files",
    "origins_of",
    "strata_of",
]
