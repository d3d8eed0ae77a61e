"""The reader of shell scripts: what is a command, a function, a file that is read, a path."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.shell import is_shell, read_script


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ('su - app -c "exec puma"', {"su", "exec", "puma"}),
        ('su -s /bin/sh app -c "a"', {"su", "a"}),
        ("runuser -u app -- a b; runuser -l app -c 'c d'", {"runuser", "a", "c"}),
        ("flock -n l supervisord", {"flock", "supervisord"}),
        ("flock l -c 'a b'", {"flock", "a"}),
        ("[[ $a =~ (x|y) ]] && b", {"b"}),
        ("arr=(one two); a", {"a"}),
        ("a <<EOF\n$(b) `c` d\nEOF\ne", {"a", "b", "c", "e"}),
        ("a <<'EOF'\n$(b) `c` d\nEOF\ne", {"a", "e"}),
        ("a <<-EOF\n\t$(b)\n\tEOF\ne", {"a", "b", "e"}),
        ("case $1 in start|st*) a;; *) b;; esac", {"a", "b"}),
        ("f() { a; }; f; exec f", {"a", "exec", "f"}),
        ("f() { a; }; trap f EXIT; eval f", {"a", "trap", "eval"}),
        ("function f { a; }\nf", {"a"}),
        ('exec "$@"', {"exec"}),
        ('a "x $(b) `c`" > "$(d)"', {"a", "b", "c", "d"}),
        ("VAR=x a", {"a"}),
        ("env -u X A=b a; /usr/bin/env b", {"env", "/usr/bin/env", "a", "b"}),
        ("nohup a & exec -a n b", {"nohup", "a", "exec", "b"}),
        ("command -v a", {"command", "a"}),
        ("sudo -u x a; sudo -iu x b; sudo -uroot c", {"sudo", "a", "b", "c"}),
        ("exec gosu u a; su-exec u:g b", {"exec", "gosu", "a", "su-exec", "b"}),
        ("setpriv --reuid 1 --clear-groups a", {"setpriv", "a"}),
        ("setpriv --reuid=1 a", {"setpriv", "a"}),
        ("chroot --userspec=u:g / a", {"chroot", "a"}),
        ("exec /sbin/tini -g -- a", {"exec", "/sbin/tini", "a"}),
        ("timeout -k 5 5 a", {"timeout", "a"}),
        ("a | xargs -n 1 -I {} b {}", {"a", "xargs", "b"}),
        (r"find . -name x -exec a {} \; -o -execdir b {} +", {"find", "a", "b"}),
        ('set -e; set -- rails console "$@"; set -- "$@" x; exec "$@"', {"set", "rails", "exec"}),
        ("sh -c 'bash -lc \"a | b\"'", {"sh", "bash", "a", "b"}),
        ("busybox sh -c a", {"busybox", "sh", "a"}),
        ("trap 'a; b' EXIT", {"trap", "a", "b"}),
        ("trap 'x=$?; a' EXIT; eval 'y=1; b'", {"trap", "a", "eval", "b"}),
        ("while read l; do a; done < <(b)", {"read", "a", "b"}),
        ("if a; then b; fi || c", {"a", "b", "c"}),
        ("[ -x /usr/bin/foo ] && a", {"[", "a"}),
        ("a \\\n  x y # c\n# d", {"a"}),
        ("a\r\nif b; then\r\n  c\r\nfi\r\n", {"a", "b", "c"}),
        ("if a; then\nb )\nc\nfi\nd", {"a", "b", "c", "d"}),
        ('"a" x; \\b y', {"a", "b"}),
        ("a#b $((16#ff)) ${x#y} # c\nsh -c 'd#e f'", {"a#b", "sh", "d#e"}),
        ("pg_virtualenv -v 15 a; pg_virtualenv b c", {"pg_virtualenv", "a", "b"}),
        (": ${A=${B-`a`}}", {":", "a"}),
        (
            ")\nif x; then\n elif a -b | c; then\n trap 'd; e' 0 &&\n",
            {"x", "a", "c", "trap", "d", "e"},
        ),
        (">/x a; 2>&1 b", {"a", "b"}),
        ('run() { echo "+ $*"; "$@"; }\nrun a b; run -q c', {"echo", "a", "c"}),
        ('f() { if ! exec "$@"; then x; fi; }\nf a -b', {"exec", "x", "a"}),
        ("tool() { T=`which $1`; }\ntool a; tool b c", {"which", "a", "b", "c"}),
        (
            'need() { for t in "$@"; do command -v "$t" || exit; done; }\nneed a b',
            {"command", "exit", "a", "b"},
        ),
        ('say() { echo "$1"; [ "$1" ] && x; }\nsay a', {"echo", "[", "x"}),
        ("", set()),
    ],
)
def test_programs(script: str, programs: set[str]) -> None:
    assert read_script(script).programs == programs


def test_files_that_are_read_are_named() -> None:
    text = '. ./lib.sh; source lib.sh; bash -e /x.sh a; . "$here/no.sh"; sh -c y'
    assert read_script(text).scripts == {"./lib.sh", "lib.sh", "/x.sh"}


def test_words_are_without_quotes_and_none_where_they_are_expanded() -> None:
    (command,) = read_script('a \'b c\' "d\\"e" f\\ g "$h" \'$i\' > j').commands
    assert command.words == ("a", "b c", 'd"e', "f g", None, "$i")


def test_a_path_in_a_test_is_mentioned_and_one_in_a_comment_is_not() -> None:
    text = "[ -x /usr/bin/foo ] # /no\nx <<EOF\n/neither\nEOF\ncat /etc/x\n"
    assert read_script(text).paths == {"/usr/bin/foo", "/etc/x"}


def test_bytes_of_another_encoding_are_read() -> None:
    script = read_script(b"# caf\xe9\na '\xe9\xff'; /b\xe9/c\n")
    assert script.programs == {"a", "/b\udce9/c"}
    assert script.paths == {"/b\udce9/c"}


def test_shells() -> None:
    assert is_shell("/bin/dash")
    assert is_shell("/bin/busybox", "sh -e")
    assert not is_shell("/bin/busybox", "awk")
    assert not is_shell("/usr/bin/python3")


def test_a_script_of_two_megabytes_is_read_to_its_end() -> None:
    script = read_script("# a line of text that says nothing\nX=1\n" * 52_000 + "last\n")
    assert "last" in script.programs


def test_a_thousand_lines_are_read_at_once() -> None:
    text = (
        'if [ -n "$A" ]; then\n  sed -i s/a/b/ "/etc/$A"\nfi\necho "$(date)" >> /var/log/x\n' * 250
    )
    read_script("warm")
    took = []
    for _ in range(5):
        start = time.process_time()
        read_script(text)
        took.append(time.process_time() - start)
    # Measured: 15 ms; the limit leaves room for slow machines.
    assert min(took) < 0.1


_PIECES = st.sampled_from(
    [
        *("a", "$(", ")", "`", "'", '"', "\\", "\n", "<<EOF\n", "EOF\n", "<<-'E'", "{", "}", "${"),
        *(
            "case x in",
            ";;",
            "esac",
            "if ",
            "then ",
            "fi",
            "do ",
            "done",
            "f()",
            "[[",
            "]]",
            "((",
            "))",
        ),
        *(
            "sh -c ",
            "eval ",
            "find -exec ",
            "sudo -u",
            "su ",
            "-c",
            "--",
            "-",
            "+",
            " ",
            "\0",
            "\t",
        ),
        *("é", "\udce9", "#", "&", "|", ">", "<(", "$'", "=", "/x", "*", "<<<", "\r\n"),
    ]
)


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=60).map("".join) | st.binary(max_size=300))
def test_anything_can_be_read(script: str | bytes) -> None:
    assert all(command.words for command in read_script(script).commands)


@pytest.mark.parametrize(
    ("script", "programs", "ends"),
    [
        ("N=app\nL=/usr/lib/$N\nexec $L/$N -x", {"/usr/lib/app/app"}, set()),
        ('here=$(dirname "$0")\nexec $CHECKS "$here/program.bin" "$@"', set(), {"program.bin"}),
        ('. "$LIB/common.sh"', set(), {"common.sh"}),
        ("${JAVA:-/usr/bin/java} -jar x", {"/usr/bin/java"}, set()),
        ("if a; then C=one; else C=two; fi; $C x", {"one", "two"}, set()),
        ("P=$P:/x\nA=$B\nB=$A\n$A", set(), set()),
        ('"$1" x; $(b) y; a "$L/data"', set(), set()),
    ],
)
def test_words_with_variables_are_assembled(
    script: str, programs: set[str], ends: set[str]
) -> None:
    found = read_script(script).assembled
    assert (found.programs, found.ends) == (programs, ends)


def test_paths_are_assembled_from_assignments() -> None:
    script = "ETC=/etc/app\nCONF=$ETC/app.conf\ncat $ETC/more/$1 ${ETC}/users\n"
    assert read_script(script).assembled.paths == {"/etc/app/app.conf", "/etc/app/users"}
