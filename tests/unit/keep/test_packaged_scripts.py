"""Scripts of distribution packages: what they cost nothing to keep, and cannot run without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from slimmer.values import Access, Sighting
from tests.unit.keep.image_tree import ImageTree, seen

Config = Mapping[str, Any]

SITE = "/usr/lib/python3/dist-packages"
PROGRAM = "int main(void) { return 0; }"
LOGIN = "int pam_open_session(void *, int); int main(void) { return pam_open_session(0, 0); }"


def files(tree: ImageTree, paths: set[str]) -> set[str]:
    return {path for path in paths if not tree.is_directory(path)}


def came_along(tree: ImageTree, *names: str) -> None:
    """All other packages were installed by name."""
    state = (f"Package: {name}\nArchitecture: all\nAuto-Installed: 1\n\n" for name in names)
    tree.add("/var/lib/apt/extended_states", "".join(state))


def ran(tree: ImageTree, interpreter: str) -> tuple[Sighting, ...]:
    tree.add(interpreter, mode=0o755)
    return seen(interpreter, access=Access.EXECUTE)


def add_script(tree: ImageTree, name: str, *more: str, interpreter: str = "python3") -> None:
    tree.add(f"/usr/bin/{name}", f"#!/usr/bin/env {interpreter}\n", mode=0o755)
    for path in more:
        tree.add(path)
    tree.package(name, f"/usr/bin/{name}", *more)


def test_a_package_of_scripts_in_a_language_that_is_in_use(tree: ImageTree) -> None:
    library, page = "/usr/share/tcltk/tcllib/json.tcl", "/usr/share/doc/tcllib/README"
    add_script(tree, "tcllib", library, page, interpreter="tclsh")
    add_script(tree, "rake", "/usr/lib/ruby/vendor_ruby/rake.rb", interpreter="ruby")
    add_script(tree, "npm", "/usr/share/nodejs/npm/npm.js", interpreter="tclsh")
    tree.add("/usr/bin/ruby", mode=0o755)
    came_along(tree)
    gained = files(tree, tree.gained("requested-packages", *ran(tree, "/usr/bin/tclsh")))
    assert gained == {library, "/usr/bin/tcllib"}, "ruby did not run, and npm installs"


def test_a_script_beside_other_programs(tree: ImageTree) -> None:
    tree.compile("/usr/bin/ask", PROGRAM)
    tree.add("/usr/bin/asktest", "#!/bin/sh\nask\n", mode=0o755)
    tree.add("/usr/bin/asklog", "#!/usr/bin/perl\n", mode=0o755)
    tree.add("/usr/bin/perl", mode=0o755)
    names = ("/usr/bin/ask", "/usr/bin/asktest", "/usr/bin/asklog")
    tree.package("ask", *names)
    came_along(tree)
    gained = files(tree, tree.gained("requested-packages", *ran(tree, "/bin/sh")))
    assert gained == {"/usr/bin/ask", "/usr/bin/asktest"}


def test_a_large_program_that_is_all_there_is_of_a_package(tree: ImageTree) -> None:
    """A client in Go brings no library; one that brings some was rather there for the build."""
    tree.compile("/usr/lib/libheavy.so", "char ballast[4000000] = {1};", shared=True)
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    tree.compile("/usr/bin/fetch", use, "-L{root}/usr/lib", "-lheavy")
    tree.compile("/usr/bin/other", use, "-L{root}/usr/lib", "-lheavy")
    tree.compile("/usr/bin/client", PROGRAM)
    tree.compile("/usr/bin/one", PROGRAM)
    tree.compile("/usr/bin/two", PROGRAM)
    for name in ("fetch", "client", "one"):
        with (tree.root / f"usr/bin/{name}").open("ab") as stream:
            stream.truncate(7_000_000)
    tree.package("client", "/usr/bin/client")
    tree.add("/usr/bin/fetch-all", "#!/bin/sh\n", mode=0o755)
    tree.package("fetch", "/usr/bin/fetch", "/usr/bin/fetch-all")
    tree.package("more", "/usr/bin/one", "/usr/bin/two")
    came_along(tree)
    gained = files(tree, tree.gained("requested-packages"))
    assert gained == {"/usr/bin/client", "/usr/bin/two"}
    gained = files(tree, tree.gained("requested-packages", *seen("/usr/bin/other")))
    assert "/usr/bin/fetch" in gained, "its library is there anyway"
    came_along(tree, "client", "more")
    assert files(tree, tree.gained("requested-packages")) == set()


def test_a_script_has_the_modules_of_its_package(tree: ImageTree) -> None:
    """Its own text names none: `load_entry_point('keeper==1', 'console_scripts', 'keeper')`."""
    modules = {f"{SITE}/keeper/archive.py", f"{SITE}/keeper-1.egg-info/PKG-INFO"}
    add_script(tree, "keeper", *modules)
    came_along(tree, "keeper")
    assert files(tree, tree.gained("package-data", *seen("/usr/bin/keeper"))) == modules


def test_a_program_behind_a_link_has_its_data(tree: ImageTree) -> None:
    tree.compile("/usr/lib/queue/bin/wrapper", PROGRAM)
    tree.link("/usr/sbin/queue-server", "../lib/queue/bin/wrapper")
    tree.add("/usr/lib/queue/lib/broker.beam")
    tree.add("/usr/lib/runtime/lib/crypto.beam")
    tree.add("/usr/lib/runtime/lib/crypto.so")
    tree.package(
        "queue",
        *("/usr/sbin/queue-server", "/usr/lib/queue/bin/wrapper", "/usr/lib/queue/lib/broker.beam"),
        fields="Depends: runtime-crypto\n",
    )
    runtime = {"/usr/lib/runtime/lib/crypto.beam", "/usr/lib/runtime/lib/crypto.so"}
    tree.package("runtime-crypto", *runtime, fields="Source: runtime\nDepends: runtime-asn1\n")
    asn1 = "/usr/lib/runtime/lib/asn1.beam"
    tree.add(asn1)
    tree.package("runtime-asn1", asn1, fields="Source: runtime\n")
    came_along(tree, "queue", "runtime-crypto", "runtime-asn1")
    start = "#!/bin/sh\nqueue-server\n"
    tree.add("/app/start", start, mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    gained = files(tree, tree.gained("package-data", *seen("/app/start")))
    assert gained == {"/usr/lib/queue/lib/broker.beam", *runtime, asn1}


def test_a_script_of_a_web_server_that_was_installed_by_name(tree: ImageTree) -> None:
    program, data = "/usr/lib/cgi-bin/stats.pl", "/usr/share/stats/browsers.pm"
    for name in (program, "/usr/lib/cgi-bin/other.pl"):
        tree.add(name, "#!/usr/bin/perl\n", mode=0o755)
    tree.add(data)
    tree.add("/usr/share/other/x.pm")
    tree.compile("/usr/bin/statsctl", PROGRAM)
    tree.add("/etc/statsrc")
    tree.package("stats", program, data, "/usr/bin/statsctl", "/etc/statsrc")
    tree.package("other", "/usr/lib/cgi-bin/other.pl", "/usr/share/other/x.pm")
    came_along(tree, "other")
    assert program in tree.gained("requested-packages", *ran(tree, "/usr/bin/perl"))
    both = seen(program, "/usr/lib/cgi-bin/other.pl", access=Access.LOOKUP)
    assert files(tree, tree.gained("package-data", *both)) == {data, "/etc/statsrc"}


def test_tools_for_accounts_where_users_log_in(tree: ImageTree) -> None:
    tree.compile("/usr/lib/libpam.so", "int pam_open_session(void *, int) {}", shared=True)
    tree.compile("/usr/sbin/daemon", LOGIN, "-L{root}/usr/lib", "-lpam")
    tree.compile("/usr/sbin/other", PROGRAM)
    for name in ("useradd", "su", "tput", "frob"):
        tree.compile(f"/usr/bin/{name}", PROGRAM)
    tree.add("/etc/skel/.profile")
    tree.add("/etc/default/useradd")
    gained = files(tree, tree.gained("account-tools", *seen("/usr/sbin/daemon")))
    defaults = {"/etc/skel/.profile", "/etc/default/useradd"}
    assert gained == {"/usr/bin/useradd", "/usr/bin/su", "/usr/bin/tput", *defaults}
    assert tree.gained("account-tools", *seen("/usr/sbin/other")) == set()
    tree.add("/srv/start.sh", "#!/bin/sh\nuseradd -m bob\n", mode=0o755)
    gained = files(tree, tree.gained("account-tools", *seen("/srv/start.sh")))
    assert gained == {"/usr/bin/su", "/usr/bin/tput", *defaults}, "no home is empty"


def test_a_package_that_is_another_name_of_a_program(tree: ImageTree) -> None:
    tree.compile("/usr/bin/postman", PROGRAM)
    tree.link("/usr/sbin/sendmail", "../bin/postman")
    tree.package("postman", "/usr/bin/postman")
    tree.package("postman-mta", "/usr/sbin/sendmail")
    came_along(tree, "postman")
    gained = files(tree, tree.gained("requested-packages"))
    assert gained == {"/usr/sbin/sendmail", "/usr/bin/postman"}


def test_what_a_link_that_is_named_stands_for_may_weigh_more(tree: ImageTree) -> None:
    wrapper, behind = "/usr/share/database/wrapper", "/usr/lib/database/15/bin"
    tree.compile("/usr/lib/libheavy.so", "char ballast[5000000] = {1};", shared=True)
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    for name in ("dump", "other"):
        tree.compile(f"{behind}/{name}", use, "-L{root}/usr/lib", "-lheavy")
        tree.link(f"/usr/bin/{name}", wrapper)
    tree.add(wrapper, "#!/bin/sh\n", mode=0o755)
    tree.add("/app/nightly", "#!/bin/sh\ndump -x\n", mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    gained = files(tree, tree.gained("companion-programs", *seen("/app/nightly")))
    assert {path for path in gained if behind in path} == {f"{behind}/dump"}


def test_a_wrapper_has_the_program_that_it_is_wrapped_around(tree: ImageTree) -> None:
    """As those of Chromium and LibreOffice, which name it with variables alone."""
    tree.add("/bin/sh", mode=0o755)
    tree.add("/usr/bin/expr", mode=0o755)
    tree.compile("/usr/lib/browse/browse.bin", PROGRAM)
    tree.compile("/usr/lib/browse/splash", PROGRAM)
    tree.compile("/usr/lib/gdb/splash", PROGRAM)
    wrapper = 'D=/usr/lib/browse\nif expr 1; then exec $D/browse.bin; fi\nexec "$(here)/splash"\n'
    tree.add("/usr/bin/browse", "#!/bin/sh\n" + wrapper, mode=0o755)
    programs = {"/usr/lib/browse/browse.bin", "/usr/lib/browse/splash"}
    tree.package("browse", "/usr/bin/browse")
    tree.package("browse-core", *sorted(programs), fields="Source: browse\n")
    tree.package("gdb", "/usr/lib/gdb/splash")
    tree.add("/srv/app.py", "import subprocess\nsubprocess.run(['browse', '--version'])\n")
    gained = files(tree, tree.gained("entrypoint-scripts", *seen("/srv/app.py")))
    assert gained == {*programs, "/usr/bin/expr"}


def test_scripts_of_a_package_that_puts_their_folder_on_the_path(tree: ImageTree) -> None:
    """As `bats` does: its parts start one another by their names alone."""
    tree.add("/bin/sh", mode=0o755)
    tree.add("/usr/bin/nl", mode=0o755)
    tree.add("/usr/bin/od", mode=0o755)
    start = '#!/bin/sh\nexport PATH="$ROOT/libexec/checks:$PATH"\nexec run-all "$@" | run-od\n'
    tree.add("/usr/bin/checks", start, mode=0o755)
    tree.add("/usr/libexec/checks/run-all", "#!/bin/sh\nexec run-one\n", mode=0o755)
    tree.add("/usr/libexec/checks/run-one", "#!/bin/sh\necho | nl\n", mode=0o755)
    tree.add("/usr/libexec/other/run-od", "#!/bin/sh\necho | od\n", mode=0o755)
    parts = ("/usr/bin/checks", "/usr/libexec/checks/run-all", "/usr/libexec/checks/run-one")
    tree.package("checks", *parts)
    tree.package("other", "/usr/libexec/other/run-od")
    tree.package("nl", "/usr/bin/nl")
    tree.package("od", "/usr/bin/od")
    came_along(tree, "nl", "od")
    tree.add("/srv/test.sh", "#!/bin/sh\nexec checks tests\n", mode=0o755)
    gained = files(tree, tree.gained("entrypoint-scripts", *seen("/srv/test.sh")))
    assert "/usr/bin/nl" in gained
    assert not gained & {"/usr/bin/od", "/usr/libexec/other/run-od"}, "of another package"


def test_what_was_installed_to_be_started_may_weigh_what_it_does(tree: ImageTree) -> None:
    padding = "static char x[70000000] = {1};" + PROGRAM
    for name in ("film", "compile", "along"):
        tree.compile(f"/usr/bin/{name}", padding)
        section = "devel" if name == "compile" else "video"
        tree.add(f"/usr/share/{name}/codecs", b"x" * 65_000_000)
        files_of = (f"/usr/bin/{name}", f"/usr/share/{name}/codecs")
        tree.package(name, *files_of, fields=f"Section: {section}\n")
    came_along(tree, "along")
    tree.add(
        "/srv/app.py",
        "import subprocess as s\ns.run(['film']), s.run(['compile']), s.run(['along'])",
    )
    gained = files(tree, tree.gained("mentions", *seen("/srv/app.py")))
    assert gained == {"/usr/bin/film", "/usr/share/film/codecs"}


def test_a_script_of_a_package_starts_what_was_installed_by_name(tree: ImageTree) -> None:
    """As ejabberd's captcha.sh starts ImageMagick's convert."""
    padding = "static char x[20000000] = {1};" + PROGRAM
    for name in ("draw", "along"):
        tree.compile(f"/usr/bin/{name}", padding)
        tree.package(name, f"/usr/bin/{name}")
    tree.add("/usr/share/chat/captcha.sh", "#!/bin/sh\nalong x\ndraw x\n", mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    tree.package("chat", "/usr/share/chat/captcha.sh")
    came_along(tree, "along", "chat")
    tree.add("/srv/chat.yml", "captcha: /usr/share/chat/captcha.sh\n")
    gained = files(tree, tree.gained("entrypoint-scripts", *seen("/srv/chat.yml")))
    assert gained == {"/usr/bin/draw"}


def test_a_package_of_scripts_in_a_language_that_is_kept_to_be_run(tree: ImageTree) -> None:
    """The hook in Python ran in no probe, and its `import` is not the only one there will be."""
    library = f"{SITE}/colours/__init__.py"
    add_script(tree, "colours", library)
    tree.add("/usr/bin/python3", mode=0o755)
    tree.add("/srv/hooks/post-receive", "#!/usr/bin/env python3\n", mode=0o755)
    came_along(tree)
    config = {"WorkingDir": "/srv/hooks"}
    gained = files(tree, tree.gained("requested-packages", *ran(tree, "/bin/sh"), config=config))
    assert gained == {library, "/usr/bin/colours"}
    assert not tree.gained("requested-packages", *ran(tree, "/bin/sh"))


def test_a_program_whose_libraries_are_kept_anyway_is_small(tree: ImageTree) -> None:
    library = "/usr/lib/x86_64-linux-gnu/libbig.so.1"
    tree.compile(library, "char big[5000000] = {1};", "-Wl,-soname,libbig.so.1", shared=True)
    sized = "char big_too[600000] = {1};" + PROGRAM
    programs = {"/usr/bin/settings", "/usr/bin/settings-gui"}
    for program in programs:
        tree.compile(program, sized, "-Wl,--no-as-needed", f"{{root}}{library}")
    tree.compile("/srv/app/own", PROGRAM, "-Wl,--no-as-needed", f"{{root}}{library}")
    tree.package("tools", *programs)
    came_along(tree)
    assert not tree.gained("requested-packages", *ran(tree, "/bin/sh"))
    config = {"WorkingDir": "/srv/app"}
    gained = files(tree, tree.gained("requested-packages", *ran(tree, "/bin/sh"), config=config))
    assert gained == programs


@pytest.mark.parametrize(
    ("config", "is_box"),
    [
        ({"Cmd": ["bash"]}, True),
        ({"Entrypoint": ["/bin/sh"], "Cmd": ["-l"]}, True),
        ({"Cmd": ["bash", "-c", "serve"]}, False),
        ({"Entrypoint": ["/entry.sh"], "Cmd": ["bash"]}, False),
        ({}, False),
    ],
)
def test_what_people_type_into_a_shell(tree: ImageTree, config: Config, is_box: bool) -> None:
    padding = "static char x[20000000] = {1};" + PROGRAM
    for name in ("scan", "build", "along"):
        tree.compile(f"/usr/bin/{name}", padding)
    tree.add("/usr/bin/scan-report", "#!/usr/bin/perl\n", mode=0o755)
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/usr/bin/python3", mode=0o755)
    tree.package("scan", "/usr/bin/scan", "/usr/bin/scan-report")
    tree.package("build", "/usr/bin/build", fields="Section: devel\n")
    tree.package("along", "/usr/bin/along")
    tree.package("perl", "/usr/bin/perl")
    tree.package("python3", "/usr/bin/python3")
    add_script(tree, "ask")
    add_script(tree, "npm")
    came_along(tree, "along", "perl", "python3")
    gained = files(tree, tree.gained("tool-box", *ran(tree, "/bin/sh"), config=config))
    assert gained == ({"/usr/bin/scan", "/usr/bin/ask", "/usr/bin/python3"} if is_box else set())


def test_scripts_beside_programs_where_their_interpreter_is_kept_to_be_run(tree: ImageTree) -> None:
    script, program = "/usr/bin/gpsfake", "/usr/bin/gpsmon"
    tree.add("/opt/job.py", "#!/usr/bin/python3\nprint(1)\n", mode=0o755)
    tree.add("/usr/bin/python3", mode=0o755)
    tree.add(script, "#!/usr/bin/python3\nprint(2)\n", mode=0o755)
    tree.compile(program, PROGRAM)
    tree.package("gps", script, program)
    came_along(tree, "other")
    assert script not in tree.gained("requested-packages")
    assert script in tree.gained("requested-packages", *seen("/opt/job.py"))
