"""The slim image is run with fewer and fewer rights, as long as it passes its smoke test."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from slimmer.build.job import Job
from slimmer.build.roles import all_results, is_shared, naming_role, runs_here
from slimmer.build.values import BuiltImages, OriginalFiles, SmokeCase, TracedOriginal, TracedRole
from slimmer.engine import stop_signal
from slimmer.errors import ProfileRefusedError, UsageError
from slimmer.harden import (
    APPARMOR_NAME,
    Attempt,
    Candidate,
    Ground,
    Setting,
    announced_in,
    applied,
    executed_new_in,
    find_hardening,
    granted_capabilities,
    groups_of_users,
    texts_of,
    written_in,
)
from slimmer.options import BuildOptions, Verification
from slimmer.values import (
    EntryType,
    Hardening,
    ImageKind,
    PlaceKind,
    SmokeOutcome,
    Strategy,
    Trace,
    WritablePlace,
)
from slimmer.verify import PlainRun, Reference, SmokePlan, smoke_test
from slimmer.words import count

_NOT_LOADED = "the AppArmor profile and the Landlock ruleset were not tried in a container"
_AT_A_TIME = 4
"""Containers that are tried side by side, where they do not meet: most of a start is waiting."""
_FIRST_PRIVILEGED_PORT = 1024
_PASSWD = "/etc/passwd"
_LARGEST_PASSWD = 1 << 20
_LONGEST_ID = 65535
"""Beyond it lie the ids of user namespaces, which are not those of the image."""


def check_hardening(options: BuildOptions) -> None:
    """Raises UsageError where nothing could be tried."""
    if options.harden and options.verify is Verification.OFF:
        raise UsageError(
            "--harden runs the image with fewer and fewer rights, which --verify off forbids",
            hint="leave one of the two out",
        )


def harden(
    job: Job, traced: TracedOriginal, files: OriginalFiles, built: BuiltImages
) -> tuple[Hardening, ...]:
    """What was found in each role, with the files that say so. Raises HardeningError."""
    found: list[Hardening] = []
    with job.clock.stage("harden", "the slim image runs with fewer rights"):
        for case, role in zip(built.cases, traced.roles, strict=True):
            with naming_role(case.role):
                trials = _Trials(job, case, built.loaded[ImageKind.SLIM])
                setting = _setting(job, files, built, case, role.examination.trace)
                hardening = find_hardening(setting, trials.run)
                found.append(_written(job, case, hardening, setting.ground, role))
        job.progress.detail("harden", "; ".join(map(_words, found)))
    return tuple(found)


def _written(
    job: Job, case: SmokeCase, hardening: Hardening, ground: Ground, traced: TracedRole
) -> Hardening:
    hardening = dataclasses.replace(hardening, user=hardening.user or case.plan.run.user)
    texts = texts_of(
        hardening,
        job.slim_name,
        job.session.engine.tool,
        trace=traced.examination.trace,
        ground=ground,
        narrow=job.options.strategy is Strategy.MINIMAL,
        seccomp=os.path.relpath(job.options.seccomp, job.report_directory)
        if job.options.seccomp is not None
        else "",
    )
    untried = _checked(texts[APPARMOR_NAME])
    if case.role.name:
        texts = {_of_role(name, case.role.name): text for name, text in texts.items()}
    return dataclasses.replace(hardening, texts=texts, notes=(*hardening.notes, untried))


def _checked(profile: str) -> str:
    """What is to be said of an AppArmor profile, which apparmor_parser reads where there is one.
    Raises ProfileRefusedError."""
    parser = shutil.which("apparmor_parser")
    if parser is None:
        return f"{_NOT_LOADED}, nor read by apparmor_parser, which is not installed here"
    # -Q: load nothing; -K: keep nothing. The kernel need not have AppArmor for that.
    read = subprocess.run(
        [parser, "-Q", "-K"], input=profile, capture_output=True, text=True, check=False
    )
    if read.returncode:
        raise ProfileRefusedError(
            "apparmor_parser refuses the profile that was made",
            hint="no tag was moved; build without --harden, and report this",
            details=read.stderr.strip(),
        )
    return f"{_NOT_LOADED}; apparmor_parser has read the AppArmor profile"


def _of_role(name: str, role: str) -> str:
    """`hardened-run-worker.sh`."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{role}{dot}{ending}"


def _words(found: Hardening) -> str:
    names = ", ".join(each.name for each in found.capabilities) or "no capabilities"
    root = "read-only root" if found.read_only else "writable root"
    return f"{names}; {root}; {count(found.trials, 'trial')}"


# ---- what is known before


def _setting(
    job: Job, files: OriginalFiles, built: BuiltImages, case: SmokeCase, trace: Trace
) -> Setting:
    run = case.plan.run
    volumes = tuple(sorted(job.original.config.get("Volumes") or {}))
    given = tuple(
        WritablePlace(
            path=path, kind=PlaceKind.TMPFS, options=options, reason="a --tmpfs of the build"
        )
        for path, _, options in (each.partition(":") for each in run.tmpfs)
    )
    mounted = (*volumes, *(each.path for each in given), *map(_target, run.volumes))
    plans = built.assembly.plans[ImageKind.SLIM]
    ground = Ground(
        index=files.index,
        kept={entry.path: entry for plan in plans for entry in plan.entries},
        mounted=tuple(each.rstrip("/") or "/" for each in mounted),
        executed=executed_new_in(trace, files.index),
    )
    ports = {*case.plan.ports, *((case.plan.port,) if case.plan.port else ())}
    return Setting(
        role=case.role.name,
        granted=granted_capabilities(run),
        user=run.user or str(job.original.config.get("User") or ""),
        groups=groups_of_users(_passwd(files, ground)),
        low_ports=tuple(sorted(each for each in ports if each < _FIRST_PRIVILEGED_PORT)),
        written=written_in(trace),
        announced=announced_in(trace, ground.kept, files.server.content),
        ground=ground,
        given=given,
        image_volumes=volumes,
        was_read_only=run.read_only,
    )


