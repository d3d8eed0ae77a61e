"""What a package is called, so that the words of scanners, SBOMs and slimmer can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from slimmer.metadata import Component

_EPOCH: Final = re.compile(r"\d+:")
"""At the start of a version. Some scanners write it there, others beside it."""
_DISTRIBUTIONS: Final = ("deb", "apk", "rpm")
_SAME: Final = {
    **dict.fromkeys(("debian", "ubuntu"), "deb"),
    **dict.fromkeys(("alpine", "wolfi", "chainguard"), "apk"),
    **dict.fromkeys(("redhat", "centos", "rocky", "alma", "fedora", "amazon", "oracle"), "rpm"),
    **dict.fromkeys(("suse", "opensuse", "opensuse-leap", "photon", "cbl-mariner"), "rpm"),
    **dict.fromkeys(("python", "python-pkg"), "pypi"),
    **dict.fromkeys(("go-module", "gobinary"), "golang"),
    **dict.fromkeys(("node-pkg", "javascript"), "npm"),
    **dict.fromkeys(("jar", "java-archive"), "maven"),
    **dict.fromkeys(("gemspec", "bundler"), "gem"),
    "rustbinary": "cargo",
    "composer-vendor": "composer",
}
"""Names that scanners have for types of package URLs."""


@dataclass(frozen=True, order=True)
class PackageId:
    """An installed package, however its name is written."""

    type: str
    """As in package URLs."""
    name: str
    """In lower case, a language's with its namespace: `@scope/name`. A distribution's name counts
    for nothing: scanners do not agree on it."""
    version: str
    """Without the epoch; empty where it is not known."""

    @classmethod
    def of_url(cls, purl: str) -> PackageId:
        """`pkg:TYPE/NAMESPACE/NAME@VERSION?qualifiers#subpath`."""
        path = purl.removeprefix("pkg:").partition("#")[0].partition("?")[0]
        kind, _, rest = path.partition("/")
        before, at, after = rest.rpartition("@")
        own, version = (before, after) if at and "/" not in after else (rest, "")
        return cls._made(kind.lower(), unquote(own), unquote(version))

    @classmethod
    def of_names(cls, type: object, name: object, version: object) -> PackageId:
        """Of what a scanner says that knows no package URL."""
        kind = str(type or "")
        return cls._made(_SAME.get(kind, kind), str(name), str(version or ""))

    @classmethod
    def of_component(cls, component: Component) -> PackageId:
        """Of what slimmer itself has found."""
        name = "/".join(filter(None, (component.namespace, component.name)))
        return cls._made(component.type, name, component.version)

    @classmethod
    def _made(cls, type: str, name: str, version: str) -> PackageId:
        if type in _DISTRIBUTIONS:
            name, version = name.rpartition("/")[2], _EPOCH.sub("", version, count=1)
        elif type == "pypi":
            name = re.sub(r"[-_.]+", "-", name)
        elif type == "maven":
            name = name.replace(":", "/")
        return cls(type, name.lower(), version)
