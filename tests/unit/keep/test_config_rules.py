"""What the image's config and its well-known files ask for."""

from __future__ import annotations

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.errors import UsageError
from tests.unit.keep.image_tree import ImageTree, rules_of, seen

PASSWD = "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/srv/app:/bin/sh\n"


def test_programs_of_entrypoint_and_command_are_found_by_path(tree: ImageTree) -> None:
    tree.add("/opt/app/bin/start", "#!/bin/sh\n", mode=0o755)
    tree.add("/usr/bin/start", mode=0o755)
    tree.add("/usr/bin/server", mode=0o755)
    tree.add("/usr/bin/data", mode=0o644)
    tree.add("/bin/sh", mode=0o755)
    kept = tree.decide(
        config={
            "Entrypoint": ["start"],
            "Cmd": ["server", "data"],
            "Env": ["PATH=/opt/app/bin:/usr/bin", "X=a=b"],
        }
    )
    assert rules_of(kept, "/opt/app/bin/start") == {"entrypoint"}
    assert rules_of(kept, "/usr/bin/server") == {"entrypoint"}
    assert rules_of(kept, "/bin/sh") == {"shebang"}
    assert "/usr/bin/start" not in kept.reasons
    assert "/usr/bin/data" not in kept.reasons


def test_a_relative_entrypoint_is_taken_from_the_workdir(tree: ImageTree) -> None:
    tree.add("/app/run.sh", mode=0o755)
    kept = tree.decide(config={"Entrypoint": ["./run.sh"], "WorkingDir": "/app"})
    assert rules_of(kept, "/app/run.sh") == {"entrypoint"}


def test_programs_of_a_health_check_in_shell_form_are_kept(tree: ImageTree) -> None:
    for path in ("/bin/sh", "/usr/bin/curl", "/usr/bin/grep", "/usr/bin/wget"):
        tree.add(path, mode=0o755)
    kept = tree.decide(
        config={"Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost/ | grep -q ok || exit 1"]}}
    ).reasons
    assert {"/bin/sh", "/usr/bin/curl", "/usr/bin/grep"} <= set(kept)
    assert "/usr/bin/wget" not in kept
    assert set(tree.decide(config={"Healthcheck": {"Test": ["NONE"]}}).reasons) == {"/"}


@pytest.mark.parametrize("user", ["app", "1000", "app:app", "1000:7"])
def test_the_users_home_is_kept_as_a_directory(tree: ImageTree, user: str) -> None:
    tree.add("/etc/passwd", PASSWD)
    tree.add("/srv/app/.cache/x")
    tree.directory("/root", "/work/dir")
    kept = tree.decide(config={"User": user, "WorkingDir": "/work/dir"})
    assert rules_of(kept, "/srv/app") == {"home-and-workdir"}
    assert rules_of(kept, "/work/dir") == {"home-and-workdir"}
    assert "/srv/app/.cache" not in kept.reasons
    assert "/root" not in kept.reasons


def test_root_is_the_user_where_nobody_set_one(tree: ImageTree) -> None:
    tree.add("/etc/passwd", PASSWD)
    tree.directory("/root", "/srv/app")
    kept = tree.decide().reasons
    assert "/root" in kept
    assert "/srv/app" not in kept


def test_the_content_of_volumes_survives(tree: ImageTree) -> None:
    tree.add("/var/lib/data/seed/a.sql")
    tree.link("/data", "var/lib/data")
    kept = tree.decide(config={"Volumes": {"/data": {}}})
    assert rules_of(kept, "/var/lib/data/seed/a.sql") == {"volume"}


def test_well_known_files_are_kept_where_the_image_has_them(tree: ImageTree) -> None:
    tree.add("/usr/lib/os-release")
    tree.link("/etc/os-release", "../usr/lib/os-release")
    tree.add("/usr/share/zoneinfo/Europe/Berlin")
    tree.add("/usr/share/zoneinfo/Asia/Tokyo")
    tree.link("/etc/localtime", "/usr/share/zoneinfo/Europe/Berlin")
    tree.add("/etc/ssl/certs/ca-certificates.crt")
    tree.add("/etc/ssl/certs/one.pem")
    tree.add("/opt/trust.pem")
    tree.add("/etc/services")
    tree.directory("/tmp", "/run", "/proc")
    tree.link("/var/run", "/run")
    kept = tree.decide(config={"Env": ["TZ=Asia/Tokyo", "SSL_CERT_FILE=/opt/trust.pem"]})
    assert rules_of(kept, "/usr/lib/os-release") == {"link", "os-release"}
    assert rules_of(kept, "/usr/share/zoneinfo/Europe/Berlin") == {"link"}
    assert rules_of(kept, "/usr/share/zoneinfo/Asia/Tokyo") == {"local-time"}
    assert rules_of(kept, "/etc/ssl/certs/ca-certificates.crt") == {"certificates"}
    assert rules_of(kept, "/opt/trust.pem") == {"certificates"}
    assert {"/etc/services", "/tmp", "/run", "/proc", "/var/run"} <= set(kept.reasons)
    assert "/etc/ssl/certs/one.pem" not in kept.reasons


