"""The search for the fewest rights with which an image passes: containers are tried, a bounded
number of them, and those that do not depend on each other side by side.

What is asked of the application cannot be everything that it does. So a right is only given up
where a container without it passes, and what is doubtful stays: a trial that fails, by whatever
chance, never takes a right away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from slimmer.errors import HardeningError
from slimmer.harden.candidate import Attempt, Candidate
from slimmer.harden.evidence import because, tells_of_refusal, written_in_vain
from slimmer.harden.places import (
    Ground,
    doubtful_places,
    joined,
    owned_by,
    owned_places,
    writable_places,
)
from slimmer.values import Hardening, NeededCapability, PlaceKind, WritablePlace
from slimmer.words import count

USUAL: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID")
"""What a start as root needs that prepares directories and goes on as another user."""
_BIND: Final = "NET_BIND_SERVICE"
_LEAVES_ROOT: Final = "it gives up root for this user by itself, and starts as it as well"
_EVIDENCE_ROUNDS: Final = 2
"""Times that places are added which a failing container has named."""


Try = Callable[[Sequence[Candidate]], Sequence[Attempt]]
"""Runs a container for each, and gives what became of it in the same order."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is known before anything is tried."""

    role: str = ""
    granted: frozenset[str]
    """The capabilities that the container has without hardening."""
    user: str = ""
    """The user that the image or the build names; empty: root."""
    groups: Mapping[int, int] = field(default_factory=dict)
    """User id → group id, of the image's /etc/passwd."""
    low_ports: tuple[int, ...] = ()
    written: Mapping[str, str]
    """Path → reason, see `places.written_in`."""
    announced: Mapping[str, str] = field(default_factory=dict)
    """The same of what was not written, and may be, see `scripts.announced_in`."""
    ground: Ground
    given: tuple[WritablePlace, ...] = ()
    """Places that the build's own options mount."""
    image_volumes: tuple[str, ...] = ()
    was_read_only: bool = False
    """Whether the build's own options say so."""

    @property
    def starts_as_root(self) -> bool:
        """Whether its first process is root's."""
        return self.user.partition(":")[0] in ("", "0", "root")


def find_hardening(setting: Setting, try_all: Try) -> Hardening:
    """The fewest rights that were found to do. Raises HardeningError where the image does not even
    pass with all of them, or with those that were found."""
    return _Search(setting, try_all).result()


