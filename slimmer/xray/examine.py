"""From the content of an image to what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slimmer import __version__
from slimmer.files import RootfsIndex
from slimmer.image.archive import ImageContent
from slimmer.values import EntryType
from slimmer.xray.beside import beside
from slimmer.xray.dive import DiveFigures, dive_figures
from slimmer.xray.document import (
    Duplicates,
    HiddenFiles,
    HiddenPath,
    ImageFacts,
    Layer,
    Share,
    Usage,
    Xray,
)
from slimmer.xray.findings import privileges, secrets
from slimmer.xray.inspection import Databases, Remark
from slimmer.xray.instructions import Step, dockerfile_of, steps_of, steps_of_layers
from slimmer.xray.shares import (
    content_sizes,
    directory_shares,
    duplicates,
    type_shares,
    unused_shares,
)
from slimmer.xray.stack import Change, Hidden, Stack

if TYPE_CHECKING:
    from slimmer.ecosystems import Installed
    from slimmer.values import Content
    from slimmer.xray.packages import Packages

_SHOWN_HIDDEN: Final = 100
_MANY: Final = 10_000
"""Files from which on a second processor is worth a copy of this process."""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a traced run of the image has used."""

    source: str
    """The file that tells of it, for people."""
    paths: Callable[[RootfsIndex], Iterable[str]]
    """The files that were opened or executed, as the index has them."""


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A program or library of the application's own, and the C library that it is linked to."""

    path: str
    libc: str
    """`glibc` or `musl`."""
    package: str = ""
    """Its name; empty where it is of none."""
    is_used: bool
    """Whether a traced run has opened it."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What an image consists of, and each path by itself."""

    xray: Xray
    index: RootfsIndex
    """What a container of it has."""
    sizes: Mapping[str, int]
    """Path → bytes for all but directories; a file with several names counts for one of them."""
    packages: Packages
    used: frozenset[str] | None
    """The paths that a traced run has used; None where that is not known."""
    linked: tuple[Linked, ...]
    """Sorted by path; empty where the image was not read with a LinkageInspection."""


def examine(
    image: ImageContent, reference: str, *, source: str = "", used: Used | None = None
) -> Xray:
    """What the image consists of. Its content was read with an `Inspection`."""
    return examine_paths(image, reference, source=source, used=used).xray


def examine_paths(
    image: ImageContent,
    reference: str,
    *,
    source: str = "",
    used: Used | None = None,
    stack: Stack | None = None,
) -> Examination:
    """As `examine`, with what is known of each path. `stack`: an empty one, where somebody wants to
    see what is laid upon it."""
    # What reads packages takes 0.2 s to be loaded: as long as another process goes on hashing.
    from slimmer.xray.packages import package_shares, packages_of

    contents = image.contents()
    stack = stack or Stack()
    changes: list[Change] = []
    for number, layer in enumerate(image.layers):
        changes.append(stack.add(layer, number, contents))
    index = RootfsIndex(stack.entries.values())
    visible = {entry.inode: entry.path for entry in index if entry.inode}
    remarks = _remarks(image, stack)
    content = Databases({path: each.database for path, each in remarks.items() if each.database})
    kinds = {stack.entries[path].inode: each.kind for path, each in remarks.items() if each.kind}
    paths = None if used is None else frozenset(used.paths(index))
    sizes = content_sizes(index, paths or ())
    steps = steps_of(image.configuration)
    makers = steps_of_layers(steps, len(image.layers))

    def figures() -> tuple[DiveFigures, tuple[Share, ...], tuple[Share, ...], Duplicates]:
        return (
            dive_figures(image.layers),
            directory_shares(sizes, paths),
            type_shares(index, sizes, kinds, paths),
            duplicates(image.layers, contents, visible),
        )

    with beside(figures) if len(sizes) > _MANY else nullcontext(figures) as figures_later:
        packages = packages_of(index, content)
        shares, unpackaged = package_shares(packages, sizes, paths, stack.layer_of)
        used_by_layer = _used_by_layer(stack, sizes, paths)
        unused = {} if paths is None else unused_shares(sizes, paths, stack.layer_of)
        layers = _layers(image, makers, changes, stack.hidden, used_by_layer, unused)
        dive, directories, types, copies = figures_later()
    xray = Xray(
        slimmer_version=__version__,
        image=ImageFacts(
            reference=reference,
            source=source or image.form,
            id=image.id,
            name=image.name,
            platform=_platform(image.configuration),
            created=str(image.configuration.get("created") or ""),
            system=packages.system,
            size=sum(layer.size for layer in image.layers),
            visible_size=sum(sizes.values()),
            files=len(sizes),
        ),
        usage=None
        if used is None or paths is None
        else Usage(
            source=used.source,
            size=sum(sizes[path] for path in paths if path in sizes),
            files=sum(path in sizes for path in paths),
        ),
        layers=layers,
        hidden=_hidden(stack.hidden),
        dive=dive,
        directories=directories,
        types=types,
        packages=shares,
        unpackaged=unpackaged,
        duplicates=copies,
        privileges=privileges(stack, packages),
        secrets=secrets(image.layers, visible, packages, image.configuration, steps),
        dockerfile=dockerfile_of(steps),
        notes=_notes(image, makers),
    )
    linked = tuple(
        Linked(
            path=path,
            libc=each.libc,
            package=packages.name_of(path),
            is_used=path in (paths or ()),
        )
        for path, each in sorted(remarks.items())
        if each.libc
    )
    return Examination(
        xray=xray, index=index, sizes=sizes, packages=packages, used=paths, linked=linked
    )


