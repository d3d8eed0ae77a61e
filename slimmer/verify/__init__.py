"""Verification: finished images are run as users will run them, and probed again."""

from slimmer.verify.loaded import load_images
from slimmer.verify.smoke import SmokePlan, SmokeResult, raise_for_failure, smoke_test

__all__ = ["SmokePlan", "SmokeResult", "load_images", "raise_for_failure", "smoke_test"]
