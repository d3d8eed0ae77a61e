"""Namespaces of GObject introspection, and modules of libraries."""

from __future__ import annotations

import struct

from slimmer.keep.linux.typelib import read_typelib
from tests.unit.keep.image_tree import ImageTree, seen

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
TYPELIBS = f"{LIBRARIES}/girepository-1.0"
BINDING = f"{LIBRARIES}/libgirepository-1.0.so.1"


def typelib(libraries: str = "", needs: str = "") -> bytes:
    """The header as g-ir-compiler writes it, with the texts that it points to."""
    texts = b"\0" + needs.encode() + b"\0" + libraries.encode() + b"\0"
    start = 112
    fields = [0] * 8
    fields[1] = start + 1 if needs else 0
    fields[5] = start + 2 + len(needs) if libraries else 0
    header = b"GOBJ\nMETADATA\r\n\x1a" + bytes(16) + struct.pack("<8I", *fields)
    return header + bytes(start - len(header)) + texts


def test_a_typelib_names_libraries_and_other_namespaces() -> None:
    found = read_typelib(typelib("libtea-1.so.0,libcup.so.2", "GLib-2.0|GObject-2.0"))
    assert found is not None
    assert found.libraries == ("libtea-1.so.0", "libcup.so.2")
    assert found.needs == ("GLib-2.0", "GObject-2.0")
    assert read_typelib(typelib()) is not None
    assert read_typelib(b"GOBJ") is None
    assert read_typelib(b"\x7fELF") is None


def namespaces(tree: ImageTree) -> None:
    tree.add(BINDING)
    for name in ("Tea-1.0", "Cup-1.0", "Pot-2.0"):
        library = f"lib{name.partition('-')[0].lower()}.so.0"
        tree.add(f"{TYPELIBS}/{name}.typelib", typelib(library, "Pot-2.0"))
        tree.add(f"{LIBRARIES}/{library}")
    for name in ("Tea-1.0", "Cup-1.0", "Pot-2.0"):
        tree.package(f"gir1.2-{name.lower()}", f"{TYPELIBS}/{name}.typelib")


def automatic(tree: ImageTree, *names: str) -> None:
    """Packages that came along with others."""
    stanzas = "".join(f"Package: {name}\nAuto-Installed: 1\n\n" for name in names)
    tree.add("/var/lib/apt/extended_states", stanzas)


def test_namespaces_that_sources_ask_for_bring_their_libraries(tree: ImageTree) -> None:
    namespaces(tree)
    automatic(tree, "gir1.2-tea-1.0", "gir1.2-cup-1.0", "gir1.2-pot-2.0")
    source = "import gi\ngi.require_version('Tea', '1.0')\nfrom gi.repository import Tea\n"
    tree.add("/srv/app/a.py", source)
    config = {"WorkingDir": "/srv/app"}
    gained = tree.gained("introspection", *seen(BINDING), config=config)
    assert gained >= {
        f"{TYPELIBS}/Tea-1.0.typelib",
        f"{TYPELIBS}/Pot-2.0.typelib",
        f"{LIBRARIES}/libtea.so.0",
        f"{LIBRARIES}/libpot.so.0",
    }
    assert f"{LIBRARIES}/libcup.so.0" not in gained
    assert not tree.gained("introspection", *seen("/srv/app/a.py"), config=config)


def test_namespaces_that_were_installed_by_name_are_kept(tree: ImageTree) -> None:
    namespaces(tree)
    automatic(tree, "gir1.2-tea-1.0", "gir1.2-pot-2.0")
    gained = tree.gained("introspection", *seen(BINDING))
    assert f"{LIBRARIES}/libcup.so.0" in gained
    assert f"{LIBRARIES}/libtea.so.0" not in gained


def test_small_modules_of_a_kept_library_come_with_their_table(tree: ImageTree) -> None:
    library, folder = f"{LIBRARIES}/libpix.so.0.1", f"{LIBRARIES}/pix-2.0/2.10/loaders"
    tree.add(library)
    tree.compile(f"{folder}/libtiff.so", "int a;", shared=True)
    tree.add(f"{folder}/libheavy.so", bytes(3_500_000))
    tree.add(f"{LIBRARIES}/pix-2.0/2.10/loaders.cache")
    tree.package("libpix", library, f"{folder}/libtiff.so", f"{folder}/libheavy.so")
    gained = tree.gained("library-modules", *seen(library))
    assert f"{folder}/libtiff.so" in gained
    assert f"{LIBRARIES}/pix-2.0/2.10/loaders.cache" in gained
    assert f"{folder}/libheavy.so" not in gained
    assert not tree.gained("library-modules")


def test_a_kept_library_has_the_programs_that_it_starts(tree: ImageTree) -> None:
    """Off the PATH, and by their paths: the trace ended before the library looked for modules."""
    library, folder = f"{LIBRARIES}/libpix.so.0.1", f"{LIBRARIES}/pix2.0/pix-2.0"
    tree.add(library, f"\x7fELF\0{folder}/pix-scanner\0pix-inspect\0")
    for name in ("pix-scanner", "pix-inspect"):
        tree.compile(f"{folder}/{name}", "int main(void) { return 0; }")
    first = f"{LIBRARIES}/libpix-base.so.0.1"
    tree.add(first)
    tree.package("libpix", first, library, f"{folder}/pix-scanner", f"{folder}/pix-inspect")
    gained = tree.gained("library-modules", *seen(first, library))
    assert f"{folder}/pix-scanner" in gained
    assert f"{folder}/pix-inspect" not in gained


def test_modules_of_a_kept_library_have_their_descriptions_and_settings(tree: ImageTree) -> None:
    library, folder = f"{LIBRARIES}/libpaint.so.6", f"{LIBRARIES}/paint-6.9"
    tree.add(library)
    tree.compile(f"{folder}/coders/png.so", "int a;", shared=True)
    beside = (f"{folder}/coders/png.la", f"{folder}/config/configure.xml")
    other = (f"{folder}/coders/lost.la", f"{folder}/static.a")
    for path in (*beside, *other):
        tree.add(path, "x")
    tree.package("libpaint6", library, f"{folder}/coders/png.so", *beside, *other)
    gained = tree.gained("library-modules", *seen(library))
    assert set(beside) <= gained
    assert gained.isdisjoint(other)


def test_the_data_of_a_kept_library_lies_in_a_package_of_the_same_source(tree: ImageTree) -> None:
    library, table = f"{LIBRARIES}/libmap.so.25", "/usr/share/map/map.db"
    keys, program = "/usr/share/X11/keys", "/usr/bin/mapper"
    module = f"{LIBRARIES}/map2/remote.so"
    for path in (
        library,
        table,
        keys,
        module,
        program,
        "/usr/share/mapper/a",
        "/usr/share/doc/map/a",
    ):
        tree.add(path)
    depends = "Source: map\nDepends: map-data, mapper\n"
    tree.package("libmap25", library, fields=depends)
    fields = "Source: map\n"
    tree.package("map-data", table, keys, module, "/usr/share/doc/map/a", fields=fields)
    tree.package("mapper", program, "/usr/share/mapper/a", fields=fields)
    gained = tree.gained("library-modules", *seen(library))
    assert {path for path in gained if not tree.is_directory(path)} == {table}
