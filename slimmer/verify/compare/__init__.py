"""Answers held against each other: noise is what the original itself answers differently each
time, and is masked; what is left is a difference.

Pure: takes recorded answers and gives a verdict. No list of patterns says what a date or an id
looks like, as that would hide a lost time zone as well.
"""

from slimmer.verify.compare.answers import compare
from slimmer.verify.compare.excerpt import SHOWN_LINES, excerpt

__all__ = ["SHOWN_LINES", "compare", "excerpt"]
