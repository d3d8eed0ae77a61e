"""Languages whose modules are found by hashes, or by what byte code says."""

from __future__ import annotations

import pytest

from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen

LIBRARY = "/usr/lib/ocaml"


@pytest.fixture
def ocaml(tree: ImageTree) -> ImageTree:
    files = [f"{LIBRARY}/{name}" for name in ("stdlib.cma", "stdlib.cmi", "str.cmi", "stdlib.a")]
    files.append(f"{LIBRARY}/ld.conf")
    stubs = [f"{LIBRARY}/stublibs/dll{name}.so" for name in ("unix", "threads")]
    others = [f"{LIBRARY}/re/{name}" for name in ("META", "re.cma", "re.cmi", "re.cmt")]
    for path in (*files, *stubs, *others):
        tree.add(path)
    tree.add(f"{LIBRARY}/unix.cma", b"Caml1999A030\0\0\x84\x95\xa6\xbe-lunix@\x84")
    tree.add("/usr/bin/ocaml", "#!/usr/bin/ocamlrun\n", mode=0o755)
    tree.add("/usr/bin/ocamlrun", mode=0o755)
    tree.package("ocaml", *files, *stubs, *others, "/usr/bin/ocaml", "/usr/bin/ocamlrun")
    return tree


def test_the_parts_in_c_of_an_archive(ocaml: ImageTree) -> None:
    gained = ocaml.gained("ocaml-libraries", *seen(f"{LIBRARY}/unix.cma"))
    assert {f"{LIBRARY}/stublibs/dllunix.so", f"{LIBRARY}/ld.conf"} <= gained
    assert f"{LIBRARY}/stublibs/dllthreads.so" not in gained


@pytest.mark.parametrize("said", ['#directory "+re";;', '#require "re.perl, unix";;'])
def test_what_a_script_loads(ocaml: ImageTree, said: str) -> None:
    ocaml.add("/opt/report.ml", f"#!/usr/bin/env ocaml\n{said}\n", mode=0o755)
    gained = ocaml.gained("ocaml-libraries", *seen("/opt/report.ml"))
    assert {f"{LIBRARY}/re/re.cma", f"{LIBRARY}/re/re.cmi"} <= gained
    assert f"{LIBRARY}/re/re.cmt" not in gained


def test_the_toplevel_has_the_types_of_its_library(ocaml: ImageTree) -> None:
    gained = ocaml.gained("ocaml-libraries", *seen("/usr/bin/ocaml", access=Access.EXECUTE))
    assert {f"{LIBRARY}/stdlib.cma", f"{LIBRARY}/str.cmi", f"{LIBRARY}/unix.cma"} <= gained
    assert f"{LIBRARY}/stdlib.a" not in gained


def test_a_folder_that_findlibs_settings_name_without_what_is_to_build_with(
    ocaml: ImageTree,
) -> None:
    ocaml.add("/etc/ocamlfind.conf", f'path="{LIBRARY}"\n')
    gained = ocaml.gained("configured-paths", *seen("/etc/ocamlfind.conf"))
    assert f"{LIBRARY}/re/re.cma" in gained
    assert gained.isdisjoint((f"{LIBRARY}/re/re.cmt", f"{LIBRARY}/stdlib.a"))


def test_a_program_in_raku_has_the_repositories_whole(tree: ImageTree) -> None:
    home = "/usr/lib/perl6"
    core, other = f"{home}/core", "/srv/short"
    whole = [f"{core}/{part}/ABCDEF" for part in ("dist", "short/12", "sources", "precomp/34")]
    setting = f"{home}/runtime/CORE.c.setting.moarvm"
    for path in (*whole, f"{core}/version", f"{other}/text", setting):
        tree.add(path)
    tree.add("/opt/board/lib/.precomp/CACHEDIR.TAG")
    tree.add("/opt/board/lib/.precomp/12/34")
    expected = {*whole, f"{core}/version", "/opt/board/lib/.precomp/12/34"}
    gained = tree.gained("raku-repositories", *seen(setting))
    assert expected <= gained
    assert f"{other}/text" not in gained
    assert not tree.gained("raku-repositories", *seen(f"{core}/version"))
