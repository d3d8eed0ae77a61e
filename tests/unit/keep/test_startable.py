"""What is kept can run, or is named."""

from __future__ import annotations

from slimmer.keep import union_of
from slimmer.values import Access, CopiedFiles, Strategy, Unstartable
from tests.unit.keep.image_tree import ImageTree, seen

MAIN = "int main(void) { return 0; }"


def programs(tree: ImageTree) -> None:
    tree.compile("/usr/bin/interpreter", MAIN, "-static")
    tree.compile("/usr/bin/env", MAIN, "-static")
    tree.add("/app/run", "#!/usr/bin/interpreter\n", 0o755)
    tree.add("/app/other", "#!/usr/bin/env -S interpreter -x\n", 0o755)
    tree.add("/app/never", "#!/usr/bin/never-there\n", 0o755)
    tree.add("/app/read", "#!/usr/bin/interpreter\n", 0o644)


def test_whoever_has_an_interpreter_gets_it_and_nothing_is_said(tree: ImageTree) -> None:
    programs(tree)
    for strategy in Strategy:
        kept = tree.decide(*seen("/app/run", "/app/other", "/app/never"), strategy=strategy)
        assert kept.unstartable == ()
        assert {"/usr/bin/interpreter", "/usr/bin/env"} <= kept.reasons.keys()


def test_scripts_without_their_interpreter_are_named(tree: ImageTree) -> None:
    """Also by way of env. Not what the original could not start, nor what is no program."""
    programs(tree)
    kept = tree.decide(
        *seen("/app/run", "/app/other", "/app/never", "/app/read"),
        excludes=("/usr/bin/interpreter",),
    )
    assert kept.unstartable == (
        Unstartable(path="/app/other", missing="/usr/bin/interpreter"),
        Unstartable(path="/app/run", missing="/usr/bin/interpreter"),
    )


def test_libraries_count_as_interpreters_do(tree: ImageTree) -> None:
    tree.compile("/usr/lib/libz9.so", "int z(void) { return 1; }", "-nostdlib", shared=True)
    tree.compile(
        *("/usr/lib/libmiddle.so", "int m(void) { return 1; }", "-nostdlib", "-Wl,--no-as-needed"),
        *("-L{root}/usr/lib", "-lz9"),
        shared=True,
    )
    started = seen("/usr/lib/libmiddle.so", access=Access.OPEN)
    assert tree.decide(*started).unstartable == ()
    (broken,) = tree.decide(*started, excludes=("/usr/lib/libz9.so",)).unstartable
    assert broken.path == "/usr/lib/libmiddle.so"
    assert broken.missing.endswith("/libz9.so")


def test_what_another_role_keeps_is_there(tree: ImageTree) -> None:
    programs(tree)
    lacking = tree.decide(*seen("/app/run"), excludes=("/usr/bin/interpreter",))
    assert lacking.unstartable
    assert union_of([lacking, tree.decide(*seen("/app/run"))]).unstartable == ()


def test_copied_scripts_have_their_interpreters(tree: ImageTree) -> None:
    """Without a package database nobody knows whose they are but by the history."""
    programs(tree)
    tree.add("/usr/local/bin/backup", "#!/usr/bin/interpreter\n", 0o755)
    copied = (CopiedFiles(destination="/usr/local/bin/backup"),)
    kept = tree.decide(strategy=Strategy.BALANCED, copied=copied)
    assert "/usr/bin/interpreter" in kept.reasons
    assert kept.unstartable == ()


def test_programs_of_bystanders_are_called_by_their_names(tree: ImageTree) -> None:
    """Whoever installs a package may call its scripts on the PATH, and none of those inside."""
    programs(tree)
    script = "#!/usr/bin/interpreter\n"
    tree.add("/usr/bin/shop-report", script, 0o755)
    tree.add("/usr/share/shop/maintenance", script, 0o755)
    tree.add("/usr/share/shop/data")
    tree.package(
        "shop", "/usr/bin/shop-report", "/usr/share/shop/maintenance", "/usr/share/shop/data"
    )
    whole = {"strategy": Strategy.SAFE, "without_rules": frozenset({"mentions"})}
    kept = tree.decide(*seen("/usr/share/shop/data"), **whole)
    assert {"/usr/bin/shop-report", "/usr/share/shop/maintenance"} <= kept.reasons.keys()
    assert "/usr/bin/interpreter" in kept.reasons
    assert kept.unstartable == ()


def test_the_application_is_known_whatever_the_strategy(tree: ImageTree) -> None:
    tree.add("/srv/shop/main.py")
    tree.add("/srv/shop/late.py")
    for strategy in Strategy:
        kept = tree.decide(*seen("/srv/shop/main.py"), strategy=strategy)
        assert kept.application == {"/srv/shop/main.py", "/srv/shop/late.py"}
