"""Verification: finished images are run as users will run them, and probed again."""

from slimmer.verify.smoke import SmokePlan, SmokeResult, smoke_test

__all__ = ["SmokePlan", "SmokeResult", "smoke_test"]
