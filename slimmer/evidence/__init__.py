"""Stage evidence: what the run and the files say of packages, in the forms that scanners take.

Bills of materials with what was used (`compose_sbom`, `compose_spdx`), VEX for what is gone
(`judge`, `vex_document`), two reports of a scanner side by side (`scan_diff`), and what to fetch
first (`prefetch_list`). docs/evidence.md says what each of them claims, and what it does not.
"""

from slimmer.evidence.bill_diff import BILL_DOCUMENTS, BillChange, BillDiff, bill_diff
from slimmer.evidence.bills import Bill, BilledPackage, parse_bill, read_bill, read_original_bill
from slimmer.evidence.claims import Claim, Claims, ImageFiles, Justification, OpenWeakness, judge
from slimmer.evidence.identity import PackageId
from slimmer.evidence.prefetch import prefetch_list
from slimmer.evidence.sbom import (
    ORIGINAL_SBOM_NAME,
    SBOM_NAME,
    SbomSubject,
    compose_sbom,
    prepare_bills,
)
from slimmer.evidence.scan_diff import (
    DOCUMENTS,
    HIDDEN,
    PackageChange,
    ScanDiff,
    WeaknessChange,
    scan_diff,
)
from slimmer.evidence.scans import FORMS, Scan, Weakness, read_scan
from slimmer.evidence.spdx import SPDX_NAME, compose_spdx, require_spdx
from slimmer.evidence.telling import markdown_lines, terminal_lines
from slimmer.evidence.use import (
    PackageUse,
    State,
    Uses,
    is_used,
    packages_left,
    packages_removed,
    uses_of,
)
from slimmer.evidence.vex import VexSubject, vex_document, vex_form

__all__ = [
    "BILL_DOCUMENTS",
    "DOCUMENTS",
    "FORMS",
    "HIDDEN",
    "ORIGINAL_SBOM_NAME",
    "SBOM_NAME",
    "SPDX_NAME",
    "Bill",
    "BillChange",
    "BillDiff",
    "BilledPackage",
    "Claim",
    "Claims",
    "ImageFiles",
    "Justification",
    "OpenWeakness",
    "PackageChange",
    "PackageId",
    "PackageUse",
    "SbomSubject",
    "Scan",
    "ScanDiff",
    "State",
    "Uses",
    "VexSubject",
    "Weakness",
    "WeaknessChange",
    "bill_diff",
    "compose_sbom",
    "compose_spdx",
    "is_used",
    "judge",
    "markdown_lines",
    "packages_left",
    "packages_removed",
    "parse_bill",
    "prefetch_list",
    "prepare_bills",
    "read_bill",
    "read_original_bill",
    "read_scan",
    "require_spdx",
    "scan_diff",
    "terminal_lines",
    "uses_of",
    "vex_document",
    "vex_form",
]