def _passwd(files: OriginalFiles, ground: Ground) -> bytes:
    """The slim image's /etc/passwd; nothing where it has none."""
    entry = ground.kept.get(ground.index.real_path(_PASSWD))
    if entry is None or entry.type is not EntryType.FILE:
        return b""
    return files.server.content.head(entry.path, _LARGEST_PASSWD)


def _target(volume: str) -> str:
    return volume.split(":")[1] if ":" in volume else volume


# ---- trials


class _Trials:
    """Containers of the slim image in one role."""

    def __init__(self, job: Job, case: SmokeCase, image: str) -> None:
        self._job, self._case, self._image = job, case, image
        self._stops: int | None = None
        """The exit status with which the first container stopped; None where none has, or it did
        not stop in time."""
        self._number = 0
        self._reference = case.reference

    @property
    def _is_stopped(self) -> bool:
        return self._number == 0 or self._stops is not None

    @property
    def _meet(self) -> bool:
        plan = self._case.plan
        return (
            is_shared(plan.run) or runs_here(plan.probes) or self._job.options.compose is not None
        )

    def run(self, candidates: Sequence[Candidate]) -> Sequence[Attempt]:
        """A container for each, side by side unless they would meet."""
        workers = 1 if self._meet else _AT_A_TIME
        with ThreadPoolExecutor(workers, thread_name_prefix="harden") as pool:
            runs = all_results([pool.submit(self._one, each) for each in candidates])
        # Judged one after the other: the original may have to be asked once more.
        return tuple(self._judged(each, *run) for each, run in zip(candidates, runs, strict=True))

    def _one(self, candidate: Candidate) -> tuple[SmokeOutcome, _End]:
        end = _End(
            # One that does not stop in time is not waited for a second time.
            signal=stop_signal(self._job.original.config) if self._is_stopped else None,
            timeout=self._case.plan.run.stop_timeout,
            changes=not candidate.read_only,
        )
        run = applied(self._case.plan.run, candidate)
        plan = dataclasses.replace(self._case.plan, run=run)
        outcome = smoke_test(self._job.session, self._image, plan, ImageKind.SLIM, at_end=end.look)
        return outcome, end

    def _judged(self, candidate: Candidate, outcome: SmokeOutcome, end: _End) -> Attempt:
        outcome = self._compared(outcome)
        if outcome.differs_only:  # noise that the original has not shown so far, or a right
            again, end = self._one(candidate)
            outcome = self._compared(again)
        self._number += 1
        self._job.progress.detail("harden", count(self._number, "container"))
        problem = _problem(outcome)
        if not problem and self._number == 1:
            self._stops = end.status
            self._hold_against(outcome)
        elif not problem and self._stops is not None and end.status != self._stops:
            stopped = "not in time" if end.status is None else f"with status {end.status}"
            problem = f"it stops {stopped}, otherwise with status {self._stops}"
        said = [outcome.logs, end.logs, *(result.excerpt for result in outcome.failed)]
        users = end.users if all(max(each) <= _LONGEST_ID for each in end.users) else ()
        return Attempt(
            passed=not problem,
            problem=problem,
            said="\n".join(filter(None, said)),
            users=users,
            changed=end.changed,
        )

    def _compared(self, outcome: SmokeOutcome) -> SmokeOutcome:
        if self._reference is None:
            return outcome.held_to_health
        return self._reference.judge([outcome]).outcomes[0]

    def _hold_against(self, first: SmokeOutcome) -> None:
        """A build from a saved trace does not run the original. What the image itself answers with
        all rights takes its place, so that the same rights are found as with a new trace."""
        job, plan = self._job, self._case.plan
        if job.options.from_trace is None or job.options.verify is not Verification.CONTENT:
            return

        def again(plan: SmokePlan) -> SmokeOutcome:
            return smoke_test(job.session, self._image, plan, ImageKind.SLIM)

        self._reference = Reference(first.results, plan, again, job.runs)
        if self._meet:
            self._reference.wait()


def _problem(outcome: SmokeOutcome) -> str:
    if outcome.problem or outcome.passed:
        return outcome.problem
    failed = outcome.failed[0]
    return f"the probe `{failed.probe.name}`: {failed.answer}"


class _End:
    """What is looked at before a container goes: who runs in it, what it changed, how it stops."""

    def __init__(self, *, signal: int | None, timeout: float, changes: bool) -> None:
        self._signal, self._timeout, self._changes = signal, timeout, changes
        self.users: tuple[tuple[int, int], ...] = ()
        self.changed: tuple[str, ...] = ()
        self.status: int | None = None
        self.logs = ""

    def look(self, container: PlainRun) -> None:
        if container.exit_status() is not None:
            return
        self.users = container.process_users()
        if self._changes:
            self.changed = container.changed_paths()
        if self._signal is not None:
            self.status = container.stop(self._signal, self._timeout)
        self.logs = container.logs()
