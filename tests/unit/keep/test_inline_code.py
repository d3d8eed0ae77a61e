"""Code of interpreters within shell scripts and settings is read as files of the language are."""

from __future__ import annotations

import pytest

from slimmer.shell import read_script
from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen


@pytest.mark.parametrize(
    ("script", "language", "code"),
    [
        ("perl -MPOSIX=floor -lane 'print 1' f", "perl", "use POSIX;\nprint 1"),
        ("sudo -u x perl -0777 -i.bak -pe 's/a/b/' -e 'y' f", "perl", "s/a/b/\ny"),
        ("perl -F: -E 'say 1'", "perl", "say 1"),
        ("perl - one <<'P'\nuse X;\nP\n", "perl", "use X;\n"),
        ("ruby -rjson -r set -ne 'p 1' f", "ruby", "require 'json'\nrequire 'set'\np 1"),
        ("node --require=x -pe 'y'", "node", "require('x')\ny"),
        ("python3 -Ic 'import yaml' -e no", "python", "import yaml"),
        ("exec python3.11 -m http.server 80", "python", "import http.server"),
        ("x=$(python3 - <<E\nimport q\nE\n)", "python", "import q\n"),
        ("cat <<E | python3\nimport csv\nE\n", "python", "import csv\n"),
        ("python3 <<< 'import x'", "python", "import x"),
        ("echo 'import z' | python3", "python", "import z"),
        ("php -d a=b -r 'f();'", "php", "f();"),
        ("lua5.4 -l lfs -e 'x()'", "lua", "require 'lfs'\nx()"),
        ("Rscript -e 'library(x)'", "r", "library(x)"),
        ("tclsh <<E\nexec patch\nE\n", "tcl", "exec patch\n"),
        ("deno eval 'import \"x\"'", "node", 'import "x"'),
        ("gawk -F: -v a=b '{ print }' f", "awk", "{ print }"),
    ],
)
def test_code_in_a_command(script: str, language: str, code: str) -> None:
    assert [(each.language, each.code) for each in read_script(script).inline] == [(language, code)]


@pytest.mark.parametrize(
    "script", ["perl x.pl -e", "python3 x.py <<E\ndata\nE\n", "echo perl -e 1", "awk -f x.awk y"]
)
def test_a_command_without_code(script: str) -> None:
    assert read_script(script).inline == ()


def test_a_here_document_of_a_shell_is_a_script() -> None:
    assert "patch" in read_script("sh <<'E'\npatch -p1\nE\n").programs


def test_perl(tree: ImageTree) -> None:
    for path in ("strict", "POSIX", "Time/Piece", "Text/Wrap", "Other"):
        tree.add(f"/usr/share/perl5/{path}.pm", "1;")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add(
        "/app/nightly.sh",
        "perl -MPOSIX -e 'use Time::Piece;'\nperl <<'P'\nrequire Text::Wrap;\nP\n",
    )
    ran = seen("/usr/bin/perl", "/app/nightly.sh", access=Access.EXECUTE)
    gained = tree.gained("perl-modules", *ran)
    wanted = {f"/usr/share/perl5/{name}.pm" for name in ("POSIX", "Time/Piece", "Text/Wrap")}
    assert wanted <= gained
    assert "/usr/share/perl5/Other.pm" not in gained


def test_python_where_no_python_ran(tree: ImageTree) -> None:
    site = "/usr/lib/python3/dist-packages"
    for name in ("yaml", "flask"):
        tree.add(f"{site}/{name}/__init__.py")
        tree.add(f"{site}/{name}-1.dist-info/METADATA", f"Name: {name}\n")
        tree.add(
            f"{site}/{name}-1.dist-info/RECORD",
            f"{name}/__init__.py,,\n{name}-1.dist-info/METADATA,,\n",
        )
        tree.package(
            f"python3-{name}", f"{site}/{name}/__init__.py", f"{site}/{name}-1.dist-info/METADATA"
        )
    tree.add("/app/run", "#!/bin/bash\npython3 -c 'import yaml'\n", mode=0o755)
    gained = tree.gained("python-distributions", *seen("/app/run", access=Access.EXECUTE))
    assert f"{site}/yaml/__init__.py" in gained
    assert f"{site}/flask/__init__.py" not in gained


def test_ruby_in_a_crontab_and_in_a_script_without_ending(tree: ImageTree) -> None:
    for name in ("English", "a", "b", "c"):
        tree.add(f"/usr/lib/ruby/{'3.1.0' if name == 'English' else 'vendor_ruby'}/{name}.rb")
    tree.package("ruby-x", *(f"/usr/lib/ruby/vendor_ruby/{name}.rb" for name in "abc"))
    tree.add("/etc/cron.d/app", "5 4 * * * root ruby -ra -e 'p 1'\n")
    tree.add("/app/report", "#!/usr/bin/env ruby\nrequire 'b'\n", mode=0o755)
    ran = seen("/app/report", access=Access.EXECUTE)
    gained = tree.gained("ruby-requires", *ran, without_rules=frozenset())
    assert {f"/usr/lib/ruby/vendor_ruby/{name}.rb" for name in "ab"} <= gained
    assert "/usr/lib/ruby/vendor_ruby/c.rb" not in gained


def test_node_in_a_script(tree: ImageTree) -> None:
    tree.add("/app/package.json", "{}")
    for name in ("dotenv", "later"):
        tree.add(f"/app/node_modules/{name}/package.json", f'{{"name": "{name}"}}')
        tree.add(f"/app/node_modules/{name}/index.js")
    tree.add("/app/check.sh", "node -r dotenv/config -e 'require(\"later\")'\n")
    gained = tree.gained("node-packages", *seen("/app/check.sh"))
    for name in ("dotenv", "later"):
        assert f"/app/node_modules/{name}/index.js" in gained


def test_the_image_s_own_commands(tree: ImageTree) -> None:
    for path in ("strict", "HTTP/Tiny"):
        tree.add(f"/usr/share/perl5/{path}.pm", "1;")
    tree.add("/usr/bin/perl", mode=0o755)
    check = {"Test": ["CMD-SHELL", "perl -MHTTP::Tiny -e 'exit 0'"]}
    kept = tree.decide(
        *seen("/usr/bin/perl", access=Access.EXECUTE),
        config={"Healthcheck": check},
        with_rules=frozenset({"perl-modules"}),
    )
    details = [each.detail for each in kept.reasons["/usr/share/perl5/HTTP/Tiny.pm"]]
    assert details == ["the image's HEALTHCHECK uses HTTP::Tiny"]


def test_what_inline_code_starts(tree: ImageTree) -> None:
    for name in ("pdftotext", "tool"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        tree.package(name, f"/usr/bin/{name}")
    tree.add(
        "/app/x.sh",
        "perl -e 'print `pdftotext x`'\nawk '{ cmd = \"tool x\"; cmd | getline }' y\n",
    )
    gained = tree.gained("mentions", *seen("/app/x.sh"))
    assert {"/usr/bin/pdftotext", "/usr/bin/tool"} <= gained
