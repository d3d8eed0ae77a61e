"""Distribution packages: their data, their modules, and whole ones."""

from __future__ import annotations

from slimmer.values import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

SHARE = "/usr/share/database/15"
MODULES = "/usr/lib/x86_64-linux-gnu/painter/coders"


def test_the_data_of_a_package_whose_program_ran_is_kept(tree: ImageTree) -> None:
    macros = f"{SHARE}/drivers/printer.h"  # no header of C: it lies in no `include`
    data = (f"{SHARE}/extension/x.control", "/usr/lib/database/15/bin/dump", f"{SHARE}/tz", macros)
    rest = (
        "/usr/bin/unused",
        "/usr/share/doc/database/x",
        "/usr/share/man/man1/x",
        "/usr/lib/database/15/lib/x.a",
        "/usr/lib/python3/dist-packages/x.py",
        "/usr/include/x.h",
        f"{SHARE}/include/x.h",
        "/usr/share/database-source/15/x.lisp",
    )
    for path in (*data, *rest, "/usr/lib/database/15/bin/server"):
        tree.add(path, mode=0o755)
    tree.package("database", "/usr/lib/database/15/bin/server", *data, *rest)
    ran = seen("/usr/lib/database/15/bin/server", access=Access.EXECUTE)
    gained = tree.gained("package-data", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == set(data)


def test_a_program_of_usr_games_has_its_data(tree: ImageTree) -> None:
    """Debian has programs such as cowsay and fortune there."""
    tree.add("/usr/games/moo", "moo", mode=0o755)
    tree.add("/usr/share/moo/default.txt")
    tree.package("moo", "/usr/games/moo", "/usr/share/moo/default.txt")
    gained = tree.gained("package-data", *seen("/usr/games/moo"))
    assert "/usr/share/moo/default.txt" in gained


def test_the_tests_of_a_package_whose_program_ran_are_no_data(tree: ImageTree) -> None:
    """Below its own folders: neither an application called `tests` nor a letter is one."""
    server = "/usr/lib/database/15/bin/server"
    tests = ("src/test/perl/Cluster.pm", "t/010_start.t", "t/lib/Common.pm", "tests/run")
    data = ("names/t/tea", "names/t/thyme", "sql/test.sql")
    paths = [f"{SHARE}/{name}" for name in (*tests, *data)]
    others = ["/usr/share/tests/tests.conf", "/usr/share/tests/t"]
    for path in (server, *paths, *others):
        tree.add(path, mode=0o755)
    tree.package("database", server, *paths, *others)
    gained = tree.gained("package-data", *seen(server, access=Access.EXECUTE))
    kept = {path for path in gained if not tree.is_directory(path)}
    assert kept == {*others, *(f"{SHARE}/{name}" for name in data)}


def test_data_that_was_read_brings_the_rest_of_its_package(tree: ImageTree) -> None:
    tree.add(f"{SHARE}/a.sql")
    tree.add(f"{SHARE}/b.sql")
    tree.add("/usr/lib/x86_64-linux-gnu/libz.so.1")
    tree.add("/usr/share/zlib/table")
    tree.package("database", f"{SHARE}/a.sql", f"{SHARE}/b.sql")
    tree.package("zlib", "/usr/lib/x86_64-linux-gnu/libz.so.1", "/usr/share/zlib/table")
    read = seen(f"{SHARE}/a.sql", "/usr/lib/x86_64-linux-gnu/libz.so.1")
    assert tree.gained("package-data", *read) == {f"{SHARE}/b.sql"}


def add_modules(tree: ImageTree) -> None:
    for name in ("png", "jpeg"):
        tree.compile(f"{MODULES}/{name}.so", "int f(void) { return 1; }", "-nostdlib", shared=True)
    tree.add(f"{MODULES}/jpeg.la")
    tree.add(f"{MODULES}/README")


def test_modules_beside_a_loaded_one_are_kept(tree: ImageTree) -> None:
    add_modules(tree)
    assert tree.gained("plugins", *seen(f"{MODULES}/png.so")) == {
        f"{MODULES}/jpeg.so",
        f"{MODULES}/jpeg.la",
    }


def test_a_module_that_would_bring_huge_libraries_is_told_and_left_out(tree: ImageTree) -> None:
    library = "/usr/lib/libhuge.so"
    name = "-Wl,-soname,libhuge.so"
    tree.compile(library, "int g(void) { return 1; }", "-nostdlib", name, shared=True)
    add_modules(tree)
    tree.compile(
        *(f"{MODULES}/huge.so", "int f(void) { return 1; }", "-nostdlib", "-Wl,--no-as-needed"),
        f"{{root}}{library}",
        shared=True,
    )
    loaded = seen(f"{MODULES}/png.so")
    assert f"{MODULES}/huge.so" in tree.gained("plugins", *loaded)
    with (tree.root / library[1:]).open("ab") as stream:
        stream.truncate(65_000_000)
    assert f"{MODULES}/huge.so" not in tree.gained("plugins", *loaded)
    (heavy,) = tree.decide(*loaded, with_rules=frozenset({"plugins"})).heavy
    assert (heavy.what, heavy.include) == (f"{MODULES}/huge.so", f"{MODULES}/huge.so")


def test_where_configuration_names_the_modules_there_are_no_others(tree: ImageTree) -> None:
    add_modules(tree)
    tree.add("/etc/painter/load.conf", f"LoadModule {MODULES}/png.so\n")
    loaded = seen(f"{MODULES}/png.so", "/etc/painter/load.conf")
    assert not tree.gained("plugins", *loaded)


def test_a_private_library_that_a_program_is_linked_to_is_no_module(tree: ImageTree) -> None:
    add_modules(tree)
    tree.compile(
        "/usr/bin/painter",
        "int main(void) { return 0; }",
        "-Wl,--no-as-needed",
        "-nostdlib",
        "-Wl,-e,main",
        f"{{root}}{MODULES}/png.so",
        "-Wl,-soname,x",
    )
    assert not tree.gained("plugins", *seen("/usr/bin/painter", f"{MODULES}/png.so"))


def test_safe_keeps_packages_whole_with_their_dependencies(tree: ImageTree) -> None:
    files = {
        "web": ("/usr/sbin/web", "/usr/sbin/web-admin", "/usr/share/doc/web/copyright"),
        "libssl3": ("/usr/lib/libssl.so.3",),
        "mailer": ("/usr/sbin/sendmail",),
        "libc6": ("/lib/libc.so.6",),
        "other": ("/usr/bin/other",),
    }
    fields = {
        "web": "Depends: libssl3 (>= 3), mta | mail-transport-agent, gone\n"
        "Pre-Depends: libc6:any\n",
        "mailer": "Provides: mail-transport-agent (= 1)\nDepends: web\n",
    }
    for name, paths in files.items():
        for path in paths:
            tree.add(path, mode=0o755)
        tree.package(name, *paths, fields=fields.get(name, ""))
    tree.add("/usr/share/man/man8/web.8")
    tree.add("/var/lib/dpkg/info/web.list", "\n".join((*files["web"], "/usr/share/man/man8/web.8")))
    gained = tree.gained("whole-packages", *seen("/usr/sbin/web"), strategy=Strategy.SAFE)
    # Its companion /usr/sbin/web-admin stays by another rule.
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/share/doc/web/copyright",
        "/usr/lib/libssl.so.3",
        "/usr/sbin/sendmail",
        "/lib/libc.so.6",
    }


