"""What runs by the clock, and what small programs and scripts need of their own packages."""

from __future__ import annotations

import os

from slimmer.values import Access, Sighting, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

PROGRAM = "int main(void) { return 0; }"
STARTER = '#include <unistd.h>\nint main(void) { return execlp("tar", "tar", "-cf", (char *)0); }'
LARGE = "static char bytes[%d] = {1}; int main(void) { return bytes[0]; }"


def files(tree: ImageTree, paths: set[str]) -> set[str]:
    return {path for path in paths if not tree.is_directory(path)}


def came_along(tree: ImageTree, *names: str) -> None:
    """All other packages were installed by name."""
    state = (f"Package: {name}\nArchitecture: all\nAuto-Installed: 1\n\n" for name in names)
    tree.add("/var/lib/apt/extended_states", "".join(state))


def ran(path: str) -> tuple[Sighting, ...]:
    return seen(path, access=Access.EXECUTE)


def test_what_the_table_of_a_package_starts(tree: ImageTree) -> None:
    """`/etc/crontab` is cron's own; the other table is of a package of which nothing ran."""
    for name in ("/usr/sbin/cron", "/usr/bin/run-parts", "/usr/bin/scrub"):
        tree.compile(name, PROGRAM)
    tree.add(
        "/etc/crontab", "25 6 * * * root test -x /x || { cd / && run-parts /etc/cron.daily; }\n"
    )
    tree.add("/etc/cron.d/scrub", "30 3 * * 0 root scrub --all\n")
    tree.package("cron", "/usr/sbin/cron", "/etc/crontab")
    tree.package("debianutils", "/usr/bin/run-parts")
    tree.package("checks", "/usr/bin/scrub", "/etc/cron.d/scrub")
    came_along(tree, "debianutils", "checks")
    gained = files(tree, tree.gained("schedule", *ran("/usr/sbin/cron")))
    assert gained == {"/etc/cron.d/scrub", "/usr/bin/run-parts"}


def test_what_looks_for_updates_starts_nothing(tree: ImageTree) -> None:
    """Debian's apt has a daily script, which would bring half of apt into every image with cron."""
    for name in ("/usr/sbin/cron", "/usr/bin/settings", "/usr/bin/clean", "/bin/sh"):
        tree.compile(name, PROGRAM)
    tree.add("/etc/cron.daily/updates", "#!/bin/sh\nsettings --all\n", mode=0o755)
    tree.add("/etc/cron.daily/clean", "#!/bin/sh\nclean --all\n", mode=0o755)
    tree.package("cron", "/usr/sbin/cron")
    tree.package("apt", "/usr/bin/settings", "/etc/cron.daily/updates")
    tree.package("cleaner", "/usr/bin/clean", "/etc/cron.daily/clean")
    came_along(tree, "apt", "cleaner")
    kept = tree.decide(*ran("/usr/sbin/cron"), strategy=Strategy.BALANCED).reasons
    assert {"/etc/cron.daily/updates", "/etc/cron.daily/clean", "/usr/bin/clean"} <= kept.keys()
    assert "/usr/bin/settings" not in kept


def test_a_table_of_anacron(tree: ImageTree) -> None:
    for name in ("/usr/sbin/anacron", "/usr/bin/report", "/usr/bin/daily"):
        tree.compile(name, PROGRAM)
    tree.add("/etc/anacrontab", "# 1 5 x daily\n7 10 cron.weekly nice report --all\n")
    gained = files(tree, tree.gained("schedule", *ran("/usr/sbin/anacron")))
    assert gained == {"/etc/anacrontab", "/usr/bin/report"}


def test_tables_of_logrotate_where_somebody_may_start_it(tree: ImageTree) -> None:
    tree.compile("/usr/sbin/logrotate", PROGRAM)
    tree.compile("/usr/sbin/proxy", PROGRAM)
    tree.compile("/usr/bin/proxy-rotate", PROGRAM)
    table = "/etc/logrotate.d/proxy"
    tree.add(table, "/var/log/proxy.log {\n  postrotate\n    proxy-rotate -k\n  endscript\n}\n")
    tree.add("/etc/cron.daily/logrotate", "#!/bin/sh\nlogrotate /etc/logrotate.conf\n", mode=0o755)
    tree.package("logrotate", "/usr/sbin/logrotate", "/etc/cron.daily/logrotate")
    tree.package("proxy", "/usr/sbin/proxy", table)
    tree.package("proxy-tools", "/usr/bin/proxy-rotate", fields="Source: proxy\n")
    came_along(tree, "proxy", "proxy-tools")
    gained = files(tree, tree.gained("schedule", *ran("/usr/sbin/proxy")))
    assert gained == {table, "/usr/bin/proxy-rotate"}, "there is no cron to start what is daily"


