"""Perl: layers of files and encodings, which code names in ways of their own."""

from __future__ import annotations

from slimmer.values import Access, Strategy
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


def test_a_script_that_nobody_ran_has_the_encodings_that_need_no_tables(tree: ImageTree) -> None:
    compiled = f"{OF_PERL}/auto/Encode/JP/JP.so"
    texts = {
        "strict": "",
        "Encode": "use Encode::Config;\n",
        "Encode/Config": "our %M = ('MIME-Header' => 'Encode::MIME::Header', 's' => 'Encode::JP');",
        "Encode/MIME/Header": "use parent 'Encode::Encoding';\n",
        "Encode/Encoding": "",
        "Encode/JP": "",
    }
    for module, text in texts.items():
        tree.add(f"{OF_PERL}/{module}.pm", text)
    tree.add(compiled)
    tree.add("/usr/bin/perl", mode=0o755)
    of_perl = (f"{OF_PERL}/{module}.pm" for module in texts)
    tree.package("perl", "/usr/bin/perl", compiled, *of_perl)
    tree.add("/srv/ticket", "#!/usr/bin/perl\nuse Encode;\n", mode=0o755)

    kept = tree.decide(*seen("/srv/app"), strategy=Strategy.BALANCED).reasons

    assert f"{OF_PERL}/Encode/MIME/Header.pm" in kept
    assert f"{OF_PERL}/Encode/Encoding.pm" in kept
    reasons = [reason.detail for reason in kept[f"{OF_PERL}/Encode/JP.pm"]]
    assert reasons == ["beside its module, which may load it by name"]
