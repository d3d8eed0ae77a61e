"""What programs and modules need that the distribution has put into packages of their own."""

from __future__ import annotations

import pytest

from slimmer.values import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

SITE = "/usr/lib/python3/dist-packages"
CODERS = "/usr/lib/x86_64-linux-gnu/painter/coders"
PROGRAM = "int main(void) { return 0; }"


def files(tree: ImageTree, paths: set[str]) -> set[str]:
    return {path for path in paths if not tree.is_directory(path)}


def add_requests(tree: ImageTree) -> None:
    """As Debian packs it: without requirements in the metadata."""
    for name, depends in (("requests", "python3-chardet, python3-scipy"), ("chardet", "")):
        paths = (f"{SITE}/{name}/__init__.py", f"{SITE}/{name}-1.egg-info/PKG-INFO")
        for path in paths:
            tree.add(path)
        fields = "Section: python\n" + (f"Depends: {depends}\n" if depends else "")
        tree.package(f"python3-{name}", *paths, fields=fields)


def test_modules_that_the_package_of_a_touched_one_depends_on(tree: ImageTree) -> None:
    add_requests(tree)
    heavy = (f"{SITE}/scipy/__init__.py", f"{SITE}/scipy-1.egg-info/PKG-INFO")
    for path in heavy:
        tree.add(path)
    with (tree.root / heavy[0].lstrip("/")).open("wb") as file:
        file.truncate(9 << 20)
    tree.package("python3-scipy", *heavy, fields="Section: python\n")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/requests/__init__.py"))
    assert f"{SITE}/chardet/__init__.py" in gained
    assert heavy[0] not in gained


def test_requirements_of_old_metadata_without_those_of_extras(tree: ImageTree) -> None:
    site = "/srv/lib/python3/site-packages"
    for name in ("cffi", "pycparser", "colour", "socks"):
        tree.add(f"{site}/{name}-1.egg-info/PKG-INFO")
        tree.add(f"{site}/{name}/__init__.py")
        tree.package(
            f"x-{name}", f"{site}/{name}-1.egg-info/PKG-INFO", f"{site}/{name}/__init__.py"
        )
    requires = 'pycparser>=2\n\n[:python_version < "9"]\ncolour\n\n[socks]\nsocks\n'
    tree.add(f"{site}/cffi-1.egg-info/requires.txt", requires)
    gained = tree.gained("python-distributions", *seen(f"{site}/cffi/__init__.py"))
    assert {f"{site}/pycparser/__init__.py", f"{site}/colour/__init__.py"} <= gained
    assert f"{site}/socks/__init__.py" not in gained


def test_data_that_a_module_has_in_packages_of_their_own(tree: ImageTree) -> None:
    module = f"{SITE}/pyphen/__init__.py"
    words, other = "/usr/share/hyphen/hyph_en.dic", f"{SITE}/other/__init__.py"
    for path in (module, words, other, "/usr/share/doc/hyphen-en/README"):
        tree.add(path)
    tree.package("python3-pyphen", module, fields="Depends: hyphen-en, python3-other\n")
    tree.package("hyphen-en", words, "/usr/share/doc/hyphen-en/README", fields="Section: text\n")
    tree.package("python3-other", other, fields="Section: python\n")
    assert files(tree, tree.gained("package-data", *seen(module))) == {words}


def test_a_program_has_the_directory_that_others_extend(tree: ImageTree) -> None:
    lisp, other = "/usr/share/emacs/28.2/lisp/ox-odt.elc", "/usr/share/emacs/site-lisp/php.el"
    tree.compile("/usr/bin/emacs-nox", PROGRAM)
    for path in (lisp, other):
        tree.add(path)
    fields = "Source: emacs\n"
    tree.package("emacs-nox", "/usr/bin/emacs-nox", fields=f"{fields}Depends: emacs-common\n")
    tree.package("emacs-common", lisp, fields=fields)
    tree.package("php", other)
    gained = tree.gained("package-data", *seen("/usr/bin/emacs-nox", access=Access.EXECUTE))
    assert files(tree, gained) == {lisp}


