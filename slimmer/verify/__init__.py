"""Verification: finished images are run as users will run them, and probed again; and their files
and configurations are compared with the original's."""

from slimmer.verify.fidelity_check import Blueprint, Fidelity, check_fidelity, digests_of
from slimmer.verify.loaded import load_images
from slimmer.verify.reference import Judgement, Reference
from slimmer.verify.service import Service
from slimmer.verify.smoke import SmokePlan, SmokeResult, raise_for_failure, smoke_test

__all__ = [
    "Blueprint",
    "Fidelity",
    "Judgement",
    "Reference",
    "Service",
    "SmokePlan",
    "SmokeResult",
    "check_fidelity",
    "digests_of",
    "load_images",
    "raise_for_failure",
    "smoke_test",
]
