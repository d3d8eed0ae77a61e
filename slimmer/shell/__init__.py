"""What shell scripts say: the commands in all of their branches, and the paths that they name."""

from slimmer.shell.script import ShellCommand, ShellScript, is_shell, read_script

__all__ = ["ShellCommand", "ShellScript", "is_shell", "read_script"]
