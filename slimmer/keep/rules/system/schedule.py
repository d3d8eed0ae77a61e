"""What runs by the clock: tables of cron and logrotate, and what they start."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of
from slimmer.keep.command_texts import COMMENT, commands_in_settings
from slimmer.keep.mentions import programs_of_script
from slimmer.keep.programs import INSTALLERS, is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.weight import weight_of
from slimmer.values import Entry, EntryType

_SCHEDULERS = frozenset(("cron", "crond", "anacron", "fcron", "supercronic"))
_ROTATION = ("/etc/logrotate.d", "/etc/logrotate.conf")
CRON_TABLES = (
    *("/etc/crontab", "/etc/anacrontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily"),
    *("/etc/cron.weekly", "/etc/cron.monthly", "/etc/crontabs", "/etc/periodic"),
    *("/var/spool/cron", *_ROTATION),
)
# `7 10 cron.weekly run-parts --report /etc/cron.weekly`: period, delay, name, command.
_ANACRON = re.compile(r"^[ \t]*(?:\d+|@\w+)[ \t]+\d+[ \t]+\S+[ \t]+(\S.*)$", re.MULTILINE)
_LARGEST_TABLE = 1 << 18
# Bytes of a program with the libraries that nobody was seen to load.
_HEAVIEST = 16_000_000
# The same where nobody was seen to ask for logrotate itself.
_HEAVIEST_OF_BYSTANDER = 1_000_000


class ScheduleRule(Rule):
    """No probe waits until four in the morning. Packages bring tables of their own: the `crontab`
    of Debian's cron starts everything in `/etc/cron.daily` by way of `run-parts`. Who installs
    logrotate runs it by hand as well."""

    name = "schedule"
    summary = "the tables and scripts of cron and logrotate if they are kept, and what tables start"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: dict[str, bool] = {}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if not is_program(entry):
                continue
            is_bystander = entry.path in self.context.bystanders
            if name_of(entry.path) in _SCHEDULERS and not is_bystander:
                yield from self._tables(CRON_TABLES, entry.path, is_bystander=False)
            elif name_of(entry.path) == "logrotate":
                yield from self._tables(_ROTATION, entry.path, is_bystander=is_bystander)

    def _tables(self, tops: Iterable[str], because: str, *, is_bystander: bool) -> Iterable[Want]:
        for top in tops:
            if not self._done.get(top, True):
                continue
            if is_bystander and top in self._done:
                continue
            self._done[top] = is_bystander
            tables = list(self.context.index.subtree(top))
            self.context.content.fetch(
                each.path
                for each in tables
                if each.type is EntryType.FILE and each.size <= _LARGEST_TABLE
            )
            for table in tables:
                detail = "a table or script of the scheduler"
                aside = is_bystander or self._is_of_the_installer(table)
                yield Want(path=table.path, detail=detail, because=because, bystander=aside)
                if table.type is EntryType.FILE and self._is_of_something_used(table, because):
                    yield from self._started_by(table, is_bystander=is_bystander)

    def _is_of_something_used(self, table: Entry, scheduler: str) -> bool:
        """Debian's smallest image has a table that checks file systems, with bash."""
        source = self.context.source_of(table.path)
        return (
            not source
            or source == self.context.source_of(scheduler)
            or source in self._used_sources
        )

    def _is_of_the_installer(self, table: Entry) -> bool:
        """`/etc/cron.daily/apt-compat` looks for updates: 6 MB, in an image that gets none."""
        packages = self.context.request.packages
        owner = packages.owner(table.path) if packages is not None else None
        return packages is not None and owner is not None and owner.name in packages.base

    @cached_property
    def _used_sources(self) -> frozenset[str]:
        return frozenset(map(self.context.source_of, self.context.executed)) - {""}

    def _started_by(self, table: Entry, *, is_bystander: bool) -> Iterable[Want]:
        limit = _HEAVIEST_OF_BYSTANDER if is_bystander else _HEAVIEST
        # Tables of packages ask service managers, which containers have not, by scripts in Perl.
        is_bystander = is_bystander or self.context.is_packaged(table.path)
        for name in sorted(self._named_in(table) - INSTALLERS):
            path = self.context.programs.find(name)
            program = self.context.index.resolve(path).entry if path else None
            if program is not None and weight_of(self.context, program, limit=limit) <= limit:
                detail = f"started by {table.path}"
                yield Want(path=path, detail=detail, because=table.path, bystander=is_bystander)

    def _named_in(self, table: Entry) -> set[str]:
        data = self.context.content.head(table.path, _LARGEST_TABLE)
        if b"\0" in data or data.startswith(b"#!"):
            return set()  # scripts are read as such
        text, known = os.fsdecode(data), self.context.programs.names
        lines = commands_in_settings(text, known, names_count=False).lines
        if name_of(table.path) == "anacrontab":
            lines += _ANACRON.findall(COMMENT.sub("", text))
        return set().union(*(programs_of_script(line, known) for line in lines))
