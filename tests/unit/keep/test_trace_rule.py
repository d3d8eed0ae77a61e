"""What was seen is kept, with the way to it and a reason for every step."""

from __future__ import annotations

from dataclasses import replace

from slimmer.ecosystems import RULEBOOK
from slimmer.files import RootfsIndex
from slimmer.keep import KeepRequest, decide
from slimmer.values import Access, Entry, EntryType, Reason
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, rules_of, seen, trace_of


def test_an_empty_trace_keeps_nothing_but_what_the_image_always_needs(tree: ImageTree) -> None:
    tree.add("/opt/unused")
    tree.directory("/tmp")
    assert set(tree.decide().reasons) == {"/", "/tmp"}


def test_links_and_directories_on_the_way_are_kept_with_chained_reasons(tree: ImageTree) -> None:
    tree.add("/usr/bin/dash", mode=0o755)
    tree.link("/bin", "usr/bin")
    tree.link("/usr/bin/sh", "dash")
    tree.add("/usr/bin/other")
    kept = tree.decide(*seen("/bin/sh", access=Access.EXECUTE)).reasons
    assert set(kept) == {"/", "/bin", "/usr", "/usr/bin", "/usr/bin/sh", "/usr/bin/dash"}
    assert kept["/usr/bin/sh"] == (
        Reason(rule="trace", detail="executed by /bin/app in phase boot"),
    )
    assert kept["/usr/bin/dash"] == (
        Reason(rule="link", detail="/usr/bin/sh links to it", because="/usr/bin/sh"),
    )
    assert kept["/bin"][0] == Reason(
        rule="link", detail="on the way to /usr/bin/sh", because="/usr/bin/sh"
    )
    assert kept["/usr"][0].rule == "directory"


def test_a_path_that_does_not_exist_keeps_the_directories_up_to_it(tree: ImageTree) -> None:
    tree.directory("/var/lib/app", "/var/lib/other")
    tree.link("/srv", "var/lib")
    kept = tree.decide(*seen("/srv/app/cache/1.tmp", access=Access.CREATE)).reasons
    assert set(kept) == {"/", "/srv", "/var", "/var/lib", "/var/lib/app"}
    assert kept["/var/lib/app"][0].rule == "trace"
    assert "/srv/app/cache/1.tmp, which does not exist" in kept["/var/lib/app"][0].detail


def test_an_opened_directory_is_kept_without_its_content(tree: ImageTree) -> None:
    tree.add("/etc/conf.d/a.conf")
    kept = tree.decide(*seen("/etc/conf.d")).reasons
    assert "/etc/conf.d" in kept
    assert "/etc/conf.d/a.conf" not in kept


def test_link_loops_and_dangling_links_are_kept_as_links(tree: ImageTree) -> None:
    tree.link("/etc/loop", "loop")
    tree.link("/etc/log", "/dev/stdout")
    kept = tree.decide(*seen("/etc/loop", "/etc/log")).reasons
    assert rules_of(tree.decide(*seen("/etc/loop")), "/etc/loop") == {"trace"}
    assert "/etc/log" in kept


def test_each_program_and_phase_is_a_reason_of_its_own(tree: ImageTree) -> None:
    tree.add("/a")
    kept = tree.decide(
        *seen("/a"), *seen("/a"), *seen("/a", phase="probe"), *seen("/a", program="/bin/b")
    )
    assert [reason.detail for reason in kept.reasons["/a"]] == [
        "opened by /bin/app in phase boot",
        "opened by /bin/app in phase probe",
        "opened by /bin/b in phase boot",
    ]


def test_what_the_engine_puts_into_a_container_never_counts(tree: ImageTree) -> None:
    for path in ("/.dockerenv", "/etc/hosts", "/etc/resolv.conf", "/dev/null", "/proc/1/maps"):
        tree.add(path)
    tree.add("/.slim/sensor")
    kept = tree.decide(
        *seen("/.dockerenv", "/etc/hosts", "/dev/null", "/proc/1/maps", "/.slim/sensor", "/sys/x"),
        includes=("/etc",),
    )
    assert set(kept.reasons) == {"/", "/dev", "/proc", "/etc"}


def test_a_link_where_the_engine_mounts_is_the_images_own(tree: ImageTree) -> None:
    tree.link("/etc/resolv.conf", "../run/resolver")
    assert "/etc/resolv.conf" in tree.decide().reasons


def test_setuid_programs_that_ran_without_effect_are_told(tree: ImageTree) -> None:
    tree.add("/bin/su", mode=0o4755)
    ran = seen("/bin/su", access=Access.EXECUTE)
    assert (
        "/bin/su (setuid) ran without its privileges"
        in tree.decide(*ran, config={"User": "app"}).notes[0]
    )
    assert tree.decide(*ran).notes == (), "root loses nothing"
    assert tree.decide(*seen("/bin/su"), config={"User": "app"}).notes == (), "it did not run"
    assert tree.decide(*ran, config={"User": "app"}, user="0:0").notes == ()
    entitled = replace(trace_of(ran), as_entitled=True)
    assert tree.decide(config={"User": "app"}, trace=entitled).notes == ()


def test_a_hole_in_the_index_that_was_seen_is_told(tree: ImageTree) -> None:
    root = Entry(path="/", type=EntryType.DIRECTORY, mode=0o755, uid=0, gid=0, size=0, mtime_ns=0)
    index = RootfsIndex([root], unreadable={"/mnt/broken": 5, "/mnt/unseen": 5})
    with indexed(tree.root, tree.root.parent / "spool") as (_, content):
        kept = decide(
            KeepRequest(
                index=index, content=content, trace=trace_of(seen("/mnt/broken/x")), config={}
            ),
            RULEBOOK,
        )
    assert kept.notes == (
        "/mnt/broken was seen but could not be read in the original: Input/output error.",
    )