class _Search:
    def __init__(self, setting: Setting, try_all: Try) -> None:
        self._setting = setting
        self._try_all = try_all
        self._known: dict[Candidate, Attempt] = {}
        self._repeated: set[Candidate] = set()
        self._notes: list[str] = []
        self._reasons: dict[str, str] = {}
        self._becomes: frozenset[int] = frozenset()
        """The users that its processes go on as with all capabilities, but root."""

    def result(self) -> Hardening:
        setting = self._setting
        plain = Candidate(capabilities=setting.granted)
        first = self._one(plain)
        if not first.passed:
            raise self._failed(
                "the image has passed its smoke test, and does not pass again", first
            )
        self._becomes = frozenset(uid for uid, _ in first.users if uid)
        written = {**_changes(first.changed), **setting.written}
        needed = writable_places(setting.ground, written)
        owned = owned_places(setting.ground, (uid for uid, _ in first.users))
        announced = (
            replace(each, is_needed=False)
            for each in writable_places(setting.ground, setting.announced)
        )
        doubtful = doubtful_places(setting.ground, written)
        given = (*announced, *owned)
        frame = self._frame(
            plain,
            joined(needed, given),
            otherwise=(joined(needed, owned), joined((*needed, *doubtful), given)),
        )
        least = self._as_another_user(frame, first.users)
        why = _LEAVES_ROOT if least is not None else ""
        if least is None:
            least = self._with_needed_capabilities(frame, first.users)
        last = self._one(least)
        if not last.passed:
            raise self._failed("the image does not pass with the rights that were found", last)
        is_root = first.users[0][0] == 0 if first.users else None
        users = last.users if least.user else first.users
        return Hardening(
            role=setting.role,
            user=least.user,
            user_reason=why,
            is_root=False if least.user else is_root,
            process_user=":".join(map(str, users[0])) if users else least.user,
            capabilities=tuple(
                NeededCapability(name=name, reason=self._reasons.get(name, "given by the build"))
                for name in sorted(least.capabilities)
            ),
            read_only=least.read_only or setting.was_read_only,
            no_new_privileges=least.no_new_privileges,
            places=tuple(sorted((*least.places, *setting.given), key=lambda each: each.path)),
            image_volumes=setting.image_volumes,
            low_ports=setting.low_ports,
            trials=len(self._known) + len(self._repeated),
            notes=tuple(self._notes),
        )

    # ---- root and privileges

    def _frame(
        self,
        plain: Candidate,
        places: tuple[WritablePlace, ...],
        otherwise: Sequence[tuple[WritablePlace, ...]],
    ) -> Candidate:
        """What passes with all capabilities: no new privileges and a root that is read-only, as far
        as these can be had. `otherwise` are the places to try where these do not do: without those
        that were only announced, then with those that are in doubt."""
        closed = replace(plain, no_new_privileges=True)
        fixed = _with_places(replace(closed, read_only=True), places)
        others = [
            candidate
            for each in otherwise
            for candidate in _with_places(replace(closed, read_only=True), each)
            if candidate not in fixed
        ]
        bound = self._bound_by_port(closed)
        # The least is the usual end: it is tried along, and remembered.
        self._try((closed, *fixed, replace(fixed[0], capabilities=bound)))
        if not self._one(closed).passed:
            self._notes.append(
                "no-new-privileges is not set: programs with privileges of their own are needed ("
                f"{because(self._one(closed))})"
            )
            fixed = [replace(each, no_new_privileges=False) for each in fixed]
            others = [replace(each, no_new_privileges=False) for each in others]
            closed = plain
        return self._fixed(closed, fixed, others)

    def _fixed(
        self, closed: Candidate, fixed: Sequence[Candidate], others: Sequence[Candidate]
    ) -> Candidate:
        """The first of those with a read-only root that passes. Where none does, places are added
        that it says it could not write to."""
        self._try(fixed)
        for candidate in (*fixed, *others):  # the others are tried one by one: few get there
            if self._one(candidate).passed:
                return candidate
        last = (*fixed, *others)[-1]
        named: dict[str, str] = {}
        for _ in range(_EVIDENCE_ROUNDS):
            named |= written_in_vain(self._one(last))
            more = writable_places(self._setting.ground, named)
            wider = replace(last, places=joined((*more, *last.places), ()))
            if wider == last:
                break
            if self._one(wider).passed:
                return wider
            last = wider
        self._notes.append(f"its root is writable: read-only, {because(self._one(last))}")
        return closed

    # ---- capabilities

    def _bound_by_port(self, candidate: Candidate) -> frozenset[str]:
        """Kept whether a trial needs it or not: it depends on the engine's settings whether a port
        below 1024 needs it."""
        setting = self._setting
        if not setting.low_ports or not setting.starts_as_root or _BIND not in setting.granted:
            return frozenset()
        ports = ", ".join(map(str, setting.low_ports))
        self._reasons[_BIND] = (
            f"it listens on port {ports}; not every engine lets others do so below 1024"
        )
        return frozenset({_BIND})

    def _with_needed_capabilities(
        self, frame: Candidate, users: Sequence[tuple[int, int]]
    ) -> Candidate:
        bound = self._bound_by_port(frame)
        least = replace(frame, capabilities=bound)
        if self._one(least).passed:
            return least
        usual = replace(frame, capabilities=(bound | {*USUAL}) & self._setting.granted)
        pool = usual if self._one(usual).passed else frame
        without = {
            name: replace(pool, capabilities=pool.capabilities - {name})
            for name in sorted(pool.capabilities - bound)
        }
        self._try(without.values())
        needed = {name for name, each in without.items() if not self._one(each).passed}
        for name in needed:
            self._reasons[name] = f"without it, {because(self._one(without[name]))}"
        if "SETUID" in needed and users[:1] and users[0][0] == 0 and "KILL" in pool.capabilities:
            self._reasons["KILL"] = "root's first process signals those of other users"
            needed.add("KILL")
        found = replace(pool, capabilities=bound | needed)
        if self._one(found).passed:
            return found
        return self._with_one_more(found, pool)

    def _with_one_more(self, found: Candidate, pool: Candidate) -> Candidate:
        """Capabilities that stand in for each other: none of them is missed alone."""
        more = {
            name: replace(found, capabilities=found.capabilities | {name})
            for name in sorted(pool.capabilities - found.capabilities)
        }
        self._try(more.values())
        for name, candidate in more.items():
            if self._one(candidate).passed:
                self._reasons[name] = f"without it, {because(self._one(found))}"
                return candidate
        self._notes.append(
            f"of {count(len(pool.capabilities), 'capability')} none was dropped: "
            "which of them stand in for each other was not found out"
        )
        for name in pool.capabilities:
            self._reasons.setdefault(name, "not tried without it")
        return pool

    # ---- user

    def _as_another_user(
        self, frame: Candidate, users: Sequence[tuple[int, int]]
    ) -> Candidate | None:
        """Without root and all capabilities, where the application leaves root anyway: it is
        started as the user that it becomes. None where that does not pass, or there is none."""
        others = sorted({each for each in users if each[0] != 0})
        if not self._setting.starts_as_root or len(others) != 1:
            return None
        uid, gid = others[0]
        candidate = replace(
            frame,
            # Engines give the other groups of /etc/group to whom they find by the number alone.
            user=str(uid) if self._setting.groups.get(uid) == gid else f"{uid}:{gid}",
            capabilities=frozenset(),
            places=owned_by(frame.places, uid, gid),
        )
        attempt = self._one(candidate)
        if attempt.passed:
            return candidate
        self._notes.append(f"it starts as root: as user {uid}, {because(attempt)}")
        return None

    # ---- trials

    def _try(self, candidates: Iterable[Candidate]) -> None:
        new = [each for each in dict.fromkeys(candidates) if each not in self._known]
        attempts = self._try_all(new) if new else ()
        for candidate, attempt in zip(new, attempts, strict=True):
            self._known[candidate] = self._judged(candidate, attempt)

    def _judged(self, candidate: Candidate, attempt: Attempt) -> Attempt:
        """Some servers only say that they cannot become another user, and go on as root, without
        what that user may read and write: probes need not notice."""
        lacking = sorted(self._becomes - {uid for uid, _ in attempt.users})
        if not lacking or candidate.user or not attempt.passed or not attempt.users:
            return attempt
        users = ", ".join(map(str, lacking))
        return replace(attempt, passed=False, problem=f"none of its processes becomes user {users}")

    def _one(self, candidate: Candidate) -> Attempt:
        """A failure that nothing explains is not believed before it has failed alone as well."""
        self._try((candidate,))
        attempt = self._known[candidate]
        if attempt.passed or tells_of_refusal(attempt) or candidate in self._repeated:
            return attempt
        self._repeated.add(candidate)
        (again,) = self._try_all((candidate,))
        self._known[candidate] = self._judged(candidate, again)
        return self._known[candidate]

    def _failed(self, what: str, attempt: Attempt) -> HardeningError:
        return HardeningError(
            f"{what}: {attempt.problem}",
            hint="no tag was moved; build without --harden, or with probes that pass each time",
            details=attempt.said,
        )


def _with_places(frame: Candidate, places: tuple[WritablePlace, ...]) -> list[Candidate]:
    """The fewest first: without the volumes that hold files of the image, then with them."""
    memory = tuple(each for each in places if each.kind == PlaceKind.TMPFS or not each.is_needed)
    return [replace(frame, places=each) for each in dict.fromkeys((memory, places))]


def _changes(changed: Iterable[str]) -> dict[str, str]:
    return {path: f"{path} was changed in a container" for path in changed}
