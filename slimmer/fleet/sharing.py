"""`--share`: images of one base are built once more, on what they have in common, if a node that
has all of them pulls less then."""

from __future__ import annotations

import dataclasses
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from slimmer.base import read_base
from slimmer.engine import Engine
from slimmer.errors import ReportFileError
from slimmer.fleet.foundation import LEAST, Ground, Known, Member, common_ground, pack_foundation
from slimmer.fleet.job import Outcome
from slimmer.fleet.planning import Home, Planned, identify
from slimmer.fleet.report import Foundation, node_size
from slimmer.fleet.state import State
from slimmer.image import read_original, repository_tags
from slimmer.pack import NamedImage, docker_archive
from slimmer.report import read_report
from slimmer.workspace import workspace

AUTO: Final = "auto"
OFF: Final = "off"
SEPARATE: Final = "separate"
"""The stage in which images stand alone."""
SHARED: Final = "shared"
"""The stage in which they stand on a foundation."""
ALONE: Final = ""
"""The foundation of an image that stands on none although others of its base do."""
_REPOSITORY: Final = "slim-foundation"
_APPLICATION: Final = "application"


def standing(planned: Planned, share: str, home: Home, state: State) -> Planned:
    """The build with the base that it has from an earlier run, or from `--share IMAGE`. One that
    is to stand alone at first saves its trace for the build on a foundation."""
    options = planned.job.options
    if share == OFF or options.bases:
        return planned
    if share != AUTO:
        return _on(planned, (share,), home)
    original = planned.original
    if original is None or not original.layers:
        return planned
    known = [
        each
        for each in state.foundations(planned.job.name, original.layers[0])
        if each != ALONE and home.engine.find_image(each) is not None
    ]
    if known:
        return _on(planned, known, home)
    if options.from_trace is None and options.save_trace is None:
        assert options.report_directory is not None, "planning names a folder for each build"
        options = dataclasses.replace(
            options, save_trace=options.report_directory.parent / f"{_file_name(planned)}.trace"
        )
        job = dataclasses.replace(planned.job, options=options)
        return dataclasses.replace(planned, job=job)
    return planned


def _file_name(planned: Planned) -> str:
    return planned.job.name.replace("/", "_").replace(":", "_")


def _on(planned: Planned, bases: Sequence[str], home: Home) -> Planned:
    options = planned.job.options
    job = dataclasses.replace(
        planned.job,
        options=dataclasses.replace(options, bases=tuple(bases)),
        from_saved=options.save_trace,
    )
    return dataclasses.replace(planned, job=job, fingerprint=identify(job, home))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proposal:
    """A foundation, and the builds that are tried on it."""

    reference: str
    size: int
    files: int
    planned: tuple[Planned, ...]


def propose(
    builds: Sequence[tuple[Planned, Outcome]], home: Home
) -> tuple[list[Proposal], list[str]]:
    """Foundations of images that stand alone, made in the home engine; and what to tell of images
    that could not be looked at."""
    groups: dict[str, list[tuple[Planned, Outcome]]] = defaultdict(list)
    for planned, outcome in builds:
        if planned.original is not None and planned.original.layers:
            groups[planned.original.layers[0]].append((planned, outcome))
    proposals: list[Proposal] = []
    notes: list[str] = []
    for group in groups.values():
        if len(group) > 1:
            with workspace() as folder:
                members = [
                    member
                    for planned, outcome in group
                    if (member := _member(planned, outcome, home.engine, folder, notes))
                ]
                by_name = {planned.job.name: planned for planned, _ in group}
                proposals += [_made(way, by_name, home, folder) for way in common_ground(members)]
    return proposals, notes


def _member(
    planned: Planned, outcome: Outcome, engine: Engine, folder: Path, notes: list[str]
) -> Member | None:
    inspection = engine.find_image(outcome.image_id)
    dropped: dict[str, Known] | None = None
    with suppress(ReportFileError):
        saved = read_report(Path(outcome.report).parent)
        if saved.is_whole and saved.slim.id == outcome.image_id:
            dropped = {
                fate.path: (fate.type, fate.size)
                for fate in saved.fates.values()
                if not fate.kept and fate.in_original and fate.path not in saved.excluded
            }
    if inspection is None or dropped is None:
        notes.append(
            f"{outcome.name} stands alone: "
            + ("its image" if inspection is None else "what was dropped of it")
            + " is on another machine"
        )
        return None
    image = read_original(outcome.name, inspection)
    place = Path(tempfile.mkdtemp(dir=folder))
    base = read_base(image, engine.save_image(image.id), place)
    names = [each.name for each in outcome.layers]
    return Member(
        name=outcome.name,
        image=base,
        own=frozenset(
            path
            for path, layer in base.layer_of.items()
            if layer < len(names) and names[layer] == _APPLICATION
        ),
        dropped=dropped,
    )


def _made(
    way: Sequence[Ground], planned: Mapping[str, Planned], home: Home, folder: Path
) -> Proposal:
    packed = pack_foundation(way, folder)
    reference = f"{_REPOSITORY}:{packed.manifest_digest.partition(':')[2][:12]}"
    home.engine.load_image(
        docker_archive(
            [NamedImage(image=packed, reference=reference)], with_index=home.engine.takes_index
        )
    )
    return Proposal(
        reference=reference,
        size=sum(layer.size for layer in packed.layers),
        files=sum(len(each.paths) for each in way),
        planned=tuple(_on(planned[member.name], (reference,), home) for member in way[-1].members),
    )


def settle(
    proposals: Sequence[Proposal],
    separate: Mapping[str, Outcome],
    shared: Mapping[str, Outcome],
    home: Home,
    state: State,
) -> list[Foundation]:
    """Leave images on their foundations, or give their names back to those that stand alone: all
    of one base together, since foundations share layers. An image that failed on its foundation
    stands alone as before."""
    bases: dict[str, list[Proposal]] = defaultdict(list)
    for each in proposals:
        original = each.planned[0].original
        assert original is not None, "proposals are for images that the home engine has"
        bases[original.layers[0]].append(each)
    told = []
    for layer, group in bases.items():
        names = [planned.job.name for each in group for planned in each.planned]
        alone = node_size(separate[name] for name in names)
        together = node_size(_standing(name, separate, shared) for name in names)
        is_used = alone - together >= LEAST
        for each in group:
            names = [planned.job.name for planned in each.planned]
            own = [name for name in names if is_used and _is_built(shared.get(name))]
            for name in names:
                state.stands_on(name, each.reference if name in own else ALONE, layer)
                if name in own:
                    _remove_nameless(separate[name].image_id, home.engine)
                elif _is_built(shared.get(name)):
                    home.engine.tag_image(separate[name].image_id, name)
            if not own:
                home.engine.remove_image(each.reference)
            images = own or names
            told.append(
                Foundation(
                    reference=each.reference,
                    size=each.size,
                    files=each.files,
                    images=tuple(images),
                    separate=node_size(separate[name] for name in images),
                    shared=node_size(_standing(name, separate, shared) for name in images),
                    used=bool(own),
                )
            )
    return told


def _remove_nameless(image: str, engine: Engine) -> None:
    """What is the same bit by bit is one image, and may be somebody's under another name."""
    found = engine.find_image(image)
    if found is not None and not repository_tags(found):
        engine.remove_image(image)


def _standing(name: str, separate: Mapping[str, Outcome], shared: Mapping[str, Outcome]) -> Outcome:
    return shared[name] if _is_built(shared.get(name)) else separate[name]


def _is_built(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.is_built
