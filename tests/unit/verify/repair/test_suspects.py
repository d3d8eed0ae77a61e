"""What a slim image misses, told from its trace and the two indexes."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.files import PathGlobs, RootfsIndex, ancestors
from slimmer.values import Access, Entry, EntryType, Repair, Sighting
from slimmer.verify.repair import Gaps, Suspects, find_suspects
from tests.unit.keep.image_tree import seen, trace_of


def entry(path: str, type: EntryType, **fields: Any) -> Entry:
    common = {"mode": 0o755, "uid": 0, "gid": 0, "size": 0, "mtime_ns": 0}
    return Entry(path=path, type=type, **{**common, **fields})


def index(*paths: str, **links: str) -> RootfsIndex:
    """Files by path, directories with a slash at their end, links as `name="target"` in the
    root; the directories above come along."""
    entries = {"/": entry("/", EntryType.DIRECTORY)}
    for path in paths:
        for above in ancestors(path.rstrip("/")):
            entries.setdefault(above, entry(above, EntryType.DIRECTORY))
        kind = EntryType.DIRECTORY if path.endswith("/") else EntryType.FILE
        entries[path.rstrip("/")] = entry(path.rstrip("/"), kind)
    for name, target in links.items():
        entries[f"/{name}"] = entry(f"/{name}", EntryType.SYMLINK, link_target=target)
    return RootfsIndex(entries.values())


def suspects(
    original: RootfsIndex, finished: RootfsIndex, *sightings: Sighting, **options: Any
) -> Suspects:
    settings = {"said": "", "excludes": PathGlobs(()), "known": frozenset[str]()}
    return find_suspects(trace_of(sightings), Gaps(original, finished), **{**settings, **options})


def found(original: RootfsIndex, finished: RootfsIndex, *paths: str) -> list[str]:
    return [repair.path for repair in suspects(original, finished, *seen(*paths)).found]


ORIGINAL = index("/app/main", "/app/data/one", "/app/data/two", "/var/cache/app/", "/etc/conf.d/a")


def test_what_is_there_or_never_was_is_no_suspect() -> None:
    assert found(ORIGINAL, ORIGINAL, "/app/main", "/no/such/thing") == []


def test_what_is_gone_is_one_with_who_missed_it() -> None:
    finished = index("/app/main")
    (repair,) = suspects(ORIGINAL, finished, *seen("/app/data/one")).found
    assert repair == Repair(path="/app/data/one", program="/bin/app", phase="boot")
    assert repair.detail == "looked up and not found by /bin/app in phase boot of the slim image"


def test_dots_and_links_lead_where_the_original_says() -> None:
    original = index("/usr/lib/x", "/usr/lib/y", lib="usr/lib")
    finished = index("/usr/lib/y", lib="usr/lib")
    assert found(original, finished, "/usr/../lib/./x") == ["/usr/lib/x"]


def test_a_link_on_the_way_that_is_gone() -> None:
    """Together with what lies behind it, it is asked for by the path that leads over it."""
    original = index("/usr/lib/x", lib="usr/lib")
    assert found(original, index("/usr/lib/x"), "/lib/x") == ["/lib"]
    assert found(original, index("/usr/"), "/lib/x") == ["/lib/x"]


def test_a_link_without_its_target_misses_the_target() -> None:
    original = index("/usr/lib/x", link="usr/lib/x")
    assert found(original, index("/usr/", link="usr/lib/x"), "/link") == ["/usr/lib/x"]


def test_a_directory_in_which_something_new_would_be_created() -> None:
    finished = index("/app/main", "/var/")
    assert found(ORIGINAL, finished, "/var/cache/app/new.tmp") == ["/var/cache/app"]


def test_what_the_engine_mounts_is_no_suspect() -> None:
    original = index("/etc/hosts", "/proc/1", "/.slim/sensor")
    assert found(original, index("/etc/"), "/etc/hosts", "/proc/1", "/.slim/sensor") == []


@pytest.mark.parametrize("said", ["No module named 'two'", "“data.two” is missing", '"two.x"'])
def test_a_listing_shows_what_is_named_between_quotes(said: str) -> None:
    original = index("/lib/one.py", "/lib/two.py", "/lib/twofold.py")
    missed = suspects(original, index("/lib/one.py"), *seen("/lib"), said=said)
    assert [repair.path for repair in missed.found] == ["/lib/two.py"]
    assert missed.found[0].listing == "/lib"
    assert [repair.path for repair in missed.listed] == ["/lib/twofold.py"]


@pytest.mark.parametrize("said", ["cannot load data.two:", 'File "/two/x"', 'File "<frozen two>"'])
def test_other_words_are_less_sure(said: str) -> None:
    original = index("/lib/one.py", "/lib/two.py", "/lib/twofold.py")
    missed = suspects(original, index("/lib/one.py"), *seen("/lib"), said=said)
    assert missed.found == ()
    assert [repair.path for repair in missed.named] == ["/lib/two.py"]
    assert [repair.path for repair in missed.listed] == ["/lib/twofold.py"]


def test_a_named_directory_comes_with_all_that_is_in_it() -> None:
    original = index("/lib/one.py", "/lib/package/__init__.py")
    finished = index("/lib/one.py")
    named = suspects(original, finished, *seen("/lib"), said="No module named 'package.part'")
    assert [(repair.path, repair.whole) for repair in named.found] == [("/lib/package", True)]
    unnamed = suspects(original, finished, *seen("/lib"))
    assert [(repair.path, repair.whole) for repair in unnamed.listed] == [("/lib/package", False)]


def test_only_who_opens_a_directory_lists_it() -> None:
    finished = index("/app/main", "/etc/conf.d/")
    looked_up = seen("/etc/conf.d", access=Access.LOOKUP)
    assert suspects(ORIGINAL, finished, *looked_up).listed == ()
    assert [each.path for each in suspects(ORIGINAL, finished, *seen("/etc/conf.d")).listed] == [
        "/etc/conf.d/a"
    ]


def test_known_paths_bring_nothing_new() -> None:
    missed = suspects(ORIGINAL, index("/app/"), *seen("/app/main"), known=frozenset({"/app/main"}))
    assert missed == Suspects(found=(), named=(), listed=(), excluded=())


def test_the_users_exclude_is_told_apart() -> None:
    missed = suspects(
        ORIGINAL, index("/app/main"), *seen("/app/data/one"), excludes=PathGlobs(["/app/data"])
    )
    assert missed.found == ()
    assert [repair.path for repair in missed.excluded] == ["/app/data/one"]


def test_the_kernels_own_lookups() -> None:
    """No system call shows the loader's: execve of a program that is there just fails."""
    original = index("/bin/app", "/lib/ld.so")
    executed = seen("/bin/app", access=Access.EXECUTE)
    missed = suspects(
        original, index("/bin/app"), *executed, interpreter={"/bin/app": "/lib/ld.so"}.get
    )
    assert [repair.path for repair in missed.found] == ["/lib/ld.so"]
