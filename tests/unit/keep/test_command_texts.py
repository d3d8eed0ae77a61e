"""Commands in texts that no call starts, whatever the format."""

from __future__ import annotations

import pytest

from slimmer.keep.command_texts import (
    commands_in_settings,
    scripts_in_awk,
    scripts_in_makefile,
    scripts_in_source,
)
from slimmer.keep.mentions import mentions_of, programs_of_script

KNOWN = frozenset(
    (
        *("gzip", "sdiff", "tsort", "patch", "od", "find", "sort", "tac", "paste", "base32", "nl"),
        *("md5sum", "uname", "numfmt", "date", "fmt", "git", "tar", "fold", "seq", "comm"),
    )
)


def named_in_settings(text: str, *, names_count: bool = True) -> set[str]:
    found = commands_in_settings(text, KNOWN, names_count=names_count)
    programs = set().union(*(programs_of_script(line, KNOWN) for line in found.lines))
    return (programs & KNOWN) | found.names


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("gz gzip -c\n", {"gzip"}),
        ("gz: gzip -c | od -An\n", {"gzip", "od"}),
        ("pack = tar cf - .\n", {"tar"}),
        ("compare: [sdiff]\n", {"sdiff"}),
        ("filters:\n  - tsort\n  - name: x\n", {"tsort"}),
        ('{"columns": {"argv": ["numfmt", "--to=iec"]}}', {"numfmt"}),
        ('"run": [\n  "sdiff",\n  "-s"\n]', {"sdiff"}),
        ('join = "paste"\n', {"paste"}),
        ("press.encode=base32\n", {"base32"}),
        ("<filter>fold</filter>\n", {"fold"}),
        ("sums md5sum book.tsv\n", {"md5sum"}),
        ("sum md5sum\n", {"md5sum"}),
        ("ExecStart=-!md5sum /srv/x\n", {"md5sum"}),
        ("5 4 * * * root date +%Y | od -c\n", {"date", "od"}),
        ("sort -u x\n", {"sort"}),
        ('{"filters": ["tsort", "sdiff a-z A-Z"]}', {"tsort", "sdiff"}),
        ("shout = fold [:lower:] [:upper:]\n", {"fold"}),
    ],
)
def test_a_name_where_a_command_stands(text: str, programs: set[str]) -> None:
    assert named_in_settings(text) == programs


@pytest.mark.parametrize(
    "text",
    [
        "# gz: gzip -c\n",
        "; pack = sdiff\n",
        "title: how to sort and find things\n",
        "see git and patch for more\n",
        "sdiff\ntsort\npatch\n",
        "url: https://example.org/git\n",
        "name: gzip-archive\n",
        "title: sort e-mails, fold top-down\n",
        "path: srv/git/x\n",
    ],
)
def test_a_word_elsewhere_is_none(text: str) -> None:
    assert named_in_settings(text) == set()


def test_names_alone_do_not_count_in_manifests_and_long_tables() -> None:
    assert named_in_settings("tool: sdiff\n", names_count=False) == set()
    assert named_in_settings("tool: sdiff -s\n", names_count=False) == {"sdiff"}
    assert named_in_settings("tool: sdiff\n" + "x: 1\n" * 6000) == set()


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("set f [open |[list paste -d, $one $two]]", {"paste"}),
        ('set f [open "|find /srv -name x"]', {"find"}),
        ("set f [open {|base32 -w0 x}]", {"base32"}),
        ("exec -ignorestderr -- patch -d /tmp -i $file", {"patch"}),
        ("return [exec {*}[conf gz] $one | od -c]", {"od"}),
        ("catch {exec sort $one | tac} out", {"sort", "tac"}),
        ('open(F, "nl book.tsv|") or die', {"nl"}),
        ("open(my $f, '| md5sum > /tmp/sum')", {"md5sum"}),
        ("my $x = qx{seq -s, 3};", {"seq"}),
        ("io.popen([[fmt -w 20 x]])", {"fmt"}),
    ],
)
def test_pipes_and_words_without_quotes(source: str, programs: set[str]) -> None:
    scripts = scripts_in_source(source, backticks=False)
    assert set().union(*(programs_of_script(one, KNOWN) for one in scripts)) & KNOWN == programs


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("x = `sort -n #{rows.map { |r| \"'#{r}'\" }.join(' ')} | fold -w 8 | nl -b a`", {"nl"}),
        ("x = `date (now) | tac`; y = `fmt`", {"tac", "fmt"}),
        ("x = %x(date | tac); y = %x{od -c | nl}; %x|fmt x|", {"tac", "od", "nl", "fmt"}),
    ],
)
def test_backticks_end_where_they_began(source: str, programs: set[str]) -> None:
    scripts = scripts_in_source(source, backticks=True)
    found = set().union(*(programs_of_script(one, KNOWN) for one in scripts)) & KNOWN
    assert programs <= found


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("open my $f, '-|', 'comm', '-12', 'a'", {"comm"}),
        ('system2("md5sum", "x"); system("")', {"md5sum"}),
        ('pipe("sort -u x"); system("")', {"sort"}),
        ('local function run(c) end; run("x"); read("fold -w 3 x"); io.popen("")', {"fold"}),
        ("read([[fmt -w 20 x]]); io.popen('')", {"fmt"}),
    ],
)
def test_literals_that_are_commands(source: str, programs: set[str]) -> None:
    assert mentions_of(source.encode(), KNOWN).programs & KNOWN == programs


def test_words_of_a_list_in_a_source_that_starts_programs() -> None:
    found = mentions_of(b"my @t = qw(sdiff date nothing); system($t[0]);", KNOWN)
    assert (found.maybe_programs, found.words) == ({"sdiff"}, {"date"})


def test_awk_has_a_name_in_a_variable_for_its_pipe_in_both_directions() -> None:
    found = mentions_of(b'BEGIN { c = "sdiff"; print "a" |& c; c |& getline x }', KNOWN)
    assert found.maybe_programs == {"sdiff"}


def test_what_awk_reads_from_and_writes_to() -> None:
    text = '{ "uname -s" | getline k; print $1 | "sort -k2n"; print "tac is no program here" }'
    assert list(scripts_in_awk(text))[:2] == ["uname -s", "sort -k2n"]
    assert list(scripts_in_awk('{ print "od -c" }')) == []


def test_recipes_and_what_make_asks_a_shell() -> None:
    text = "y := $(shell date +%Y | tac)\nCC = gcc\nall: x\n\t@fold -w 3 $$HOME\n\t-tsort x\n"
    text += "b: ; nl x\n"
    scripts = list(scripts_in_makefile(text))
    assert scripts == ["fold -w 3 $HOME", "tsort x", "nl x", "date +%Y | tac"]
