"""Images as indexes, and applications as functions of what they are allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from slimmer.files import RootfsIndex, ancestors
from slimmer.harden import Attempt, Candidate, Ground, Setting, find_hardening
from slimmer.harden.applied import DEFAULT_CAPABILITIES
from slimmer.values import Entry, EntryType, Hardening


def entry(path: str, kind: EntryType = EntryType.FILE, **values: Any) -> Entry:
    mode = 0o755 if kind is EntryType.DIRECTORY else 0o644
    return Entry(
        path=path,
        type=kind,
        **{"mode": mode, "uid": 0, "gid": 0, "size": 0, "mtime_ns": 0} | values,
    )


def directory(path: str, **values: Any) -> Entry:
    return entry(path, EntryType.DIRECTORY, **values)


def link(path: str, target: str) -> Entry:
    return entry(path, EntryType.SYMLINK, link_target=target)


def ground(*entries: Entry, **values: Any) -> Ground:
    """The slim image has all of the original; directories on the way are added."""
    paths = {each.path for each in entries}
    above = {up for path in paths for up in ancestors(path)} - paths
    every = sorted((*entries, *map(directory, above)), key=lambda each: each.path)
    return Ground(index=RootfsIndex(every), kept={each.path: each for each in every}, **values)


class Trials:
    """Runs an application that says why it fails, or nothing."""

    def __init__(
        self,
        application: Callable[[Candidate], str],
        users: tuple[tuple[int, int], ...] | Callable[[Candidate], tuple[tuple[int, int], ...]] = (
            (0, 0),
        ),
        changed: tuple[str, ...] = (),
    ) -> None:
        self._application = application
        self._users, self._changed = users, changed
        self.tried: list[Candidate] = []

    def __call__(self, candidates: Sequence[Candidate]) -> Sequence[Attempt]:
        self.tried += candidates
        return [self._attempt(each) for each in candidates]

    def _attempt(self, candidate: Candidate) -> Attempt:
        said = self._application(candidate)
        return Attempt(
            passed=not said,
            problem="its command ended with status 1" if said else "",
            said=said,
            users=self._users(candidate) if callable(self._users) else self._users,
            changed=self._changed,
        )

    def find(
        self,
        image: Ground | None = None,
        written: Mapping[str, str] | None = None,
        granted: Iterable[str] = DEFAULT_CAPABILITIES,
        **values: Any,
    ) -> Hardening:
        setting = Setting(
            granted=frozenset(granted),
            written=written or {},
            ground=image or ground(entry("/bin/app")),
            **values,
        )
        return find_hardening(setting, self)


def needs(*capabilities: str) -> Callable[[Candidate], str]:
    """As a server does that prepares its directories as root."""

    def application(candidate: Candidate) -> str:
        lacking = sorted(set(capabilities) - candidate.capabilities)
        return f"{lacking[0].lower()}: Operation not permitted" if lacking else ""

    return application
