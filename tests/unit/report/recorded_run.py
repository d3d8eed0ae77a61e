"""A run's record made of small values, hostile names among them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from slimmer.pack import assemble, plan_layers
from slimmer.report import FidelitySummary, FinishedImage, ImageTest, RunRecord
from slimmer.values import (
    Access,
    CommandProbe,
    Entry,
    EntryType,
    ExplorationSummary,
    Fault,
    HttpProbe,
    KeepSet,
    Layer,
    LayerPlan,
    LeftOut,
    Measurements,
    Original,
    ProbeResult,
    Reason,
    Repair,
    Sighting,
    Source,
    StageTime,
    Strategy,
    Trace,
)
from slimmer.verify.repair import RepairLog, RepairRound

HOSTILE = (
    "/app/<script>alert(1)<",
    "/app/<!--",
    '/app/" onerror="alert(2)',
    "/app/red\x1b[31m\nline",
    "/app/bytes-\udcff\udc80",
    "/app/\u202egpj.exe",
)

PASSED = (
    ProbeResult(
        probe=HttpProbe(name="GET /health", path="/health"),
        passed=True,
        answer="200 OK, 17 bytes",
        seconds=0.0042,
        attempts=3,
    ),
    ProbeResult(
        probe=CommandProbe(name="version", command=("my-app", "--say", "a b")),
        passed=True,
        answer="exit status 0",
        seconds=0.2,
    ),
)
FAILED = replace(PASSED[0], passed=False, answer="connection refused")


REPAIR = Repair(path="/bin/app", program="/bin/sh", phase="boot")
REPAIRED = RepairLog(
    rounds=(
        RepairRound(problem="the slim image fails its smoke test: why", repairs=(REPAIR,)),
        RepairRound(problem="it fails <again>", repairs=()),
    ),
    repairs=(REPAIR, replace(REPAIR, path=HOSTILE[0], listing="/app")),
    lasting={"/bin/app": "--rule package-data", HOSTILE[0]: f"--include '{HOSTILE[0]}'"},
)


def file(path: str, size: int = 100, **values: Any) -> Entry:
    fields = {"type": EntryType.FILE, "mode": 0o644, "uid": 0, "gid": 0, "mtime_ns": 0}
    return Entry(**{**fields, "path": path, "size": size, **values})


def with_parents(*entries: Entry) -> dict[str, Entry]:
    """path → entry, the parents of each among them."""
    index = {"/": file("/", 0, type=EntryType.DIRECTORY)}
    for entry in entries:
        parts = entry.path.split("/")
        for depth in range(2, len(parts)):
            parent = "/".join(parts[:depth])
            index.setdefault(parent, file(parent, 0, type=EntryType.DIRECTORY))
        index[entry.path] = entry
    return index


def kept_with_parents(*paths: str) -> dict[str, tuple[Reason, ...]]:
    reasons: dict[str, tuple[Reason, ...]] = {}
    for path in paths:
        reasons[path] = (Reason(rule="trace", detail="opened by /bin/app in phase boot"),)
        while path != "/":
            child, path = path, path.rpartition("/")[0] or "/"
            reasons.setdefault(
                path, (Reason(rule="directory", detail="holds a kept path", because=child),)
            )
    return dict(sorted(reasons.items()))


def finished(reference: str, plans: tuple[LayerPlan, ...]) -> FinishedImage:
    layers = tuple(
        Layer(
            name=plan.name,
            digest="sha256:" + f"{position}" * 64,
            size=sum(512 + entry.size for entry in plan.entries),
            file=Path("unused"),
            entries=len(plan.entries),
        )
        for position, plan in enumerate(plans)
    )
    image = assemble(b"{}", layers=layers)
    return FinishedImage(
        reference=reference,
        id=image.config_digest,
        size=sum(layer.size for layer in layers),
        image=image,
        plans=plans,
    )


def recorded_run(
    *, paths: tuple[str, ...] = HOSTILE, index: dict[str, Entry] | None = None, **changes: Any
) -> RunRecord:
    """A run that kept /bin/app, /usr/bin/tool and `paths`, and dropped the rest."""
    entries = index or with_parents(
        file("/bin/app", 5_000_000),
        file("/usr/bin/tool", 2_000),
        file("/usr/share/doc/a/copyright", 300),
        file("/usr/share/doc/b/readme", 700),
        file("/usr/lib/gcc/cc1", 90_000_000),
        *(file(path, 11) for path in paths),
    )
    kept = kept_with_parents("/bin/app", "/usr/bin/tool", *paths)
    owners = {"/usr/bin/tool": "coreutils", "/usr/lib/gcc/cc1": "gcc"}
    planning = plan_layers(entries.get, kept, owners.get, dependency_folders=frozenset())
    sightings = tuple(
        Sighting(
            path=path, access=Access.OPEN, phase="boot", program="/bin/app", source=Source.NOTIFY
        )
        for path in kept
    )
    record = RunRecord(
        original=Original(
            reference="my-app:1",
            id="sha256:" + "a" * 64,
            config={},
            architecture="amd64",
            variant="",
            os="linux",
            created="",
            size=95_003_000,
            layers=("sha256:1", "sha256:2"),
        ),
        entries=entries.values(),
        trace=Trace(
            sources=frozenset({Source.NOTIFY}),
            missing_sources={Source.FANOTIFY: "no CAP_SYS_ADMIN"},
            phases=("boot", "GET /health", "shutdown"),
            sightings=sightings,
            exit_status=None,
            records=1234,
        ),
        keep=KeepSet(reasons=kept, excluded=("/etc/secret",), notes=("a note of the keep-set",)),
        strategy=Strategy.MINIMAL,
        slim=finished("my-app:1-slim", planning.layers),
        tests=(
            ImageTest(image="original", results=PASSED),
            ImageTest(image="slim", results=PASSED),
        ),
        explorations=(
            ExplorationSummary(
                name="crawl",
                source="http://localhost:8080/",
                requests=3,
                statuses={"200": 1, "404": 1, "none": 1},
                left_out=(
                    LeftOut(
                        reason="of another origin",
                        count=2,
                        examples=("http://example.com/<script>",),
                    ),
                ),
                faults=(
                    Fault(request="GET /<b>gone", answer="404 Not Found", source="/"),
                    Fault(request="GET /slow", answer="no answer in time"),
                ),
                seconds=0.5,
            ),
        ),
        fidelity=(
            FidelitySummary(image="slim", paths=1220, files_read=1100, bytes_read=12_900_000),
        ),
        package=lambda path: owners.get(path, ""),
        measurements=Measurements(
            stages=(StageTime(stage="trace", seconds=1.25), StageTime(stage="tag", seconds=0.001)),
            total_seconds=2.5,
            peak_memory=81_000_000,
        ),
    )
    return replace(record, **changes)
