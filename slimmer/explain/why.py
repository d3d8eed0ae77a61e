"""Why a path is there, as chains of reasons, or why it was dropped. Pure."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from slimmer.engine import SENSOR_PATH
from slimmer.errors import UnknownPathError
from slimmer.explain.account import Account
from slimmer.explain.selection import is_pattern
from slimmer.files import is_below, name_of
from slimmer.report import Fate, package_of_type
from slimmer.values import EntryType, Reason, Sighting
from slimmer.words import count, size

_NEAR = 5
_PACKAGES = 2
"""Of those that are near, packages at most."""
_MOUNTED = ("/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf")


class State(enum.Enum):
    """What became of a path."""

    KEPT = "kept"
    DROPPED = "dropped"
    DEBUG = "in the debug image alone"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One link of a chain: the path is there for this reason."""

    path: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Link:
    """A symbolic link that was followed."""

    path: str
    target: str
    """Its text, which may be relative."""
    chains: tuple[tuple[Step, ...], ...]
    """As `Answer.chains`, of the link itself."""


@dataclass(frozen=True, kw_only=True)
class Below:
    """What is below a directory, without directories."""

    kept_files: int
    kept_size: int
    dropped_files: int
    dropped_size: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Why one path is kept or dropped."""

    asked: str
    links: tuple[Link, ...]
    """Symbolic links that were followed, in order."""
    path: str
    """What the answer is about: where the links lead, or the first on the way that was dropped."""
    state: State
    fate: Fate
    chains: tuple[tuple[Step, ...], ...] = ()
    """One for each reason of the path itself, the shortest first; each ends with a reason that
    stands for itself."""
    causes: tuple[str, ...] = ()
    """Why it was dropped, the most telling first."""
    hint: str = ""
    """How to keep what was dropped."""
    below: Below | None = None
    """For a directory."""


def why(
    account: Account, asked: str, sightings: Callable[[], Sequence[Sighting] | None] = tuple
) -> Answer:
    """The answer for a path as a user writes it. `sightings` are asked for only when the path is
    dropped, and are None where nothing is known of them. Raises UnknownPathError for what neither
    image ever had."""
    path = "/" + "/".join(part for part in asked.split("/") if part not in ("", "."))
    walk = account.index.resolve(path)
    met = [step.path for step in walk.way if step.type is EntryType.SYMLINK]
    if walk.named is None:
        raise _unknown(account, asked, path)
    met.append(walk.entry.path if walk.entry is not None else walk.named.path)
    fates = [account.fates.get(each) or _bare(each) for each in dict.fromkeys(met)]
    missing = [each for each in fates if not account.has(each)]
    subject = next(iter((*missing, *(each for each in fates if not each.kept))), fates[-1])
    links = tuple(
        Link(path=each.path, target=each.target, chains=_chains(account.fates, each))
        for each in fates[: fates.index(subject)]
    )
    below = _below(account, subject) if subject.type is EntryType.DIRECTORY else None
    if subject.kept:
        return Answer(
            asked=asked,
            links=links,
            path=subject.path,
            state=State.KEPT,
            fate=subject,
            chains=_chains(account.fates, subject),
            below=below,
        )
    return Answer(
        asked=asked,
        links=links,
        path=subject.path,
        state=State.DEBUG if account.has(subject) else State.DROPPED,
        fate=subject,
        causes=tuple(_causes(account, subject, below, sightings)),
        hint=_hint(account, subject),
        below=below,
    )


def _chains(fates: Mapping[str, Fate], fate: Fate) -> tuple[tuple[Step, ...], ...]:
    found = []
    # Reports of before have programs that are there because of themselves.
    for reason in [each for each in fate.reasons if each.because != fate.path] or fate.reasons:
        first = Step(path=fate.path, reason=reason)
        found.append((first, *_shortest(fates, reason.because)))
    return tuple(sorted(found, key=len))


def _shortest(fates: Mapping[str, Fate], start: str) -> tuple[Step, ...]:
    """From a kept path to the nearest reason that stands for itself."""
    ahead: deque[tuple[str, tuple[Step, ...]]] = deque([(start, ())] if start else [])
    seen = {start}
    while ahead:
        path, steps = ahead.popleft()
        reasons = fates[path].reasons if path in fates else ()
        for reason in sorted(reasons, key=lambda each: bool(each.because)):
            chain = (*steps, Step(path=path, reason=reason))
            if not reason.because:
                return chain
            if reason.because not in seen:
                seen.add(reason.because)
                ahead.append((reason.because, chain))
    return ()


def _causes(
    account: Account,
    fate: Fate,
    below: Below | None,
    sightings: Callable[[], Sequence[Sighting] | None],
) -> Iterator[str]:
    if account.has(fate):
        yield "it is one of the debug image's own tools, or belongs to one"
        return
    if account.report is None:
        yield "there is no report, so nothing more is known"
        return
    if barred := _barred(account, fate):
        what = "it" if barred == fate.path else f"all below {barred}"
        yield f"--exclude left {what} out, though a rule had asked for it"
    heavy = [
        f"too heavy, {each.why}: {size(each.size)} with what it would bring along"
        for each in account.heavy
        if each.include and is_below(fate.path, each.include)
    ]
    seen = sightings()
    looked_up = _looked_up(account, fate, seen or ())
    yield from (*heavy, *looked_up)
    if not (barred or heavy or looked_up):
        no_rule = f"no rule of the strategy {account.strategy} asks for it"
        if seen is None:
            yield f"{no_rule}; whether a phase looked it up is not known"
        else:
            yield f"no phase looked it up ({', '.join(account.phases)}), and {no_rule}"
    if below is not None and below.dropped_files and not below.kept_files:
        dropped = _amount(below.dropped_files, below.dropped_size)
        yield f"nothing below it is kept, {dropped} dropped"
    if fate.package:
        yield _of_package(account, fate)


def _barred(account: Account, fate: Fate) -> str:
    """Where --exclude ended the way to the path; empty where it did not."""
    return next((path for path in account.excluded if is_below(fate.path, path)), "")


def _hint(account: Account, fate: Fate) -> str:
    if account.has(fate):
        return ""
    if _barred(account, fate):
        return "to keep it, build without that --exclude"
    return f"to keep it: slim build ... --include {fate.path}"


def _looked_up(account: Account, fate: Fate, sightings: Sequence[Sighting]) -> list[str]:
    name, index = name_of(fate.path), account.index
    told = dict.fromkeys(
        f"{_who(sighting)} in phase {sighting.phase}"
        for sighting in sightings
        # Only paths of the same last name are walked: thousands were seen.
        if name_of(sighting.path) == name
        and fate.path in (sighting.path, index.real_path(sighting.path))
    )
    return [f"it was looked up by {who}" for who in told][:_NEAR]


def _who(sighting: Sighting) -> str:
    """The gate does what the engine does without it: it starts the container's command."""
    if sighting.program == SENSOR_PATH:
        return "the engine"
    return sighting.program or "a program"


