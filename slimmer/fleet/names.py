"""Globs of image names: `team/*:stable` stands for all names that fit."""

from __future__ import annotations

import re
from typing import Final

from slimmer.engine import Registry
from slimmer.fleet.document import Wish
from slimmer.image import usual_results

_SHOWN: Final = 5
"""How many names an error lists."""
_WILD: Final = re.compile(r"(\*|\?|\[[^\]]*\])")


def expression(pattern: str) -> re.Pattern[str]:
    """Of a glob as engines read it: `*` and `?` do not stand for a slash. Where it has no tag, any
    tag fits."""
    known = {"*": "[^/]*", "?": "[^/]"}
    whole = "".join(
        known.get(part, part if number % 2 else re.escape(part))
        for number, part in enumerate(_WILD.split(pattern))
    )
    return re.compile(whole if ":" in pattern.rpartition("/")[2] else whole + ":[^/:]+")


def names_in_registry(wish: Wish) -> tuple[str, ...]:
    """The names in a registry that a wish stands for. Slim images of those are passed over by
    their usual names. Raises ConfigurationError where there is none, and PullError."""
    host, _, rest = wish.image.partition("/")
    path = rest.partition(":")[0]
    if not rest or _WILD.search(host):
        raise wish.place.error(f"{wish.image} names no registry", "write HOST/team/*:stable")
    whole, fitting = expression(wish.image), expression(f"{host}/{path}")
    with Registry(host) as registry:
        paths = registry.repositories() if _WILD.search(path) else (path,)
        names = {
            f"{host}/{each}:{tag}"
            for each in paths
            if fitting.fullmatch(f"{host}/{each}:any")
            for tag in registry.tags(each)
        }
    own = {result for name in names for result in usual_results(name)}
    found = sorted(name for name in names - own if whole.fullmatch(name))
    if not found:
        there = sorted(names) or [f"{host}/{each}" for each in paths]
        others = f"there are {', '.join(there[:_SHOWN])}{', …' if len(there) > _SHOWN else ''}; "
        raise wish.place.error(
            f"no image in the registry matches {wish.image}",
            f"{others if there else ''}`*` stands for all but a slash",
        )
    return tuple(found)