def test_data_that_a_program_has_in_packages_of_their_own(tree: ImageTree) -> None:
    data = "/usr/share/reader/5/eng.traineddata"
    library = "/usr/lib/x86_64-linux-gnu/libother/x.so.1"
    tree.compile("/usr/bin/reader", PROGRAM)
    for path in (data, library):
        tree.add(path)
    tree.package("reader", "/usr/bin/reader", fields="Depends: reader-eng, libother1\n")
    tree.package("reader-eng", data, fields="Section: graphics\n")
    tree.package("libother1", library, fields="Section: libs\n")
    tree.add("/app/run", "#!/bin/sh\nexec reader\n", mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    gained = tree.gained("package-data", *seen("/app/run", access=Access.EXECUTE))
    assert files(tree, gained) == {data}


def test_a_program_that_was_installed_by_name_has_its_modules(tree: ImageTree) -> None:
    """A library starts it by a name that it puts together: without its coders it can do nothing."""
    huge = "/usr/lib/libhuge.so"
    tree.compile(
        huge, "int g(void) { return 1; }", "-nostdlib", "-Wl,-soname,libhuge.so", shared=True
    )
    with (tree.root / huge.lstrip("/")).open("r+b") as file:
        file.truncate(11_000_000)
    needs = "int g(void); int f(void) { return g(); }"
    tree.compile(f"{CODERS}/heic.so", needs, "-nostdlib", "-L{root}/usr/lib", "-lhuge", shared=True)
    tree.compile(f"{CODERS}/png.so", "int f(void) { return 1; }", "-nostdlib", shared=True)
    tree.compile("/usr/bin/convert", PROGRAM)
    for name, paths, fields in (
        ("painter", ["/usr/bin/convert"], "Depends: libpainter\nSource: painter\n"),
        (
            "libpainter",
            [f"{CODERS}/heic.so", f"{CODERS}/png.so"],
            "Source: painter\nSection: libs\n",
        ),
    ):
        tree.package(name, *paths, fields=fields)
    automatic = "Package: libpainter\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/app/main")
    assert files(tree, tree.gained("package-data", *seen("/app/main"))) == {f"{CODERS}/png.so"}
    kept = tree.decide(*seen("/app/main"), strategy=Strategy.BALANCED)
    assert [each.what for each in kept.heavy] == [f"{CODERS}/heic.so"]


def test_the_program_behind_a_script_that_is_called_by_its_name(tree: ImageTree) -> None:
    wrapper, behind = "/usr/share/database/wrapper", "/usr/lib/database/15/bin"
    tree.add(wrapper, "#!/bin/sh\n", mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    for name in ("dump", "restore"):
        tree.compile(f"{behind}/{name}", PROGRAM)
    tree.link("/usr/bin/dump", wrapper)
    tree.link("/usr/bin/tool", "/usr/bin/other")
    tree.compile("/usr/bin/other", PROGRAM)
    tree.compile(f"{behind}/tool", PROGRAM)
    ran = seen("/usr/bin/dump", "/usr/bin/tool")
    assert files(tree, tree.gained("companion-programs", *ran)) == {f"{behind}/dump"}


def test_modules_that_perl_itself_loads(tree: ImageTree) -> None:
    core = "/usr/share/perl/5.36.0"
    for name in ("strict", "File/Glob", "attributes", "Unused"):
        tree.add(f"{core}/{name}.pm")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/app/late", "#!/usr/bin/perl\nprint <*.txt>;\n", mode=0o755)
    gained = files(tree, tree.gained("perl-modules", *seen("/app/late")))
    assert gained == {f"{core}/File/Glob.pm", f"{core}/attributes.pm"}


def test_packages_in_php_that_a_kept_one_depends_on(tree: ImageTree) -> None:
    wiki, colours, feeds = "/usr/share/wiki/index.php", "/usr/share/php-c/c.php", "/usr/share/php/f"
    licence, text = "/usr/share/doc/php-c/copyright", "/usr/share/doc/php-c/a.php"
    for path in (wiki, colours, licence, text, f"{feeds}/f.php", "/usr/share/heavy/x.php"):
        tree.add(path)
    with (tree.root / "usr/share/heavy/x.php").open("wb") as file:
        file.truncate(17 << 20)
    tree.compile("/usr/bin/php", PROGRAM)
    tree.package("wiki", wiki, fields="Depends: php-c, php-cli, php-heavy\n")
    tree.package("php-c", colours, licence, text, fields="Depends: php-f\n")
    tree.package("php-f", f"{feeds}/f.php")
    tree.package("php-heavy", "/usr/share/heavy/x.php")
    tree.package("php-cli", "/usr/bin/php")
    tree.add("/app/main")
    gained = files(tree, tree.gained("php-modules", *seen(wiki)))
    assert gained == {colours, licence, f"{feeds}/f.php"}


def test_a_console_is_part_of_rubys_library(tree: ImageTree) -> None:
    library = "/usr/lib/ruby/3.1.0"
    console = {f"{library}/{name}" for name in ("irb.rb", "irb/init.rb", "reline.rb", "rdoc.rb")}
    page = f"{library}/rdoc/generator/template/page.rhtml"
    for path in (f"{library}/English.rb", *console, page):
        tree.add(path)
    assert files(tree, tree.gained("ruby-library", *seen(f"{library}/English.rb"))) == console


def test_a_module_that_was_packed_apart_names_a_program_that_was_installed_by_name(
    tree: ImageTree,
) -> None:
    """Django has `program = "msgfmt"`. What belongs to a language itself may start anything."""
    source = "import subprocess\nprogram = 'msgfmt'\nsubprocess.run('x', shell=True)\n"
    apart, library = f"{SITE}/late/late.py", "/usr/lib/python3.11/late.py"
    for path in (apart, library):
        tree.add(path, source)
    tree.package("modules", apart, library)
    tree.compile("/usr/bin/msgfmt", PROGRAM)
    tree.package("gettext", "/usr/bin/msgfmt", fields="Section: devel\n")
    automatic = "Package: modules\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/bin/sh", mode=0o755)
    assert files(tree, tree.gained("mentions", *seen(apart))) == {"/usr/bin/msgfmt"}
    assert tree.gained("mentions", *seen(library)) == set()