def test_a_word_that_a_program_needs_by_its_package(tree: ImageTree) -> None:
    """`dpkg-deb` starts `tar`, and dpkg depends on it."""
    tree.compile("/usr/bin/tar", PROGRAM)
    tree.package("tar", "/usr/bin/tar")
    for name, fields in (("packer", "Depends: tar\n"), ("other", "")):
        tree.compile(f"/usr/bin/{name}", STARTER)
        tree.package(name, f"/usr/bin/{name}", fields=fields)
    came_along(tree, "tar", "packer", "other")
    assert "/usr/bin/tar" in tree.gained("mentions", *ran("/usr/bin/packer"))
    assert tree.gained("mentions", *ran("/usr/bin/other")) == set()


def test_a_heavy_program_that_a_program_starts_and_its_package_needs(tree: ImageTree) -> None:
    """CUPS' filters start Ghostscript, which has 22 MB, and depend on it."""
    tree.compile("/usr/bin/painter", LARGE % 5_000_000)
    tree.add("/usr/share/painter/fonts.map")
    tree.package("painter", "/usr/bin/painter", "/usr/share/painter/fonts.map")
    for name, fields in (("filters", "Depends: painter\n"), ("other", "Suggests: painter\n")):
        tree.compile(f"/usr/bin/{name}", STARTER.replace("tar", "painter"))
        tree.package(name, f"/usr/bin/{name}", fields=fields)
    came_along(tree, "painter", "filters", "other")
    gained = tree.gained("mentions", *ran("/usr/bin/filters"))
    assert {"/usr/bin/painter", "/usr/share/painter/fonts.map"} <= gained
    assert tree.gained("mentions", *ran("/usr/bin/other")) == set()


def test_the_tools_of_what_was_installed_by_name_and_ran(tree: ImageTree) -> None:
    """`svn` beside `svnserve`: 8 MB of libraries that only the client is linked to."""
    for name in ("vault", "idle"):
        tree.compile(f"/usr/lib/lib{name}.so", "char bytes[6000000] = {1};", shared=True)
        tree.compile(
            f"/usr/bin/{name}",
            "extern char bytes[]; int main(void) { return bytes[0]; }",
            "-L{root}/usr/lib",
            f"-l{name}",
        )
        tree.compile(f"/usr/bin/{name}serve", PROGRAM)
        tree.package(name, f"/usr/bin/{name}", f"/usr/bin/{name}serve")
    came_along(tree)
    gained = tree.gained("companion-programs", *ran("/usr/bin/vaultserve"))
    assert files(tree, gained) >= {"/usr/bin/vault"}
    assert "/usr/bin/idle" not in gained, "of this one nothing ran"
    came_along(tree, "vault")
    assert "/usr/bin/vault" not in tree.gained("companion-programs", *ran("/usr/bin/vaultserve"))


def test_large_tools_of_what_was_installed_by_name_have_an_end(tree: ImageTree) -> None:
    """MariaDB's clients have 5 MB each: the smaller ones stay, up to 48 MB."""
    names = [f"/usr/bin/tool{number}" for number in range(6)]
    for number, name in enumerate(names):
        tree.compile(name, LARGE % (9_000_000 + number * 100_000))
    tree.compile("/usr/bin/serve", PROGRAM)
    tree.package("base", "/usr/bin/serve", *names)
    came_along(tree)
    gained = tree.gained("companion-programs", *ran("/usr/bin/serve"))
    assert sorted(files(tree, gained)) == names[:5]


def test_a_script_that_came_along_has_the_programs_of_its_source(tree: ImageTree) -> None:
    tree.compile("/usr/sbin/served", PROGRAM)
    helper = "/usr/bin/served-safe-helper"
    tree.compile(helper, LARGE % 5_000_000)
    tree.compile("/usr/bin/stranger", LARGE % 5_000_000)
    tree.compile("/usr/bin/served-dump", LARGE % 5_000_000)
    tree.add(
        "/usr/bin/served-safe",
        "#!/bin/sh\n# not served-dump\nhelper=`find_in_bin served-safe-helper`\nstranger -x\n",
        mode=0o755,
    )
    tree.package(
        "served", "/usr/sbin/served", "/usr/bin/served-safe", helper, "/usr/bin/served-dump"
    )
    tree.package("stranger", "/usr/bin/stranger")
    came_along(tree, "served", "stranger")
    gained = files(tree, tree.gained("entrypoint-scripts", *ran("/usr/sbin/served")))
    assert gained == {helper}


