"""Saved traces, made by hand and by chance."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from slimmer.probing.kinds import ExecProbe, HttpProbe, ReplayProbe
from slimmer.trace.saved import Fact, Identity, Kind, SavedTrace, SeenPath, Use
from slimmer.values import Access, HttpOrigin, HttpRequest, Source

DIGEST = "sha256:" + "0123456789abcdef" * 4
IDENTITY = Identity(
    reference="my-app:1",
    platform="linux/amd64",
    configuration=DIGEST,
    layers=(DIGEST, "sha256:" + "f" * 64),
)
PROBES = (
    HttpProbe(name="GET /health", path="/health"),
    HttpProbe(
        name="log in",
        method="POST",
        path="/login",
        port=8001,
        headers=(("X-A", "\t1"),),
        body=b"\x00\xff\n",
        statuses=frozenset({302, 200}),
        body_pattern="o.k",
    ),
    ExecProbe(name="exec id", command=("id", "-u"), exit_status=3, user="0"),
    ReplayProbe(
        name="crawl",
        origin=HttpOrigin(host="shop.example", named_port=8443, tls=True, insecure=True),
        requests=(
            HttpRequest(path="/?q=%00", status=200, content_type="text/html"),
            HttpRequest(method="PUT", headers=(("X-A", "\t1"),), body=b"\x00\xff\n", status=404),
        ),
        connections=4,
        content=False,
    ),
)
PHASES = ("boot", "log in", "exec id", "shutdown")


def use(phase: str = "boot", access: Access = Access.OPEN, program: str = "/bin/app") -> Use:
    return Use(phase=phase, access=access.value, program=program, source=Source.NOTIFY.value)


def seen(*uses: Use, fact: Fact | None = None, runs: int = 1) -> SeenPath:
    return SeenPath(
        fact=fact or Fact(kind=Kind.FILE, size=5, digest=DIGEST),
        runs=runs,
        uses=dict.fromkeys(uses or (use(),), runs),
    )


def saved(
    paths: dict[str, SeenPath] | None = None, *, runs: int = 1, **changes: object
) -> SavedTrace:
    fields: dict[str, object] = {
        "identity": IDENTITY,
        "runs": runs,
        "sources": frozenset(Source),
        "missing_sources": frozenset(),
        "port": 8000,
        "ready_within": 2,
        "exit_status": None,
        "probes": PROBES,
        "phases": PHASES,
        "paths": paths or {"/app": seen(fact=Fact(kind=Kind.DIRECTORY)), "/app/main": seen()},
    }
    return SavedTrace(**{**fields, **changes})  # type: ignore[arg-type]


names = st.binary(min_size=1, max_size=8).map(
    lambda data: data.replace(b"\0", b"0").decode("utf-8", "surrogateescape")
)
"""Any bytes that the kernel takes for a name, slashes among them."""
PATHS = (*"abcdef", "a b", "tab\there", "line\nbreak", "back\\slash", "b\udcff\udc80", "\u202e")
"""Few, so that several runs meet in some."""
FACTS = (
    *(Fact(kind=kind) for kind in (Kind.DIRECTORY, Kind.OTHER, Kind.MISSING)),
    *(Fact(kind=Kind.FILE, size=size, digest=DIGEST) for size in (0, 2**60)),
)
USES = tuple(
    Use(phase=phase, access=access.value, program=program, source=source.value)
    for phase in PHASES
    for access in Access
    for program in ("", "/bin/app", "/b\udcff\t")
    for source in Source
)
one_run = st.dictionaries(
    st.sampled_from(PATHS),
    st.tuples(st.sampled_from(FACTS), st.lists(st.sampled_from(USES), min_size=1, max_size=3)),
    min_size=1,
    max_size=4,
).map(
    lambda paths: saved(
        {
            f"/{path}": SeenPath(fact=fact, runs=1, uses=dict.fromkeys(used, 1))
            for path, (fact, used) in sorted(paths.items())
        }
    )
)
"""A trace of one run."""
unhurried = settings(suppress_health_check=[HealthCheck.too_slow])
"""For properties that must hold on a machine under load as well."""
