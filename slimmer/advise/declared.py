"""What a package.json in the build context declares, of packages that were never opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from slimmer.dockerfile import Context
from slimmer.words import printable, size
from slimmer.xray import PackageShare

_NAME = "package.json"


def declared_and_unused(context: Context, unused: Sequence[PackageShare]) -> Iterator[str]:
    """Sentences on those that somebody has asked for; the others came with them."""
    by_name = {each.name: each for each in unused if each.type == "npm"}
    if not by_name:
        return
    for path in (file.path for file in context.files if file.path.rpartition("/")[2] == _NAME):
        if "node_modules/" in path:
            continue
        run, build = _declared(context, path)
        shown = printable(path)
        found = [each for name, each in by_name.items() if name in build - run]
        if found:
            yield (
                f"{_list(found)}: devDependencies of {shown}. Install with `npm ci --omit=dev`, or "
                "build in a stage"
            )
        for each in by_name.values():
            if each.name in run:
                yield (
                    f"{printable(each.name)} {size(each.size)}: in {shown}, never opened. Remove "
                    "it from there if nothing needs it"
                )


def _list(packages: Sequence[PackageShare]) -> str:
    return ", ".join(f"{printable(each.name)} {size(each.size)}" for each in packages)


def _declared(context: Context, path: str) -> tuple[set[str], set[str]]:
    """Names of dependencies, and of devDependencies; none of a file that is not of this form."""
    try:
        document = json.loads((context.folder / path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return set(), set()
    if not isinstance(document, dict):
        return set(), set()
    tables = (document.get(key) for key in ("dependencies", "devDependencies"))
    run, build = (set(table) if isinstance(table, dict) else set() for table in tables)
    return run, build
