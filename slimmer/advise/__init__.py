"""What to change in a Dockerfile, with evidence from a traced run, in order of bytes. Pure: an
examined image in, one value out; and a Dockerfile that does it."""

from slimmer.advise.advising import advise
from slimmer.advise.document import Advice, Advices, json_lines
from slimmer.advise.rewriting import MARK, Settings, needed_of, rewritten
from slimmer.advise.terminal import terminal_advice

__all__ = [
    "MARK",
    "Advice",
    "Advices",
    "Settings",
    "advise",
    "json_lines",
    "needed_of",
    "rewritten",
    "terminal_advice",
]
