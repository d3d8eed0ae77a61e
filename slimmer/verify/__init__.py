"""Verification: finished images are run as users will run them, and probed again; and their files
and configurations are compared with the original's."""

from slimmer.verify.fidelity_check import Blueprint, check_fidelity, digests_of
from slimmer.verify.loaded import LoadedImages, load_images
from slimmer.verify.plan import SmokePlan
from slimmer.verify.reference import Reference
from slimmer.verify.service import Service
from slimmer.verify.smoke import raise_for_failure, smoke_test
from slimmer.verify.target import PlainRun

__all__ = [
    "Blueprint",
    "LoadedImages",
    "PlainRun",
    "Reference",
    "Service",
    "SmokePlan",
    "check_fidelity",
    "digests_of",
    "load_images",
    "raise_for_failure",
    "smoke_test",
]