def test_env_scripts_keep_env_and_the_program_that_it_finds(tree: ImageTree) -> None:
    for path in ("/usr/bin/env", "/usr/local/bin/python3", "/usr/bin/python3", "/usr/bin/perl"):
        tree.add(path, mode=0o755)
    tree.add("/app/a", "#! /usr/bin/env python3\n", mode=0o755)
    tree.add("/app/b", "#!/usr/bin/env -S A=1 perl -w\r\n", mode=0o755)
    kept = tree.decide(*seen("/app/a"))
    assert rules_of(kept, "/usr/bin/env") == {"shebang"}
    assert rules_of(kept, "/usr/local/bin/python3") == {"shebang"}
    assert "/usr/bin/python3" not in kept.reasons
    assert "/usr/bin/perl" not in kept.reasons
    assert rules_of(tree.decide(*seen("/app/b")), "/usr/bin/perl") == {"shebang"}


def test_a_module_that_is_not_executable_needs_no_interpreter(tree: ImageTree) -> None:
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/lib/module.pl", "#!/usr/bin/perl\n")
    assert "/usr/bin/perl" not in tree.decide(*seen("/lib/module.pl")).reasons


def test_a_merged_usr_keeps_both_names_of_its_directories(tree: ImageTree) -> None:
    tree.add("/usr/bin/tool", mode=0o755)
    tree.directory("/usr/lib")
    tree.link("/bin", "usr/bin")
    tree.link("/lib", "usr/lib")
    kept = tree.decide(*seen("/usr/bin/tool"))
    assert rules_of(kept, "/bin") == {"root-links"}
    assert "/lib" not in kept.reasons, "nothing is kept behind it"


# ---------------------------------------------------------------- what the user asked for


def test_an_included_directory_is_kept_with_all_that_is_below(tree: ImageTree) -> None:
    tree.add("/usr/share/data/deep/file")
    tree.add("/elsewhere/file")
    tree.link("/data", "usr/share/data")
    tree.link("/usr/share/data/out", "/elsewhere")
    kept = tree.decide(includes=("/data",))
    assert "include" in rules_of(kept, "/data")
    assert "include" in rules_of(kept, "/usr/share/data/deep/file")
    assert "/elsewhere" in kept.reasons
    assert "/elsewhere/file" not in kept.reasons, "a link inside does not open another tree"


def test_an_included_path_that_does_not_exist_names_near_misses(tree: ImageTree) -> None:
    tree.add("/opt/config/settings.yml")
    tree.add("/etc/settings.yaml")
    with pytest.raises(UsageError, match=r"/opt/config/settings\.yaml") as raised:
        tree.decide(includes=("/opt/config/settings.yaml", "/opt"))
    assert "did you mean /opt/config/settings.yml or /etc/settings.yaml?" in raised.value.details
    with pytest.raises(UsageError) as raised:
        tree.decide(includes=("/opt/zzz",))
    assert "/opt exists, and has no zzz" in raised.value.details


def test_including_a_file_that_the_engine_mounts_over_is_told(tree: ImageTree) -> None:
    kept = tree.decide(includes=("/etc/hosts",))
    assert kept.notes[0].startswith("--include /etc/hosts has no effect")


def test_exclude_wins_over_trace_and_include_and_is_told(tree: ImageTree) -> None:
    tree.add("/app/main.py")
    tree.add("/app/secrets/key.pem")
    tree.link("/app/current", "secrets")
    kept = tree.decide(
        *seen("/app/main.py", "/app/secrets/key.pem"),
        includes=("/app",),
        excludes=("/app/secrets",),
    )
    assert set(kept.reasons) == {"/", "/app", "/app/main.py", "/app/current"}
    assert kept.excluded == ("/app/secrets",)


def test_what_an_excluded_program_needs_is_not_kept_for_it(tree: ImageTree) -> None:
    tree.add("/bin/sh", mode=0o755)
    tree.add("/app/tool", "#!/bin/sh\n", mode=0o755)
    kept = tree.decide(*seen("/app/tool"), excludes=("tool",))
    assert set(kept.reasons) == {"/", "/app"}
    assert kept.excluded == ("/app/tool",)


def test_rules_can_be_switched_off_by_name(tree: ImageTree) -> None:
    tree.directory("/tmp")
    assert "/tmp" in tree.decide().reasons
    assert "/tmp" not in tree.decide(without_rules=frozenset({"temporary-directories"})).reasons


def test_rules_have_names_of_their_own_and_summaries() -> None:
    assert len({rule.name for rule in RULEBOOK.rules}) == len(RULEBOOK.rules)
    assert all(rule.summary for rule in RULEBOOK.rules)


def test_what_slim_watch_missed_brings_its_package(tree: ImageTree) -> None:
    """Who looks for one file of a package looks for the next one in the next run."""
    tree.add("/usr/lib/one.so")
    tree.add("/usr/lib/two.so")
    tree.add("/usr/share/doc/libone/README")
    tree.add("/usr/lib/other.so")
    tree.package("libone", "/usr/lib/one.so", "/usr/lib/two.so", "/usr/share/doc/libone/README")
    tree.package("other", "/usr/lib/other.so")
    kept = tree.decide(missed=(("/usr/lib/one.so", "watch.json"),))
    assert rules_of(kept, "/usr/lib/one.so") == rules_of(kept, "/usr/lib/two.so") == {"include"}
    assert "/usr/share/doc/libone/README" not in kept.reasons
    assert "/usr/lib/other.so" not in kept.reasons


def test_what_include_names_is_taken_from_the_root(tree: ImageTree) -> None:
    for path in ("/srv/one", "/srv/two", "/srv/three"):
        tree.add(path)
    kept = tree.decide(includes=("srv/one", "./srv/two", "/srv/three")).reasons
    assert {"/srv/one", "/srv/two", "/srv/three"} <= set(kept)
    with pytest.raises(UsageError, match="does not have: /srv/four"):
        tree.decide(includes=("srv/four",))
