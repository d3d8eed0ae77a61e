"""The first line of a script, by which the kernel finds its interpreter."""

from __future__ import annotations

import os

# BINPRM_BUF_SIZE of Linux: what lies behind is not looked at.
KERNEL_LIMIT = 256


def read_shebang(start: bytes) -> tuple[str, str]:
    """Interpreter and the one argument of a script that starts with these bytes, both empty where
    it is none; split as fs/binfmt_script.c does."""
    if not start.startswith(b"#!"):
        return "", ""
    line = start[2:].split(b"\n", 1)[0].strip(b" \t\r\0")
    interpreter, _, argument = line.replace(b"\t", b" ").partition(b" ")
    return os.fsdecode(interpreter), os.fsdecode(argument.strip())


def program_of_env(argument: str) -> str:
    """The program that `env ARGUMENT script` starts: behind options, `-S` and assignments."""
    words = iter(argument.split())
    for word in words:
        if word in ("-u", "--unset", "-C", "--chdir"):
            next(words, None)
        elif word.startswith("-S") and len(word) > 2:
            return word[2:]
        elif word.startswith("--split-string="):
            return word.partition("=")[2]
        elif not word.startswith("-") and "=" not in word:
            return word
    return ""


def interpreter_of_script(start: bytes) -> tuple[str, str]:
    """As `read_shebang`, but the program behind `env`, without its argument."""
    interpreter, argument = read_shebang(start)
    if interpreter.rpartition("/")[2] == "env":
        return program_of_env(argument), ""
    return interpreter, argument
