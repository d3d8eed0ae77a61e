"""What shell scripts say: the commands in all of their branches, the paths that they name, and the
code of other languages in their words."""

from slimmer.shell.inline_code import LANGUAGES, InlineCode, language_of
from slimmer.shell.script import ShellCommand, ShellScript, is_shell, read_script

__all__ = [
    "LANGUAGES",
    "InlineCode",
    "ShellCommand",
    "ShellScript",
    "is_shell",
    "language_of",
    "read_script",
]
