"""The order of the stages, from an image name to a verified pair of images.

    original → traced run → rootfs index → keep-set → package metadata → layers → images
    → smoke test → tags → report

The one place that knows the order: `build.py` reads as the list above, each step in a file of
its own beside it.
"""

from slimmer.build.build import build_image
from slimmer.build.destinations import refuse_unpushable, refuse_unwritable, report_directory_of
from slimmer.build.loading import load_steps
from slimmer.build.profiling import Profiled, profile_image, profile_of_trace
from slimmer.build.proving import Proved, prove_dockerfile

__all__ = [
    "Profiled",
    "Proved",
    "build_image",
    "load_steps",
    "profile_image",
    "profile_of_trace",
    "prove_dockerfile",
    "refuse_unpushable",
    "refuse_unwritable",
    "report_directory_of",
]
