"""SL040: the application runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.commands import commands_of
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.shell import read_script

_DROPS: Final = re.compile(
    r"\b(?:gosu|su-exec|setpriv|runuser|chpst|s6-setuidgid|setuidgid|su\s+-|sudo\s+-u|capsh|start-stop-daemon)\b"
)
_OWN_USERS: Final = frozenset(
    (
        *("nginx", "haproxy", "apache2", "apache2ctl", "apachectl", "httpd", "sshd"),
        *("named", "postfix", "dovecot", "cron", "crond", "supervisord", "runsvdir"),
        *("s6-svscan", "init", "systemd", "dnsmasq", "unbound", "exim", "vsftpd"),
        *("proftpd", "squid", "php-fpm", "chronyd", "rsyslogd", "dockerd"),
        *("httpd-foreground", "apache2-foreground", "start-stop-daemon"),
        *("docker-php-entrypoint",),
    )
)
"""Servers that start as root, and give that up themselves or for those that they start."""
_NON_ROOT_BASES: Final = re.compile(
    r"nonroot|rootless|unprivileged|chainguard|bitnami/|jboss|ubi\d?/"
)
_BASES_OF_SERVERS: Final = re.compile(
    r"(?:library/)?(?:nginx|httpd|postgres|redis|mysql|mariadb|mongo|rabbitmq|haproxy|traefik|memcached"
    r"|elasticsearch|php|wordpress|nextcloud)(?::|$)"
)


class User(Check):
    """What gets in through the application is then root in the container."""

    code = "SL040"
    name = "runs as root"
    severity = "warning"
    same_as = frozenset(("DL3002",))

    def find(self, subject: Subject) -> Iterator[Finding]:
        user = subject.last("USER")
        if user is not None:
            name = user.instruction.text.partition(":")[0].strip().strip("'\"")
            if name in ("root", "0") and not self._gives_it_up(subject):
                yield self.finding(
                    user.instruction.line,
                    "the image runs as root. End with `USER` and another one, behind the steps "
                    "that need root",
                )
            return
        base = subject.base or ""
        if subject.starts_nothing or not base or _NON_ROOT_BASES.search(base):
            return
        start = subject.last("ENTRYPOINT") or subject.last("CMD")
        if self._gives_it_up(subject) or (start is None and _BASES_OF_SERVERS.match(base)):
            return
        line = start.instruction.line if start else subject.target.line
        advice = (
            "write `USER 65534:65534`"
            if base == "scratch"
            else ("make a user (`RUN useradd --system app`) and write `USER app`")
        )
        yield self.finding(
            line, f"no USER: the application runs as root. Before this line {advice}"
        )

    def _gives_it_up(self, subject: Subject) -> bool:
        texts = []
        for name in ("ENTRYPOINT", "CMD"):
            step = subject.last(name)
            if step is None:
                continue
            commands = commands_of(step.instruction)
            names = {command.name for command in commands} | {
                word.rpartition("/")[2] for command in commands for word in command.words
            }
            if not names.isdisjoint(_OWN_USERS):
                return True
            texts += [" ".join((command.name, *command.words)) for command in commands]
            scripts = [
                _script(subject, word)
                for command in commands
                for word in (command.name, *command.words)
            ]
            started = {
                each.rpartition("/")[2] for text in scripts for each in read_script(text).programs
            }
            if not started.isdisjoint(_OWN_USERS):
                return True
            texts += scripts
        return any(_DROPS.search(text) for text in texts)


def _script(subject: Subject, word: str) -> str:
    """The text of a script that the image is started with, where it comes from the context."""
    name = word.rpartition("/")[2]
    if subject.context is None or not name or name.startswith("-"):
        return ""
    for file in subject.context.files:
        if file.path.rpartition("/")[2] == name and file.size < 1 << 16:
            text = (subject.context.folder / file.path).read_text("utf-8", "replace")
            return text if text.startswith("#!") else ""
    return ""
