"""What to change in a Dockerfile, with evidence from a traced run, in order of bytes. Pure: an
examined image in, one value out."""

from slimmer.advise.advising import advise
from slimmer.advise.document import Advice, Advices, json_lines
from slimmer.advise.terminal import terminal_advice

__all__ = ["Advice", "Advices", "advise", "json_lines", "terminal_advice"]