def test_safe_needs_a_reason_to_keep_a_package_whole(tree: ImageTree) -> None:
    """A unit of systemd that a link of the image leads to brings neither apt nor its needs."""
    unit, link = "/usr/lib/systemd/system/apt-daily.timer", "/etc/systemd/system/apt-daily.timer"
    for path in ("/usr/sbin/web", "/usr/bin/apt", unit):
        tree.add(path, mode=0o755 if "bin" in path else 0o644)
    tree.package("web", "/usr/sbin/web")
    tree.package("apt", "/usr/bin/apt", unit)
    tree.link(link, unit)
    kept = tree.decide(*seen("/usr/sbin/web"), strategy=Strategy.SAFE, includes=(link,)).reasons
    assert unit in kept
    assert "/usr/bin/apt" not in kept
    kept = tree.decide(*seen("/usr/sbin/web", unit), strategy=Strategy.SAFE).reasons
    assert "/usr/bin/apt" in kept


def test_safe_follows_what_apk_packages_depend_on(tree: ImageTree) -> None:
    tree.add(
        "/lib/apk/db/installed",
        "P:web\nV:1\nA:x\nD:so:libz.so.1 cmd:sh>=1 !old\nF:usr/sbin\nR:web\n\n"
        "P:zlib\nV:1\nA:x\np:so:libz.so.1=1.3\nF:lib\nR:libz.so.1\n\n"
        "P:busybox\nV:1\nA:x\np:cmd:sh=1\nF:bin\nR:busybox\n\n"
        "P:old\nV:1\nA:x\nF:bin\nR:old\n",
    )
    for path in ("/usr/sbin/web", "/lib/libz.so.1", "/bin/busybox", "/bin/old"):
        tree.add(path, mode=0o755)
    gained = tree.gained("whole-packages", *seen("/usr/sbin/web"), strategy=Strategy.SAFE)
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/lib/libz.so.1",
        "/bin/busybox",
    }


