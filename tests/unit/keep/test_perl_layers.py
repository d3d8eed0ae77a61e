"""Perl: layers of files, which `open` and `binmode` name."""

from __future__ import annotations

from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen

BASE = "/usr/lib/x86_64-linux-gnu/perl-base"
OF_PERL = "/usr/share/perl/5.36"
VENDOR = "/usr/share/perl5"


def gained_by(tree: ImageTree, script: str) -> set[str]:
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add(f"{BASE}/strict.pm")
    tree.add(f"{OF_PERL}/strict.pm")
    for module in ("PerlIO", "PerlIO/via", "PerlIO/via/QuotedPrint", "Other"):
        tree.add(f"{OF_PERL}/{module}.pm")
    tree.add(f"{VENDOR}/My/Layer.pm")
    tree.add("/usr/local/bin/tool", f"#!/usr/bin/perl\n{script}\n", mode=0o755)
    ran = seen("/usr/bin/perl", "/usr/local/bin/tool", access=Access.EXECUTE)
    return set(tree.gained("perl-modules", *ran))


def test_what_finds_layers_by_name_goes_with_perl(tree: ImageTree) -> None:
    gained = gained_by(tree, r"open(my $f, '>:scalar', \$text);")
    assert f"{OF_PERL}/PerlIO.pm" in gained
    assert f"{OF_PERL}/PerlIO/via.pm" not in gained
    assert f"{OF_PERL}/Other.pm" not in gained


def test_a_layer_that_a_module_makes_is_kept(tree: ImageTree) -> None:
    gained = gained_by(
        tree, "open(my $f, '<:raw:via(QuotedPrint)', $p); binmode $g, ':via(My::Layer)';"
    )
    assert {
        f"{OF_PERL}/PerlIO/via.pm",
        f"{OF_PERL}/PerlIO/via/QuotedPrint.pm",
        f"{VENDOR}/My/Layer.pm",
    } <= gained
