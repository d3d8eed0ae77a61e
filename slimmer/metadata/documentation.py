"""Documentation does not count: a package of which only manual pages are left cannot run, have a
weakness, or need an update, and a package whose manual pages alone are missing is complete.
"""

from __future__ import annotations

import re

_FOLDERS = (
    "/usr/share/bug/",
    "/usr/share/common-licenses/",
    "/usr/share/doc-base/",
    "/usr/share/doc/",
    "/usr/share/info/",
    "/usr/share/licenses/",
    "/usr/share/lintian/",
    "/usr/share/man/",
)

_COMMON_LICENSE = re.compile(rb"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])")


def is_documentation(path: str) -> bool:
    """Whether nothing but people (and lawyers) reads the file."""
    return path.startswith(_FOLDERS)


def common_licenses(copyright_file: bytes) -> set[str]:
    """The licence texts that a Debian copyright file refers to instead of quoting them."""
    names = _COMMON_LICENSE.findall(copyright_file)
    return {"/usr/share/common-licenses/" + name.decode("ascii") for name in names}
