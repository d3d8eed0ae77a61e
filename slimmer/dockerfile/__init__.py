"""Dockerfiles as values: instructions, stages and steps, what COPY takes; and the build context as
its ignore file leaves it. Knows no engine and no builder."""

from slimmer.dockerfile.context import Context, ContextFile, read_context
from slimmer.dockerfile.copies import Copy, copy_of
from slimmer.dockerfile.ignore import IgnoreFile, IgnorePattern, read_ignore_file
from slimmer.dockerfile.instruction import Comment, Heredoc, Instruction, Source
from slimmer.dockerfile.reading import read_source
from slimmer.dockerfile.stages import Dockerfile, Stage, Step, stages_of, steps_of
from slimmer.dockerfile.words import expanded, pairs, split_words, unquoted

__all__ = [
    "Comment",
    "Context",
    "ContextFile",
    "Copy",
    "Dockerfile",
    "Heredoc",
    "IgnoreFile",
    "IgnorePattern",
    "Instruction",
    "Source",
    "Stage",
    "Step",
    "copy_of",
    "expanded",
    "pairs",
    "read_context",
    "read_ignore_file",
    "read_source",
    "split_words",
    "stages_of",
    "steps_of",
    "unquoted",
]