def _of_package(account: Account, subject: Fate) -> str:
    package = f"{package_of_type(subject.package_type)} {subject.package}"
    own = [
        fate
        for fate in account.fates.values()
        if (fate.package, fate.package_type) == (subject.package, subject.package_type)
        and fate.type is not EntryType.DIRECTORY
    ]
    kept = sum(account.has(fate) for fate in own)
    amount = _amount(len(own), sum(fate.size for fate in own))
    if not kept:
        return f"nothing of its {package} is in use: {amount} in all"
    return f"of its {package}, {kept:,} of {count(len(own), 'file')} are kept"


def _below(account: Account, fate: Fate) -> Below:
    kept, dropped = [0, 0], [0, 0]
    for entry in account.index.subtree(fate.path):
        each = account.fates.get(entry.path)
        if each is None or each.type is EntryType.DIRECTORY:
            continue
        sums = kept if account.has(each) else dropped
        sums[0] += 1
        sums[1] += each.size
    return Below(
        kept_files=kept[0], kept_size=kept[1], dropped_files=dropped[0], dropped_size=dropped[1]
    )


def _unknown(account: Account, asked: str, path: str) -> UnknownPathError:
    near = near_paths(account, path)
    names = {fate.package for fate in account.fates.values()}
    # `@scope/name` has a slash as well.
    packages = [name for name in names if name.count("/") == path.count("/") - 1]
    near = [*get_close_matches(path[1:], packages, n=_PACKAGES), *near][:_NEAR]
    if any(is_below(path, mounted) for mounted in _MOUNTED):
        hint = "the engine mounts its own over it in every container, whatever the image has"
    else:
        hint = f"did you mean {', '.join(near)}?" if near else ""
    if is_pattern(path):
        return UnknownPathError(
            f"{path} matches nothing of {account.image}, and nothing of the original "
            f"{account.original}",
            hint="`*` stops at a slash, `**` does not; quote it, so that no shell reads it",
        )
    no_package = "" if asked.startswith("/") else f"; no package is called {asked} either"
    return UnknownPathError(
        f"{path} is not in {account.image}, and was never in the original {account.original}"
        f"{no_package}",
        hint=hint,
    )


def near_paths(account: Account, path: str) -> list[str]:
    """Paths that the user may have meant: of the same name, or of a similar one."""
    by_name: dict[str, list[str]] = {}
    for each in account.fates:
        by_name.setdefault(name_of(each), []).append(each)
    names = [name_of(path), *get_close_matches(name_of(path), by_name, n=_NEAR, cutoff=0.75)]
    found = [each for name in dict.fromkeys(names) for each in by_name.get(name, ())]
    return found[:_NEAR]


def _amount(files: int, total: int) -> str:
    return f"{count(files, 'file')}, {size(total)}"


def _bare(path: str) -> Fate:
    """A directory that is known only by what is in it."""
    return Fate(path=path, type=EntryType.DIRECTORY, size=0, kept=False)