def test_an_administrators_script_has_the_small_tools_that_it_makes_sure_of(
    tree: ImageTree,
) -> None:
    """As those of SIP servers: `locate_tool expr` stands in a file that the script reads."""
    library = "/usr/lib/phone/ctl/base"
    tree.compile("/usr/sbin/phoned", PROGRAM)
    tree.compile("/usr/bin/expression", PROGRAM)
    tree.compile("/usr/bin/debugger", LARGE % 5_000_000)
    tree.add("/usr/bin/report", "#!/usr/bin/perl\n", mode=0o755)
    tree.add(library, "locate() { T=`which $1`; }\nlocate expression\nlocate debugger\nreport\n")
    text = '#!/bin/sh\nLIB="/usr/lib/phone/"\n. "$LIB/ctl/base"\n'
    tree.add("/usr/sbin/phctl", text, mode=0o755)
    tree.package("phone", "/usr/sbin/phoned", "/usr/sbin/phctl", library)
    tree.package("others", "/usr/bin/expression", "/usr/bin/debugger", "/usr/bin/report")
    came_along(tree, "others")
    tree.add("/bin/sh", mode=0o755)
    seen_to_run = (*ran("/usr/sbin/phoned"), *ran("/bin/sh"))
    gained = files(tree, tree.gained("entrypoint-scripts", *seen_to_run))
    assert gained == {"/usr/bin/expression"}
    came_along(tree, "others", "phone")
    assert files(tree, tree.gained("entrypoint-scripts", *seen_to_run)) == set()


def test_the_data_of_what_was_installed_by_name_beside_what_ran(tree: ImageTree) -> None:
    """`cyrus` starts what it is told in /usr/lib/cyrus/bin; its parts are packages of their own."""
    tree.compile("/usr/sbin/mailctl", PROGRAM)
    tree.package("mail-common", "/usr/sbin/mailctl", fields="Source: mail\n")
    for name, fields in (("index", "Source: mail\n"), ("news", "Source: mail\n"), ("other", "")):
        path = f"/usr/lib/mail/bin/{name}"
        tree.compile(path, PROGRAM)
        tree.package(f"mail-{name}", path, fields=fields)
    came_along(tree, "mail-common", "mail-news")
    gained = files(tree, tree.gained("package-data", *ran("/usr/sbin/mailctl")))
    assert gained == {"/usr/lib/mail/bin/index"}


def test_a_shell_script_of_what_was_installed_by_name_where_a_shell_is_kept(
    tree: ImageTree,
) -> None:
    """No probe started a shell, but the server may: `kea-admin` costs nothing then."""
    source = "#include <stdlib.h>\nint main(void) { return %s; }"
    tree.compile("/usr/bin/server", source % 'system("x")')
    tree.compile("/usr/bin/quiet", source % "0")
    tree.compile("/usr/bin/dash", PROGRAM)
    tree.link("/bin", "usr/bin")
    tree.link("/usr/bin/sh", "dash")
    tree.add("/usr/sbin/server-admin", "#!/bin/sh\necho\n", mode=0o755)
    tree.package("server-admin", "/usr/sbin/server-admin")
    came_along(tree)
    gained = tree.gained("requested-packages", *ran("/usr/bin/server"))
    assert "/usr/sbin/server-admin" in gained
    assert tree.gained("requested-packages", *ran("/usr/bin/quiet")) == set()


def test_programs_that_the_image_below_has_installed(tree: ImageTree) -> None:
    """Its author thought of any application; what a text mentions is another rule's."""
    for name, installed in (("ps", 1000), ("jq", 3000)):
        tree.compile(f"/usr/bin/{name}", PROGRAM)
        tree.package(name, f"/usr/bin/{name}")
        os.utime(tree.root / f"var/lib/dpkg/info/{name}.list", (installed, installed))
    tree.compile("/usr/bin/server", PROGRAM)
    came_along(tree)
    server = ran("/usr/bin/server")
    assert files(tree, tree.gained("requested-packages", *server, base_finished=2000)) == {
        "/usr/bin/jq"
    }
    assert "/usr/bin/ps" in tree.gained("requested-packages", *server)


def test_a_program_with_a_dot_in_its_name_is_one(tree: ImageTree) -> None:
    """`imagemagick` has but documentation, and needs the package with `convert-im6.q16`."""
    for name in ("/usr/bin/paint-6.q16", "/usr/bin/tongue8.2", "/usr/bin/server"):
        tree.compile(name, LARGE % 5_000_000)
    tree.add("/usr/share/paint/colours")
    tree.add("/usr/share/tongue/words")
    tree.package("paint-6", "/usr/bin/paint-6.q16", "/usr/share/paint/colours")
    tree.package("tongue8.2", "/usr/bin/tongue8.2", "/usr/share/tongue/words")
    tree.package("paint", fields="Depends: paint-6\n")
    tree.package("tongue", fields="Depends: tongue8.2\n")
    came_along(tree, "paint-6", "tongue8.2")
    gained = files(tree, tree.gained("requested-packages", *ran("/usr/bin/server")))
    assert gained == {"/usr/bin/tongue8.2", "/usr/share/tongue/words"}
