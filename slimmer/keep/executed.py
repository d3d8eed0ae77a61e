"""What a command stands for: its program by name, and what the kernel looks up by itself when that
is executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slimmer.files import RootfsIndex
from slimmer.keep.linux.elf import ElfFiles
from slimmer.keep.linux.shebang import KERNEL_LIMIT, read_shebang
from slimmer.keep.programs import Programs
from slimmer.keep.request import DEFAULT_PATH
from slimmer.values import Content, EntryType, RunOptions


def interpreter_of(path: str, index: RootfsIndex, content: Content) -> str:
    """The dynamic loader of a program, or the interpreter of a script; empty where the path is
    neither, or names none."""
    entry = index.resolve(path).entry
    if entry is None or entry.type is not EntryType.FILE:
        return ""
    elf = ElfFiles(content).get(entry.path)
    if elf is not None:
        return elf.interpreter
    return read_shebang(content.head(entry.path, KERNEL_LIMIT))[0]


def program_named(name: str, index: RootfsIndex, config: Mapping[str, Any], run: RunOptions) -> str:
    """The path of the program that execvp would take for `name` in a container of the image;
    empty where there is none."""
    image = dict(line.partition("=")[::2] for line in config.get("Env") or ())
    search_path = {**image, **dict(run.environment)}.get("PATH") or DEFAULT_PATH
    directory = run.workdir or str(config.get("WorkingDir") or "/")
    return Programs(index, search_path, directory=directory).find(name)
