"""Tables that well-known libraries read when they are first asked."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.files import RootfsIndex, name_of
from slimmer.keep.trees import tree
from slimmer.values import Entry

# Start of a library's name → what it reads, as trees.
_READ_BY_LIBRARY = {
    "libmagic.so.": ("/usr/lib/file/magic.mgc", "/usr/share/misc/magic.mgc", "/etc/magic"),
    "libfontconfig.so.": ("/etc/fonts", "/usr/share/fontconfig", "/usr/local/etc/fonts"),
    "libkrb5.so.": ("/etc/krb5.conf", "/etc/krb5.conf.d"),
    "libxml2.so.": ("/etc/xml/catalog",),
    "libldap-": ("/etc/ldap/ldap.conf", "/etc/openldap/ldap.conf"),
    "libcrack.so.": ("/var/cache/cracklib",),
    # Both are made of what all packages bring, and belong to none.
    "libgio-2.0.so.": (
        "/usr/share/glib-2.0/schemas/gschemas.compiled",
        "/usr/share/mime/mime.cache",
    ),
    "libodbc.so.": ("/etc/odbc.ini", "/etc/odbcinst.ini"),
}


def tables_of(index: RootfsIndex, library: str) -> Iterator[Entry]:
    """What the library of this path reads, whoever loads it."""
    name = name_of(library)
    if not name.startswith("lib"):
        return
    for start, paths in _READ_BY_LIBRARY.items():
        if name.startswith(start):
            for path in paths:
                yield from tree(index, path)