def _remarks(image: ImageContent, stack: Stack) -> dict[str, Remark]:
    """Of the files that are left, each by its layer."""
    return {
        path: remark
        for number, layer in enumerate(image.layers)
        for path, remark in layer.remarks.items()
        if stack.layer_of.get(path) == number and path in stack.entries
    }


def _used_by_layer(
    stack: Stack, sizes: Mapping[str, int], used: frozenset[str] | None
) -> dict[int, int] | None:
    if used is None:
        return None
    found: dict[int, int] = {}
    for path in used:
        if path in sizes:
            number = stack.layer_of[path]
            found[number] = found.get(number, 0) + sizes[path]
    return found


def _layers(
    image: ImageContent,
    makers: list[Step | None],
    changes: list[Change],
    hidden: list[Hidden],
    used: Mapping[int, int] | None,
    unused: Mapping[int, tuple[Share, ...]],
) -> tuple[Layer, ...]:
    within: dict[int, int] = {}
    by: dict[int, int] = {}
    for each in hidden:
        within[each.layer] = within.get(each.layer, 0) + each.size
        by[each.by] = by.get(each.by, 0) + each.size
    return tuple(
        Layer(
            number=number,
            digest=layer.digest(),
            instruction=maker.instruction if maker else "",
            created_by=maker.created_by if maker else "",
            created=maker.created if maker else "",
            size=layer.size,
            used_size=None if used is None else used.get(number, 0),
            hidden_size=within.get(number, 0),
            hides_size=by.get(number, 0),
            same_size=change.same_size,
            added=change.added,
            added_size=change.added_size,
            changed=change.changed,
            changed_size=change.changed_size,
            removed=change.removed,
            removed_size=change.removed_size,
            unused=unused.get(number, ()),
        )
        for number, (layer, maker, change) in enumerate(
            zip(image.layers, makers, changes, strict=True)
        )
    )


def _hidden(hidden: list[Hidden]) -> HiddenFiles:
    largest = sorted(hidden, key=lambda each: (-each.size, each.path, each.layer))[:_SHOWN_HIDDEN]
    return HiddenFiles(
        size=sum(each.size for each in hidden),
        files=len(hidden),
        largest=tuple(
            HiddenPath(
                path=each.path,
                size=each.size,
                layer=each.layer,
                hidden_by=each.by,
                how="removed" if each.is_removed else "repeated" if each.is_same else "replaced",
            )
            for each in largest
        ),
    )


def _platform(configuration: Mapping[str, Any]) -> str:
    parts = (configuration.get(key) for key in ("os", "architecture", "variant"))
    return "/".join(str(part) for part in parts if part)


def _notes(image: ImageContent, makers: list[Step | None]) -> tuple[str, ...]:
    if image.layers and makers[0] is None:
        return (
            "The history does not say which instruction made which layer: it has another number "
            "of entries.",
        )
    return ()


def installed_in(index: RootfsIndex, content: Content) -> tuple[Installed, ...]:
    """All packages of the image with this index, by the readers that `examine` asks."""
    from slimmer.xray.packages import packages_of

    return packages_of(index, content).installed


def opened_files(index: RootfsIndex, paths: Iterable[str]) -> frozenset[str]:
    """The regular files that these paths lead to, and the links on the way."""
    found: set[str] = set()
    for path in paths:
        walk = index.resolve(path)
        if walk.entry is not None and walk.entry.type is not EntryType.DIRECTORY:
            found.add(walk.entry.path)
            found.update(step.path for step in walk.way if step.type is EntryType.SYMLINK)
    return frozenset(found)