@pytest.mark.parametrize(
    ("source", "is_needed"),
    [
        ("import os\nfrom .tests import run\n", True),
        ("from . import (core, tests)\n", True),
        ("import shop.tests as t\n", True),
        ("from shop.tests.runner import run\n", True),
        ("def test():\n    from .tests import run\n", False),
        ("from .testsuite import run\nfrom other.tests import x\n", False),
    ],
)
def test_tests_that_their_package_imports_itself_are_code(
    tree: ImageTree, source: str, is_needed: bool
) -> None:
    site = "/srv/lib/python3/site-packages"
    files = {"shop/__init__.py": source, "shop/tests/__init__.py": "", "shop/tests/test_a.py": ""}
    for name, text in files.items():
        tree.add(f"{site}/{name}", text)
    tree.add(f"{site}/shop-1.dist-info/METADATA", "Name: shop\n")
    tree.add(f"{site}/shop-1.dist-info/RECORD", "".join(f"{name},,\n" for name in files))
    gained = tree.gained("python-distributions", *seen(f"{site}/shop/__init__.py"))
    assert (f"{site}/shop/tests/test_a.py" in gained) is is_needed


def test_data_that_a_library_has_in_its_own_package(tree: ImageTree) -> None:
    """Tcl does not start without `init.tcl`; its version stands before the ending."""
    library, folder = "/usr/lib/x86_64-linux-gnu/libtcl8.6.so", "/usr/share/tcltk/tcl8.6"
    tree.compile(library, "int x;", shared=True)
    data = {f"{folder}/init.tcl", f"{folder}/encoding/ascii.enc"}
    for path in (*data, "/usr/share/doc/libtcl8.6/README"):
        tree.add(path)
    tree.package("libtcl8.6", library, *data, "/usr/share/doc/libtcl8.6/README")
    assert files(tree, tree.gained("library-modules", *seen(library))) == data
    tree.add(f"{folder}/large", b"x" * 4_000_001)
    tree.package("libtcl8.6", library, *data, f"{folder}/large")
    assert not tree.gained("library-modules", *seen(library))


def test_libraries_that_one_of_their_package_opens_by_name(tree: ImageTree) -> None:
    opens = {
        "libtop3.so": "libtoken3.so",
        "libtoken3.so": "libpriv3.so",
        "libother3.so": "libtop3.so",
    }
    for name, other in {**opens, "libpriv3.so": "libtoken3.so.chk"}.items():
        source = f'const char *opened(void) {{ return "{other}"; }}'
        tree.compile(f"/usr/lib/{name}", source, shared=True)
    tree.package("libs", *(f"/usr/lib/{name}" for name in (*opens, "libpriv3.so")))
    gained = files(tree, tree.gained("library-modules", *seen("/usr/lib/libtop3.so")))
    assert gained == {"/usr/lib/libtoken3.so", "/usr/lib/libpriv3.so"}
