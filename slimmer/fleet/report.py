"""What a fleet came to, as one value. `fleet.json` is exactly this tree.

docs/fleet.md explains the document; docs/schemas has its form. A field that is added
keeps the schema's version; one that is removed, renamed or changed in meaning raises it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer import __version__
from slimmer.codec import Keywords
from slimmer.fleet.job import LayerSize, Outcome

SCHEMA_VERSION: Final = 1
BUILT: Final = "built"
UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"


@dataclass(frozen=True, kw_only=True)
class Build(Outcome):
    """How one image of the fleet did."""

    status: Annotated[str, Keywords(words=(BUILT, UNCHANGED, FAILED))]
    """`unchanged`: built by an earlier run, and neither the original, the options nor a saved trace
    has changed since."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Builds that failed for the same reason."""

    exit_code: Annotated[int, Keywords(maximum=255)]
    cause: str
    hints: tuple[str, ...]
    """What the errors say to do next, each once."""
    images: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Of all images of which there is a slim one."""

    images: int
    failed: int
    size_before: int
    """Bytes of the originals, each image for itself."""
    size: int
    """Bytes of the slim images, each image for itself."""
    factor: float | None
    """The former divided by the latter; null where nothing was built."""


@dataclass(frozen=True, kw_only=True)
class SharedLayer:
    """A layer that several slim images have."""

    digest: str
    name: str
    size: int
    images: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """An image that others were made to stand on."""

    reference: str
    size: int
    """Bytes of its layers."""
    files: int
    images: tuple[str, ...]
    """Those that stand on it; where none does, those that were tried."""
    separate: int
    """Bytes that a node pulls for these images where each stands alone."""
    shared: int
    """The same where they stand on the foundation, it included."""
    used: bool
    """Whether images were left on it: not where that would cost bytes, or all of them failed."""


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What images have in common."""

    mode: str
    """As `--share` says: `auto`, `off`, or an image."""
    node_separate: int | None
    """Bytes that a node pulls for all images where each stands alone; null where that was not
    built."""
    node: int
    """Bytes that a node pulls for all images as they are: each layer once."""
    foundations: tuple[Foundation, ...] = ()
    layers: tuple[SharedLayer, ...] = ()
    """The largest first."""


@dataclass(frozen=True, kw_only=True)
class FleetReport:
    """What `slim fleet` did."""

    slimmer_version: str
    schema_version: Annotated[int, Keywords(minimum=1, maximum=SCHEMA_VERSION)] = SCHEMA_VERSION
    totals: Totals
    builds: tuple[Build, ...]
    """In the order of fleet.yaml."""
    causes: tuple[Cause, ...]
    """The most frequent first."""
    sharing: Sharing
    engines: Mapping[str, int]
    """Address → how many images were built there."""
    seconds: float
    """From start to end."""
    build_seconds: float
    """Of all builds of this run, one after another."""
    notes: tuple[str, ...] = ()


def node_size(outcomes: Iterable[Outcome]) -> int:
    """Bytes that a node pulls for all these images: each layer once."""
    layers = {layer.digest: layer.size for each in outcomes for layer in each.layers}
    return sum(layers.values())


def compose_fleet_report(
    builds: Sequence[Build],
    *,
    mode: str,
    node_separate: int | None,
    foundations: Sequence[Foundation] = (),
    seconds: float,
    notes: Sequence[str] = (),
) -> FleetReport:
    """The report of builds that have all ended."""
    made = [each for each in builds if each.is_built]
    engines: dict[str, int] = defaultdict(int)
    for each in made:
        if each.status == BUILT:
            engines[each.engine] += 1
    before, after = sum(each.size_before for each in made), sum(each.size for each in made)
    return FleetReport(
        slimmer_version=__version__,
        totals=Totals(
            images=len(builds),
            failed=len(builds) - len(made),
            size_before=before,
            size=after,
            factor=round(before / after, 2) if after else None,
        ),
        builds=tuple(builds),
        causes=_causes(builds),
        sharing=Sharing(
            mode=mode,
            node_separate=node_separate,
            node=node_size(made),
            foundations=tuple(foundations),
            layers=_shared(made),
        ),
        engines=dict(sorted(engines.items())),
        seconds=seconds,
        build_seconds=sum(each.seconds for each in builds if each.status != UNCHANGED),
        notes=tuple(notes),
    )


def _causes(builds: Iterable[Build]) -> tuple[Cause, ...]:
    found: dict[int, list[Build]] = defaultdict(list)
    for each in builds:
        if not each.is_built:
            found[each.exit_code].append(each)
    causes = (
        Cause(
            exit_code=code,
            cause=failed[0].cause,
            hints=tuple(dict.fromkeys(each.hint for each in failed if each.hint)),
            images=tuple(each.image for each in failed),
        )
        for code, failed in found.items()
    )
    return tuple(sorted(causes, key=lambda each: (-len(each.images), each.exit_code)))


def _shared(builds: Iterable[Build]) -> tuple[SharedLayer, ...]:
    having: dict[str, list[str]] = defaultdict(list)
    layers: dict[str, LayerSize] = {}
    for each in builds:
        for layer in each.layers:
            layers[layer.digest] = layer
            having[layer.digest].append(each.name)
    shared = (
        SharedLayer(
            digest=digest,
            name=layers[digest].name,
            size=layers[digest].size,
            images=tuple(images),
        )
        for digest, images in having.items()
        if len(images) > 1
    )
    return tuple(sorted(shared, key=lambda each: (-each.size, each.digest)))
