"""Libraries that programs and classes open by name."""

from __future__ import annotations

import pytest

from slimmer.values import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

FOLDER = "/usr/lib/x86_64-linux-gnu"
OPENS = """
#include <dlfcn.h>
#include <stdio.h>
int main(int c, char **v) { void *x = dlopen("libtls.so.3", RTLD_LAZY); return !x; }
"""


@pytest.fixture
def tree(tree: ImageTree) -> ImageTree:
    for name in ("tls", "other"):
        tree.add(f"{FOLDER}/lib{name}.so.3.1")
        tree.link(f"{FOLDER}/lib{name}.so.3", f"lib{name}.so.3.1")
    return tree


def gained(tree: ImageTree, path: str) -> set[str]:
    found = tree.gained("mentions", *seen(path, access=Access.EXECUTE))
    return {path for path in found if not tree.is_directory(path)}


def test_a_library_that_a_program_of_the_author_opens(tree: ImageTree) -> None:
    tree.compile("/app/shop", OPENS)
    assert gained(tree, "/app/shop") == {f"{FOLDER}/libtls.so.3", f"{FOLDER}/libtls.so.3.1"}


@pytest.mark.parametrize("pattern", ["@libtls.so(.2|.3|)", "(libssl|libtls).so.3"])
def test_a_pattern_of_names_stands_for_each(tree: ImageTree, pattern: str) -> None:
    tree.compile("/app/shop", OPENS.replace("libtls.so.3", pattern))
    assert gained(tree, "/app/shop") == {f"{FOLDER}/libtls.so.3", f"{FOLDER}/libtls.so.3.1"}


@pytest.mark.parametrize(("form", "found"), [("lib%s.so.%d", True), ("%s", False)])
def test_a_program_of_the_author_puts_a_name_together(
    tree: ImageTree, form: str, found: bool
) -> None:
    composes = f'char n[80]; const char *t[] = {{"tls", "x"}}; snprintf(n, 80, "{form}", t[c], 3);'
    source = OPENS.replace("void *x", f"{composes} void *x").replace('"libtls.so.3"', "n")
    tree.compile("/app/shop", source)
    assert (f"{FOLDER}/libtls.so.3.1" in gained(tree, "/app/shop")) == found


def test_a_name_in_a_program_that_opens_nothing_is_a_text(tree: ImageTree) -> None:
    tree.compile("/app/shop", 'const char *t = "libtls.so.3"; int main(void) { return !t; }')
    assert gained(tree, "/app/shop") == set()


def test_a_module_of_a_language_may_open_one(tree: ImageTree) -> None:
    tree.add("/app/.venv/pyvenv.cfg")
    module = "/app/.venv/lib/python3/site-packages/fast.so"
    tree.compile(module, OPENS.replace("int main(int c, char **v)", "int run(void)"), shared=True)
    assert f"{FOLDER}/libtls.so.3.1" in gained(tree, module)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/usr/share/guile/site/3.0/tls.scm", f'(dynamic-link "{FOLDER}/libtls")'),
        ("/usr/share/common-lisp/source/tls/tls.lisp", '(define-foreign-library x (t "libtls"))'),
        ("/app/tls.rkt", '(define lib (ffi-lib "libtls" (list "3" #f)))'),
    ],
)
def test_a_module_of_lisp_opens_one_without_its_ending(
    tree: ImageTree, path: str, text: str
) -> None:
    tree.add(path, text)
    if path.startswith("/usr"):
        tree.package("modules", path)
    assert gained(tree, path) == {f"{FOLDER}/libtls.so.3", f"{FOLDER}/libtls.so.3.1"}


def test_a_list_of_words_has_the_name_of_a_library(tree: ImageTree) -> None:
    tree.add("/app/tls.rb", "extend Fiddle::Importer\ndlload %w[libtls .so .3].join\n")
    assert f"{FOLDER}/libtls.so.3.1" in gained(tree, "/app/tls.rb")


def test_a_module_of_perl_opens_one_by_ffi(tree: ImageTree) -> None:
    tree.add("/app/tls.pl", "my $ffi = FFI::Platypus->new; $ffi->lib('libtls.so.3');\n")
    assert f"{FOLDER}/libtls.so.3.1" in gained(tree, "/app/tls.pl")


@pytest.mark.parametrize("composed", ['"lib%s.so.%s" % (n, v)', '"lib" + n', 'f"lib{n}.so.3"'])
def test_settings_have_a_part_of_a_librarys_name(tree: ImageTree, composed: str) -> None:
    tree.package("python3", "/usr/bin/python3")
    libs = '{"libs": {"secret": ["tls", 3], "x": "a/other", "text": "there is no other one"}}'
    tree.add("/app/libs.json", libs)
    tree.add("/app/app.py", "import ctypes\nctypes.CDLL('libm.so.6')\n")
    ran = seen("/app/app.py", "/app/libs.json")
    assert not any(FOLDER in path for path in tree.gained("mentions", *ran))
    tree.add("/app/app.py", f"import ctypes\nctypes.CDLL({composed})\n")
    found = {path for path in tree.gained("mentions", *ran) if FOLDER in path}
    assert found - {FOLDER} == {f"{FOLDER}/libtls.so.3", f"{FOLDER}/libtls.so.3.1"}


def test_settings_that_something_fills_in_first(tree: ImageTree) -> None:
    tree.package("ruby", "/usr/bin/ruby")
    tree.add("/app/libs.yml.erb", "<%- { 'tls' => [3, 'tls_version'], }.each do |n, v| -%>\n")
    tree.add("/app/page.html.erb", "<%- { 'other' => [3] }.each do |n, v| -%>\n")
    tree.add("/app/app.rb", 'require "fiddle"\nFiddle.dlopen("lib#{name}.so.#{v}")\n')
    ran = seen("/app/app.rb", "/app/libs.yml.erb", "/app/page.html.erb")
    found = {path for path in tree.gained("mentions", *ran) if FOLDER in path}
    assert found - {FOLDER} == {f"{FOLDER}/libtls.so.3", f"{FOLDER}/libtls.so.3.1"}


def test_a_heavy_library_is_named_and_left_out(tree: ImageTree) -> None:
    tree.compile("/app/shop", OPENS)
    with (tree.root / FOLDER[1:] / "libtls.so.3.1").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen("/app/shop", access=Access.EXECUTE), strategy=Strategy.BALANCED)
    assert f"{FOLDER}/libtls.so.3.1" not in kept.reasons
    assert [each.what for each in kept.heavy] == [f"{FOLDER}/libtls.so.3"]


@pytest.mark.parametrize(
    ("library", "opens"), [(b"com/sun/jna/Native", True), (b"java/util/List", False)]
)
def test_a_class_that_opens_one(tree: ImageTree, library: bytes, opens: bool) -> None:
    constants = (b"tls", library)
    texts = b"".join(b"\x01\x00" + bytes([len(each)]) + each for each in constants)
    tree.add("/app/Shop.class", b"\xca\xfe\xba\xbe" + texts)
    assert (f"{FOLDER}/libtls.so.3" in gained(tree, "/app/Shop.class")) == opens
