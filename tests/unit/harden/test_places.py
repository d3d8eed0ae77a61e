"""What was written → what has to be writable."""

from __future__ import annotations

import pytest

from slimmer.harden.places import owned_places, writable_places
from tests.unit.harden.application import directory, entry, ground, link

TMP = ("/tmp", "tmpfs", "")


def places(*entries, written=(), **values):  # type: ignore[no-untyped-def]
    made = writable_places(ground(*entries, **values), dict.fromkeys(written, "because"))
    return [(each.path, each.kind, each.options) for each in made]


CASES = {
    "an empty directory": (
        [directory("/var/cache/app", mode=0o2750, uid=33, gid=34)],
        ["/var/cache/app/a/b"],
        [TMP, ("/var/cache/app", "tmpfs", "mode=2750,uid=33,gid=34")],
    ),
    "a new directory beside files": (
        [entry("/app/main.py")],
        ["/app/cache", "/app/cache/x"],
        [("/app/cache", "tmpfs", ""), TMP],
    ),
    "a new file beside files": (
        [entry("/app/main.py")],
        ["/app/data.db"],
        [("/app", "volume", ""), TMP],
    ),
    "a file that is there": (
        [entry("/etc/app.conf"), entry("/etc/passwd")],
        ["/etc/app.conf"],
        [("/etc", "volume", ""), TMP],
    ),
    "a volume takes in what lies below it": (
        [entry("/app/main.py"), directory("/app/log")],
        ["/app/data.db", "/app/log/x"],
        [("/app", "volume", ""), TMP],
    ),
    "empty directories inside are mounted, too": (
        [directory("/run", mode=0o755), directory("/run/lock", mode=0o1777)],
        ["/run/app.pid"],
        [("/run", "tmpfs", "mode=755"), ("/run/lock", "tmpfs", "mode=1777"), TMP],
    ),
    "by a link": (
        [directory("/run"), link("/var/run", "/run")],
        ["/var/run/app.pid"],
        [("/run", "tmpfs", "mode=755"), TMP],
    ),
    "by a link to what is not there yet": (
        [directory("/run"), link("/app/pid", "../run/app.pid")],
        ["/app/pid"],
        [("/run", "tmpfs", "mode=755"), TMP],
    ),
    "a link to the container's own stdout": (
        [link("/var/log/app.log", "/dev/stdout")],
        ["/var/log/app.log"],
        [TMP],
    ),
    "what Python can do without": (
        [entry("/app/main.py")],
        ["/app/__pycache__/main.pyc"],
        [TMP],
    ),
    "a directory that is there already": ([entry("/app/main.py")], ["/app"], [TMP]),
    "the engine's own": ([entry("/app")], ["/proc/self/oom_score_adj", "/dev/shm/x"], [TMP]),
    "the root": ([entry("/app")], ["/data.db"], [TMP]),
    "a tmp that holds files": ([entry("/tmp/certificate")], [], []),
}


@pytest.mark.parametrize("name", CASES)
def test_places(name: str) -> None:
    entries, written, expected = CASES[name]
    assert places(*entries, written=written) == sorted(expected)


def test_what_is_mounted_already_needs_nothing() -> None:
    assert (
        places(
            entry("/app"),
            directory("/data"),
            written=["/data/x", "/tmp/x"],
            mounted=("/data", "/tmp"),
        )
        == []
    )


def test_what_is_executed_in_memory_may_be() -> None:
    """The engine mounts memory noexec."""
    found = places(
        entry("/app"), written=["/tmp/native.so"], executed=frozenset({"/tmp/native.so"})
    )
    assert found == [("/tmp", "tmpfs", "exec")]


def test_many_empty_directories_are_a_volume() -> None:
    many = [directory(f"/srv/spool/{letter}") for letter in "abcdefghij"]
    assert places(*many, written=["/srv/spool/x"]) == [("/srv/spool", "volume", ""), TMP]


def test_what_the_image_gives_to_the_application() -> None:
    image = ground(
        directory("/etc/app", uid=100),
        entry("/etc/app/app.conf", uid=100),
        directory("/var/lib/app", uid=100, mode=0o700),
        directory("/var/lib/app/sub", uid=100),
        directory("/var/lib/other", uid=7),
        directory("/opt/app", uid=100),
    )
    found = owned_places(image, iter((0, 100)))
    assert [(each.path, each.kind, each.options) for each in found] == [
        ("/etc/app", "volume", ""),
        ("/var/lib/app", "tmpfs", "mode=700,uid=100"),
    ]
    assert not any(each.is_needed for each in found)
    assert owned_places(image, (0,)) == ()


def test_directories_where_all_may_write_are_writable_below_var() -> None:
    image = ground(
        directory("/var/lib/php/sessions", mode=0o1733),
        directory("/var/lib/shared", mode=0o777),
        directory("/usr/share/all", mode=0o1777),
        entry("/bin/app"),
    )
    (found,) = owned_places(image, (33,))
    assert (found.path, found.options) == ("/var/lib/php/sessions", "mode=1733")
    assert found.reason == "the image lets all users write there"
