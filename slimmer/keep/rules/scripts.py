"""Shell scripts that start an application: their branches that did not run as well."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase

from slimmer.files import is_below, join, name_of, parent_of
from slimmer.keep.command_texts import COMMENT
from slimmer.keep.linux.shebang import interpreter_of_script
from slimmer.keep.mentions import COMMON_WORDS
from slimmer.keep.programs import INSTALLERS, is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages import PROGRAM_FOLDERS, mentioned_omissions, weight_of
from slimmer.keep.rules.servers import control_programs
from slimmer.keep.rules.system import CRON_TABLES
from slimmer.shell import ShellScript, is_shell, read_script
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST_SCRIPT = 1 << 18
# Bytes of a program, with libraries that nobody was seen to load, that only an unseen script names;
# and of one that a script of the image's author names.
_HEAVIEST = 16_000_000
_HEAVIEST_OF_OWN = 64_000_000
# The same of a part of a script that came along; and of a tool of other packages that one names
# which somebody has installed by name (`expr` with libgmp).
_HEAVIEST_PART = 8_000_000
_HEAVIEST_TOOL = 1_000_000
_WORD = re.compile(r"[\w+-][\w.+-]*")
# Where nothing like systemd runs, these start what is named to them.
_STARTERS = frozenset(("invoke-rc.d", "service"))
_INIT_SCRIPTS = "/etc/init.d"
_SHELL_WORDS = frozenset(
    (
        *(".", ":", "[[", "alias", "bg", "break", "cd", "continue", "declare", "eval", "exec"),
        *("exit", "export", "fg", "getopts", "hash", "jobs", "let", "local", "mapfile", "read"),
        *("readonly", "return", "set", "shift", "shopt", "source", "trap", "type", "typeset"),
        *("ulimit", "umask", "unalias", "unset", "wait"),
    )
)


class EntrypointScriptsRule(Rule):
    """ENTRYPOINT, CMD, HEALTHCHECK, whatever script was seen to run, and the image's own scripts,
    which somebody may start later, with the scripts that these name."""

    name = "entrypoint-scripts"
    summary = "the programs and files that shell scripts name, in all of their branches"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        config = context.request.config
        health = (config.get("Healthcheck") or {}).get("Test") or ()
        first_words = [
            *(config.get("Entrypoint") or ())[:1],
            *(config.get("Cmd") or ())[:1],
            *health[1:2],
        ]
        found = map(context.programs.find, first_words)
        self._scripts = {context.index.real_path(path) for path in found if path}
        self._named_first = frozenset(self._scripts)
        self._left_out: dict[str, tuple[str, int]] = {}
        self._scripts.update(context.index.real_path(path) for path, _ in control_programs(context))

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if entry.type is not EntryType.FILE or not 0 < entry.size <= _LARGEST_SCRIPT:
                continue
            if self._is_kept_in_earnest(entry):
                if self._is_shell_script(entry):
                    yield from self._named_by(entry)
            elif self._is_companion(entry) and self._is_shell_script(entry):
                yield from self._parts_of(entry)
                if name_of(entry.path) in self.context.requested_programs:
                    yield from self._tools_of(entry)

    def _is_kept_in_earnest(self, entry: Entry) -> bool:
        path = entry.path
        if path in self._scripts or path in self.context.seen:
            return True
        is_bystander = path in self.context.bystanders
        if not is_bystander and any(is_below(path, table) for table in CRON_TABLES):
            return True
        if self.context.own_files.are_known and self.context.own_files.contains(entry):
            return True
        # The distribution's own, which something starts: a wrapper around the program proper.
        return not is_bystander and not self.context.environments.contains(path)

    def _is_companion(self, entry: Entry) -> bool:
        """A program that came along, as `mariadbd-safe` does beside `mariadbd`."""
        is_program_of_package = self.context.is_packaged(entry.path) and is_program(entry)
        return is_program_of_package and parent_of(entry.path) in PROGRAM_FOLDERS

    def _parts_of(self, script: Entry) -> Iterable[Want]:
        """The programs of its own source that a companion names, however it starts them: without
        them it is there for nothing."""
        source = self.context.source_of(script.path)
        text = os.fsdecode(self.context.content.head(script.path, _LARGEST_SCRIPT))
        words = set(_WORD.findall(COMMENT.sub("", text))) - COMMON_WORDS
        for name in sorted(words & self.context.programs.names):
            path = self.context.programs.find(name)
            program = self.context.index.resolve(path).entry
            if (
                program is not None
                and program.size <= _HEAVIEST_PART
                and program.path != script.path
                and self.context.source_of(program.path) == source
                and self.context.elf_files.get(program.path) is not None
                and weight_of(self.context, program, limit=_HEAVIEST_PART) <= _HEAVIEST_PART
            ):
                detail = f"a part of {script.path}, of the same source"
                yield Want(path=path, detail=detail, because=script.path, bystander=True)

    def _tools_of(self, script: Entry) -> Iterable[Want]:
        """The small programs that an administrator's tool of a package that was installed by name
        starts, or makes sure of, itself or in a file that it reads: without `expr` `kamctl` ends
        at once."""
        detail = f"named by the script {script.path}"
        waiting, read = [script], {script.path}
        while waiting:
            text = waiting.pop()
            words = read_script(self.context.content.head(text.path, _LARGEST_SCRIPT))
            for command in sorted(words.programs - _SHELL_WORDS - INSTALLERS):
                path = self.context.programs.find(command)
                if path and self._is_small_tool(path):
                    yield Want(path=path, detail=detail, because=script.path, bystander=True)
            for path in self._files_read_by(words, text):
                entry = self.context.index.get(path)
                if entry is not None and path not in read and 0 < entry.size <= _LARGEST_SCRIPT:
                    read.add(path)
                    waiting.append(entry)
                    yield Want(path=path, detail=detail, because=script.path, bystander=True)
            self.context.content.fetch(entry.path for entry in waiting)

    def _is_small_tool(self, path: str) -> bool:
        program = self.context.index.resolve(path).entry
        if (
            program is None
            or weight_of(self.context, program, limit=_HEAVIEST_TOOL) > _HEAVIEST_TOOL
        ):
            return False
        return self.context.elf_files.get(program.path) is not None

    def _files_read_by(self, words: ShellScript, script: Entry) -> Iterable[str]:
        """What it sources, of its own package where variables are in the way."""
        for named in sorted(words.scripts):
            yield from self._read_as(named, script)
        for named in sorted(words.assembled.programs):
            entry = self.context.index.resolve(join("/", named)).entry
            if named.startswith("/") and entry is not None and not is_program(entry):
                yield entry.path

    def _is_shell_script(self, entry: Entry) -> bool:
        start = self.context.content.head(entry.path, 256)
        interpreter, argument = interpreter_of_script(start)
        if interpreter:
            return is_shell(interpreter, argument)
        # A sourced script says nothing of itself.
        named = entry.path in self._scripts or entry.path.endswith((".sh", ".bash"))
        return named and b"\0" not in start

    def _named_by(self, script: Entry) -> Iterable[Want]:
        words = read_script(self.context.content.head(script.path, _LARGEST_SCRIPT))
        detail = f"named by the script {script.path}"
        commands = words.programs | words.assembled.programs
        for command in sorted(commands - _SHELL_WORDS - INSTALLERS):
            path = self.context.programs.find(command)
            if path and self._is_affordable(path, script):
                self._scripts.add(self.context.index.real_path(path))
                yield Want(path=path, detail=detail, because=script.path)
            elif not path:
                # It puts its own folder on the PATH, as `bats` does.
                for part in self._behind_a_folder(command, script):
                    if (entry := self.context.index.get(part)) and is_program(entry):
                        self._scripts.add(part)
                        yield Want(path=part, detail=detail, because=script.path)
        for end in sorted(words.assembled.ends):
            for path in self._behind_a_folder(end, script):
                self._scripts.add(path)
                yield Want(path=path, detail=detail, because=script.path)
        for named in sorted(words.scripts):
            for path in self._read_as(named, script):
                self._scripts.add(path)
                yield Want(path=path, detail=detail, because=script.path)
        for path in sorted(words.paths | words.assembled.paths):
            for found in self._matches(path):
                if is_program(found) and not self._is_affordable(found.path, script):
                    continue
                if found.type is EntryType.FILE and name_of(found.path) not in INSTALLERS:
                    self._scripts.add(found.path)
                yield Want(path=found.path, detail=detail, because=script.path)

        if not commands.isdisjoint(_STARTERS) and self.context.own_files.contains(script):
            yield from self._started_as_services(script)

    def _started_as_services(self, script: Entry) -> Iterable[Want]:
        """`service cron start`, or `service "$1" start`: the init scripts that it names, and those
        of packages of which something ran."""
        text = os.fsdecode(self.context.content.head(script.path, _LARGEST_SCRIPT))
        words = set(_WORD.findall(COMMENT.sub("", text)))
        used = {self.context.source_of(path) for path in self.context.executed}
        for entry in self.context.index.children(_INIT_SCRIPTS):
            if name_of(entry.path) in words or self.context.source_of(entry.path) in used - {""}:
                self._scripts.add(entry.path)
                detail = f"{script.path} may start it as a service"
                yield Want(path=entry.path, detail=detail, because=script.path)

    def _is_affordable(self, path: str, script: Entry) -> bool:
        """What a script names that did not run must be small: it may build something."""
        entry = self.context.index.resolve(path).entry
        if entry is None or script.path in self.context.seen or script.path in self._named_first:
            return True
        is_own = self.context.own_files.contains(script)
        if not is_own and self.context.source_of(entry.path) == self.context.source_of(script.path):
            return True  # the program around which it is wrapped
        is_requested = name_of(path) in self.context.requested_programs
        limit = _HEAVIEST_OF_OWN if is_own or is_requested else _HEAVIEST
        weight = weight_of(self.context, entry, limit=limit)
        if is_own and weight > limit:
            self._left_out[entry.path] = (script.path, weight)
        return weight <= limit

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return mentioned_omissions(self._left_out, kept)

    def _read_as(self, named: str, script: Entry) -> Iterable[str]:
        """The files that `. NAME` may mean: from the working directory, on the PATH, and beside
        the script, as its `cd` may have it."""
        folders = (self.context.request.working_directory, parent_of(script.path))
        places = [join(folder, named) for folder in folders]
        for place in dict.fromkeys((*places, self.context.programs.find(named))):
            entry = self.context.index.resolve(place).entry if place else None
            if entry is not None and entry.type is EntryType.FILE:
                yield entry.path

    def _behind_a_folder(self, end: str, script: Entry) -> Iterable[str]:
        """The files that `"$FOLDER/END"` may mean: beside the script, and in the package of a
        script of the distribution. `end` is relative, and may begin with `..`."""
        beside = self.context.index.resolve(join(parent_of(script.path), end)).entry
        if beside is not None and beside.type is EntryType.FILE:
            yield beside.path
            return
        packages = self.context.request.packages
        source = self.context.source_of(script.path)
        if packages is None or not source:
            return
        for path in self.context.named.get(name_of(end), ()):
            entry = self.context.index.get(path)
            if (
                path.endswith("/" + end)
                and self.context.source_of(path) == source
                and entry is not None
                and is_program(entry)
            ):
                yield path

    def _matches(self, path: str) -> Iterable[Entry]:
        """What a path or a pattern in its last component names: files, and directories without
        what is in them."""
        name = name_of(path)
        if "*" in name or "?" in name:
            folder = self.context.index.real_path(parent_of(path))
            for entry in self.context.index.children(folder) if folder else ():
                if fnmatchcase(name_of(entry.path), name):
                    yield entry
        else:
            named = self.context.index.resolve(path).entry
            if named is not None:
                yield named