def test_modules_of_a_program_that_loaded_none_are_kept(tree: ImageTree) -> None:
    """A server whose data was there already loads fewer modules than one that makes it."""
    add_modules(tree)
    tree.add("/usr/bin/painter", mode=0o755)
    modules = (f"{MODULES}/png.so", f"{MODULES}/jpeg.so")
    tree.package("painter", "/usr/bin/painter", *modules)
    ran = seen("/usr/bin/painter", access=Access.EXECUTE)
    gained = tree.gained("plugins", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == {
        *modules,
        f"{MODULES}/jpeg.la",
    }
    tree.add("/etc/painter/load.conf", f"#LoadModule {MODULES}/tiff.so\nLoadModule png.so\n")
    assert not tree.gained("plugins", *ran, *seen("/etc/painter/load.conf"))


def test_libraries_of_a_program_and_modules_of_basic_tools_are_no_modules(tree: ImageTree) -> None:
    add_modules(tree)
    linked = ("-Wl,--no-as-needed", "-nostdlib", "-Wl,-e,main", f"{{root}}{MODULES}/png.so")
    tree.compile("/usr/bin/painter", "int main(void) { return 0; }", *linked)
    tree.add("/usr/bin/tool", mode=0o755)
    tree.add("/usr/libexec/tools/extra.so")
    tree.package("painter", "/usr/bin/painter", f"{MODULES}/png.so", f"{MODULES}/jpeg.so")
    tree.package("tools", "/usr/bin/tool", "/usr/libexec/tools/extra.so", fields="Essential: yes\n")
    ran = seen("/usr/bin/painter", "/usr/bin/tool", access=Access.EXECUTE)
    assert not tree.gained("plugins", *ran)


def test_small_programs_of_a_package_whose_program_ran_are_kept(tree: ImageTree) -> None:
    kept = ("/usr/bin/base-dump", "/usr/sbin/base-check")
    rest = ("/usr/bin/base-large", "/usr/share/base/example", "/usr/bin/alternative")
    for path in ("/usr/bin/base", *kept, *rest[:2], "/usr/bin/other", "/bin/cp", "/bin/mv"):
        tree.add(path, mode=0o755)
    with (tree.root / "usr/bin/base-large").open("ab") as stream:
        stream.truncate(5_000_000)
    tree.link("/usr/bin/alternative", "other")
    tree.package("base", "/usr/bin/base", *kept, *rest)
    tree.package("other", "/usr/bin/other")
    tree.package("coreutils", "/bin/cp", "/bin/mv", fields="Essential: yes\n")
    tree.package("login", "/bin/login", fields="Priority: required\n")
    ran = seen("/usr/bin/base", "/bin/cp", access=Access.EXECUTE)
    gained = tree.gained("companion-programs", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == set(kept)


def test_a_companion_as_large_as_the_program_that_ran_of_a_package_that_was_asked_for(
    tree: ImageTree,
) -> None:
    """`promtool` beside `prometheus`: all of a program in Go is in its file."""
    for path, size in (("serve", 20), ("tool", 19), ("other", 21)):
        tree.add(f"/usr/bin/{path}", mode=0o755)
        with (tree.root / f"usr/bin/{path}").open("ab") as stream:
            stream.truncate(size * 1_000_000)
    tree.package("serve", "/usr/bin/serve", "/usr/bin/tool", "/usr/bin/other")
    tree.add("/var/lib/apt/extended_states", "")
    ran = seen("/usr/bin/serve", access=Access.EXECUTE)
    assert tree.gained("companion-programs", *ran) == {"/usr/bin/tool"}
    came_along = "Package: serve\nArchitecture: all\nAuto-Installed: 1\n"
    tree.add("/var/lib/apt/extended_states", came_along)
    assert tree.gained("companion-programs", *ran) == set()


def test_a_companion_in_a_language_that_did_not_run_waits_for_its_interpreter(
    tree: ImageTree,
) -> None:
    """`c_rehash` beside `openssl` is worth no Perl; where Perl is kept anyway it costs nothing."""
    for path in ("/usr/bin/crypt", "/usr/bin/perl", "/bin/sh"):
        tree.add(path, mode=0o755)
    tree.add("/usr/bin/rehash", "#!/usr/bin/env perl\n", mode=0o755)
    tree.add("/usr/bin/request", "#!/bin/sh\n", mode=0o755)
    tree.add("/app/report", "#!/usr/bin/perl\n", mode=0o755)
    tree.package("crypt", "/usr/bin/crypt", "/usr/bin/rehash", "/usr/bin/request")
    tree.package("perl", "/usr/bin/perl")
    ran = seen("/usr/bin/crypt", access=Access.EXECUTE)
    assert tree.gained("companion-programs", *ran) == set()
    ran = seen("/usr/bin/crypt", "/bin/sh", access=Access.EXECUTE)
    assert tree.gained("companion-programs", *ran) == {"/usr/bin/request"}
    kept = seen("/app/report", access=Access.LOOKUP)
    assert tree.gained("companion-programs", *ran, *kept) == {"/usr/bin/request", "/usr/bin/rehash"}


def test_a_companion_with_heavy_libraries_is_left_out(tree: ImageTree) -> None:
    """Whoever only links to a library that links to a heavy one brings that as well."""
    shared = ("-nostdlib", "-Wl,--no-as-needed")
    heavy = (*shared, "-Wl,-soname,libheavy.so")
    tree.compile("/usr/lib/libheavy.so", "int h(void) { return 1; }", *heavy, shared=True)
    libraries = (*shared, "{root}/usr/lib/libheavy.so", "-Wl,-soname,libwindow.so")
    tree.compile("/usr/lib/libwindow.so", "int w(void) { return 1; }", *libraries, shared=True)
    program = (*shared, "-Wl,-e,main", "-Wl,--unresolved-symbols=ignore-all")
    for name, options in (("play", ("{root}/usr/lib/libwindow.so",)), ("probe", ())):
        source = "int main(void) { return 0; }"
        tree.compile(f"/usr/bin/{name}", source, *program, *options)
    tree.add("/usr/bin/convert", mode=0o755)
    tree.package("media", "/usr/bin/convert", "/usr/bin/play", "/usr/bin/probe")
    ran = seen("/usr/bin/convert", access=Access.EXECUTE)
    assert {"/usr/bin/play", "/usr/bin/probe"} <= tree.gained("companion-programs", *ran)
    with (tree.root / "usr/lib/libheavy.so").open("ab") as stream:
        stream.truncate(4_500_000)
    gained = tree.gained("companion-programs", *ran)
    assert "/usr/bin/probe" in gained
    assert "/usr/bin/play" not in gained


def test_other_names_of_a_program_that_ran_are_kept(tree: ImageTree) -> None:
    """busybox, and wrappers such as PostgreSQL's on Debian: no package has to own them."""
    tree.add("/bin/busybox", mode=0o755)
    tree.add("/bin/other", mode=0o755)
    for path, target in (("sh", "busybox"), ("vi", "/bin/busybox"), ("o", "other")):
        tree.link(f"/bin/{path}", target)
    tree.link("/usr/sbin/httpd", "../../bin/vi")
    ran = seen("/bin/sh", access=Access.EXECUTE)
    gained = tree.gained("companion-programs", *ran)
    assert {"/bin/vi", "/usr/sbin/httpd"} <= gained
    assert not gained & {"/bin/o", "/bin/other"}


def test_an_application_of_the_distribution_that_a_server_is_configured_for(
    tree: ImageTree,
) -> None:
    """Tools of its own deep below /usr/share make no package of programs of it, and its size is
    no reason against it."""
    code, tool = "/usr/share/wiki/index.php", "/usr/share/wiki/vendor/cdb/bin/cdb"
    for name, folder in (("wiki", "/var/lib/wiki"), ("other", "/var/lib/other")):
        tree.add(f"/usr/share/{name}/index.php", b"x" * 65_000_000)
        tree.add(f"/usr/share/{name}/vendor/cdb/bin/cdb", "#!/usr/bin/php\n", mode=0o755)
        tree.link(f"{folder}/index.php", f"/usr/share/{name}/index.php")
        own = (f"/usr/share/{name}/index.php", f"/usr/share/{name}/vendor/cdb/bin/cdb")
        tree.package(name, *own, f"{folder}/index.php")
    tree.add("/var/lib/apt/extended_states", "")
    tree.add("/etc/nginx/nginx.conf", "server { root /var/lib/wiki; }\n")
    kept = tree.gained("requested-packages", *seen("/etc/nginx/nginx.conf"))
    assert {path for path in kept if not tree.is_directory(path)} == {
        code,
        tool,
        "/var/lib/wiki/index.php",
    }


def test_the_program_behind_a_script_has_the_data_of_its_own_package(tree: ImageTree) -> None:
    """LibreOffice: `soffice` is a script of one package, and what it starts of another."""
    folder = "/usr/lib/office/program"
    tree.add(f"{folder}/office", f'#!/bin/sh\nexec {folder}/office.bin "$@"\n', mode=0o755)
    tree.link("/usr/bin/office", f"..{folder[4:]}/office")
    tree.add(f"{folder}/office.bin", "binary", mode=0o755)
    tree.add(f"{folder}/libfilter.so")
    with (tree.root / f"{folder[1:]}/libfilter.so").open("wb") as file:
        file.truncate(65 << 20)
    tree.add(f"{folder}/types/api.rdb")
    common = ("/usr/bin/office", f"{folder}/office")
    core = (f"{folder}/office.bin", f"{folder}/libfilter.so", f"{folder}/types/api.rdb")
    tree.package("office-common", *common, fields="Source: office\n")
    tree.package("office-core", *core, fields="Source: office\nDepends: office-common\n")
    tree.package("office-writer", fields="Source: office\nDepends: office-core, office-common\n")
    automatic = "".join(f"Package: office-{n}\nAuto-Installed: 1\n\n" for n in ("common", "core"))
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/app/convert.yaml", "converter: office\n")
    kept = tree.decide(*seen("/app/convert.yaml"), strategy=Strategy.BALANCED).reasons
    assert kept.keys() >= set(core)
