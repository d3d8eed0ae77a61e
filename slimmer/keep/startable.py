"""Whether all that is kept can run: the last look at a decision, over programs and libraries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.loader import Need
from slimmer.keep.linux.shebang import KERNEL_LIMIT, program_of_env, read_shebang
from slimmer.keep.programs import is_program
from slimmer.keep.rule import Context
from slimmer.keep.rules.shebang import is_of_a_bystander
from slimmer.values import Entry, EntryType, Unstartable


def unstartable(context: Context, kept: Set[str]) -> tuple[Unstartable, ...]:
    """Programs and libraries in `kept` for which the original has the interpreter, or a library
    that they are linked to, and `kept` has not; each with the first such path, sorted. What the
    original itself could not start is not named. Content of what is kept has been fetched.

    Scripts that are there as bystanders, and off the PATH, are passed over: in the middle of a
    package of another language nobody starts them.
    """
    entries = [entry for path in sorted(kept) if (entry := context.index.get(path)) is not None]
    files = [entry for entry in entries if entry.type is EntryType.FILE]
    missing = dict(_missing_interpreters(context, kept, files))
    for path, library in _missing_libraries(context, kept, files):
        missing.setdefault(path, library)
    return tuple(Unstartable(path=path, missing=missing[path]) for path in sorted(missing))


def _missing_interpreters(
    context: Context, kept: Set[str], files: Sequence[Entry]
) -> Iterator[tuple[str, str]]:
    for entry in filter(is_program, files):
        elf = context.elf_files.get(entry.path)
        if elf is not None:
            needed = [elf.interpreter]
        elif is_of_a_bystander(context, entry):
            continue
        else:
            head = context.content.head(entry.path, KERNEL_LIMIT)
            interpreter, argument = read_shebang(head)
            needed = [interpreter]
            if name_of(interpreter) == "env":
                needed.append(context.programs.find(program_of_env(argument)))
        for path in needed:
            if path and _is_left_out(context, kept, path):
                yield entry.path, path
                break


def _missing_libraries(
    context: Context, kept: Set[str], files: Sequence[Entry]
) -> Iterator[tuple[str, str]]:
    """By name: which of several files of one name is loaded depends on who loads it."""
    needs = [
        Need(name=name, requester=entry.path, elf=elf, origins=(parent_of(entry.path),))
        for entry in files
        if (elf := context.elf_files.get(entry.path)) is not None
        for name in elf.needed
    ]
    needed = {name_of(need.name) for need in needs}
    there = {name for path in kept if (name := name_of(path)) in needed}
    needs = [need for need in needs if name_of(need.name) not in there]
    for need, paths in zip(needs, context.libraries.find(needs), strict=True):
        if paths and all(_is_left_out(context, kept, path) for path in paths):
            yield need.requester, paths[0]


def _is_left_out(context: Context, kept: Set[str], path: str) -> bool:
    """Whether the path leads to something in the original, and to nothing in the slim image."""
    walk = context.index.resolve(path)
    return walk.entry is not None and any(step.path not in kept for step in (*walk.way, walk.entry))
