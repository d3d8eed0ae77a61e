"""One name for the images of all platforms, where they went besides their engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from slimmer.engine import Registry
from slimmer.image import parse_tag
from slimmer.options import BuildOptions
from slimmer.pack import add_platform_index, move_layout, output_target, platform_index
from slimmer.platforms.result import BuiltPlatform, IndexOf
from slimmer.platforms.wishes import names_in_common


def joined_in_layout(
    options: BuildOptions, built: Sequence[BuiltPlatform], layout: Path
) -> Iterator[IndexOf]:
    """Indexes in the layout that the builds have written, which then goes where `--output` says."""
    target = output_target(options.output).path
    made = []
    for name, images in _names(options, built):
        digest = add_platform_index(layout, name, images)
        made.append(IndexOf(reference=name, place=str(target), digest=digest))
    move_layout(layout, target)
    yield from made


def joined_in_registry(options: BuildOptions, built: Sequence[BuiltPlatform]) -> Iterator[IndexOf]:
    """Indexes in the registry, of what each build has pushed."""
    for name, images in _names(options, built):
        pushed = dict(pair for each in built for pair in each.pushed)
        if not all(reference in pushed for reference, _ in images):
            continue  # of the pair the slim image alone was to be pushed
        place = parse_tag(name)
        with Registry(place.host) as registry:
            document = platform_index(
                (registry.manifest(place.path, pushed[reference]), platform)
                for reference, platform in images
            )
            digest = registry.put_index(place.path, place.tag, document)
        yield IndexOf(reference=name, place=place.host, digest=digest)


def _names(
    options: BuildOptions, built: Sequence[BuiltPlatform]
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(name in common, (name of its own, platform) of each) of the slim image, and of the debug
    image where all platforms have one."""
    slim, *debug = names_in_common(options)
    yield slim, [(each.slim, each.platform) for each in built]
    if debug and all(each.debug for each in built):
        yield debug[0], [(each.debug, each.platform) for each in built]
