"""What texts and programs mention: other programs, libraries, the shell."""

from __future__ import annotations

import io
import zipfile

import pytest

from slimmer.keep.mentions import mentions_of
from slimmer.values import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

# More than a word of every day is worth.
LARGE = "char data[2000000] = {1}; int main(void) { return data[1]; }"
KNOWN = frozenset(("pdftotext", "ps", "git", "awk", "tar", "wc", "sort", "zip", "sh"))


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("import subprocess\nsubprocess.run(['pdftotext', name, '-'])", {"pdftotext"}),
        (
            "from subprocess import check_output as c\nsubprocess.check_output(\n  ('ps', '-e'))",
            {"ps"},
        ),
        ("import os\nos.system('git log | wc -l')", {"git", "wc"}),
        ("const {execFile} = require('child_process'); execFile('pdftotext', [f])", {"pdftotext"}),
        ('cp = require("child_process"); cp.spawn("zip", ["-"])', {"zip"}),
        ("child_process; await $`x`; exec(`sort ${f} | wc -l`)", {"sort", "wc"}),
        ('new ProcessBuilder("ps", "-ef").start();', {"ps"}),
        ('new ProcessBuilder(List.of("tar", "c")).start();', {"tar"}),
        ('Runtime.getRuntime().exec(new String[]{"sh", "-c", "ps | wc"});', {"sh", "ps", "wc"}),
        ('out, _ := exec.Command("git", "log").Output()', {"git"}),
        ('Command::new("awk").arg("x")', {"awk"}),
        ('new Deno.Command("sh", { args: ["-c", "ps | wc"] })', {"sh", "ps", "wc"}),
        ("<?php shell_exec('pdftotext a.pdf -');", {"pdftotext"}),
        ("require 'open3'; Open3.capture2('awk', s)", {"awk"}),
        ('(call-process "git" nil t) (shell-command "sort")', {"git", "sort"}),
        ('(make-process :command \'("awk" "x"))', {"awk"}),
        ("x = {'sort': 1}; print('git')", set()),
        ("# then run 'git'\nsubprocess\n", set()),
        ("  // exec('git')\nexec('awk')", {"awk"}),
        ('#define PAGER system("sort")\n', {"sort"}),
    ],
)
def test_programs_that_a_source_starts(source: str, programs: set[str]) -> None:
    assert mentions_of(source.encode(), KNOWN).programs & KNOWN == programs


def test_a_name_in_a_source_that_starts_programs_may_be_one() -> None:
    source = b"TOOLS = {'text': ['pdftotext', '-'], 'by': 'sort'}\nsubprocess.run(TOOLS[kind])\n"
    assert mentions_of(source, KNOWN).maybe_programs == {"pdftotext"}, "sort is a word as well"


def test_a_name_in_a_dependency_counts_if_its_program_was_installed_by_name(
    tree: ImageTree,
) -> None:
    tree.add("/app/.venv/pyvenv.cfg")
    late = "/app/.venv/lib/python3/site-packages/late.py"
    tree.add(late, "import subprocess\nPROGRAM = 'pdftotext'\nOTHER = 'tool'\n")
    automatic = "Package: tool\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    gained = tree.gained("mentions", *seen(late))
    assert "/usr/bin/pdftotext" in gained
    assert "/usr/bin/tool" not in gained


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("path = self.module.get_bin_path('git', required=True)", {"git"}),
        ("from distutils import spawn\nspawn.find_executable('ps')", {"ps"}),
        ("register('git')", set()),
    ],
)
def test_a_program_that_a_dependency_looks_up(source: str, programs: set[str]) -> None:
    """A module of Ansible starts what it has found, by a function of its own."""
    assert mentions_of(source.encode(), KNOWN, is_dependency=True).programs == programs


def test_a_call_in_a_language_that_nobody_knows_may_start_a_program() -> None:
    found = mentions_of(b'route(_) -> os:cmd("sort +%Y").  name() -> "pdftotext".', KNOWN)
    assert (found.programs, found.maybe_programs) == (set(), {"sort"})


@pytest.fixture
def tree(tree: ImageTree) -> ImageTree:
    for name in ("pdftotext", "tool"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        tree.package(name, f"/usr/bin/{name}")
    return tree


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/app/late.py", "import subprocess\nsubprocess.run(['pdftotext'])"),
        ("/app/src/late.tsx", "import {execFile} from 'child_process'; execFile('pdftotext')"),
        ("/app/bin/report", "#!/usr/bin/env ruby\nputs `pdftotext x.pdf -`\n"),
        ("/etc/supervisor/conf.d/x.conf", "[program:x]\ncommand=pdftotext --watch\n"),
        ("/etc/cron.d/x", "5 4 * * * root pdftotext /srv/x.pdf\n"),
        ("/etc/logrotate.d/x", "/log {\n  postrotate\n    pdftotext a.pdf\n  endscript\n}\n"),
        ("/etc/shop.yaml", "preview: pdftotext -q {file}\n"),
        ("/etc/hook.conf", "reload kill -USR1 $(pdftotext /run/pid)\n"),
        ("/etc/shop/tools.conf", "text pdftotext -q\n"),
        ("/etc/shop/rules", "text = pdftotext\n"),
        ("/etc/shop/rules.yaml", "tools: [pdftotext]\n"),
        ("/app/lib.tcl", "catch {exec pdftotext $file} text\n"),
        ("/app/report.R", "x <- system2('pdftotext', 'a.pdf')\n"),
        ("/app/tools.lua", "M.text = [[pdftotext -q]]\n"),
        ("/app/package.json", '{"scripts": {\n"start": "pdftotext x"\n}}'),
    ],
)
def test_programs_that_kept_texts_start_are_kept(tree: ImageTree, path: str, text: str) -> None:
    tree.add("/app/main")
    tree.add(path, text)
    kept = tree.gained("mentions", *seen("/app/main"), without_rules=frozenset())
    assert {path for path in kept if not tree.is_directory(path)} == {"/usr/bin/pdftotext"}


def test_a_heavy_program_is_named_and_left_out(tree: ImageTree) -> None:
    tree.add("/app/main.py", "import subprocess\nsubprocess.run(['pdftotext'])")
    with (tree.root / "usr/bin/pdftotext").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen("/app/main.py"), strategy=Strategy.BALANCED)
    assert "/usr/bin/pdftotext" not in kept.reasons
    assert [each.why for each in kept.heavy] == ["though /app/main.py mentions it"]


def test_libraries_that_a_dependency_opens_by_name(tree: ImageTree) -> None:
    site = "/app/.venv/lib/python3/site-packages"
    tree.add("/app/.venv/pyvenv.cfg")
    tree.add(f"{site}/magic.py", "import ctypes.util\nctypes.util.find_library('magic')")
    tree.add(f"{site}/other.py", "NAMES = ['curl']")
    for name in ("magic", "curl"):
        tree.add(f"/usr/lib/x86_64-linux-gnu/lib{name}.so.1.0")
        tree.link(f"/usr/lib/x86_64-linux-gnu/lib{name}.so.1", f"lib{name}.so.1.0")
    tree.add("/usr/sbin/ldconfig", mode=0o755)
    tree.link("/sbin", "usr/sbin")
    gained = tree.gained("mentions", *seen(f"{site}/magic.py", f"{site}/other.py"))
    assert {"/usr/lib/x86_64-linux-gnu/libmagic.so.1.0", "/usr/sbin/ldconfig"} <= gained
    assert not any("curl" in path for path in gained)


def test_programs_that_a_kept_program_starts(tree: ImageTree) -> None:
    """tar has `gzip` in it, and the C library's function that starts it."""
    source = '#include <unistd.h>\nint main(void) { execlp("pdftotext", "pdftotext", (char *)0); }'
    tree.compile("/usr/bin/tool", source)
    assert "/usr/bin/pdftotext" in tree.gained("mentions", *seen("/usr/bin/tool"))
    tree.compile("/usr/bin/tool", 'const char *t = "pdftotext"; int main(void) { return !t; }')
    assert tree.gained("mentions", *seen("/usr/bin/tool")) == set()


def test_programs_that_have_an_option_in_an_own_program(tree: ImageTree) -> None:
    tree.compile("/app/shop", 'const char *t = "tool --all now"; int main(void) { return !t; }')
    gained = tree.gained("mentions", *seen("/app/shop", access=Access.EXECUTE))
    assert "/usr/bin/tool" in gained
    assert "/usr/bin/pdftotext" not in gained


@pytest.mark.parametrize(
    ("call", "needs_shell"), [('system("x")', True), ('popen("x", "r")', True), ("puts(p)", False)]
)
def test_a_shell_where_a_program_may_call_it(tree: ImageTree, call: str, needs_shell: bool) -> None:
    tree.add("/bin/sh", mode=0o755)
    source = "#include <stdio.h>\n#include <stdlib.h>\n"
    source += f"int main(int c, char **v) {{ char *p = v[0]; {call}; return !p; }}"
    tree.compile("/app/server", source)
    assert ("/bin/sh" in tree.gained("shell", *seen("/app/server"))) == needs_shell


def test_basic_tools_are_there_if_a_shell_is(tree: ImageTree) -> None:
    for name in ("dash", "cat", "chroot"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.link("/bin", "usr/bin")
    tree.link("/usr/bin/sh", "dash")
    ran = seen("/usr/bin/dash", access=Access.EXECUTE)
    assert tree.gained("basic-tools", *ran) == {"/usr/bin/cat"}
    assert tree.gained("basic-tools", *seen("/usr/bin/tool")) == set()


def test_pam_has_its_configuration_and_the_modules_it_names(tree: ImageTree) -> None:
    modules = "/usr/lib/x86_64-linux-gnu/security"
    for path in (f"{modules}/pam_unix.so", f"{modules}/pam_ldap.so", "/etc/security/limits.conf"):
        tree.add(path)
    tree.add("/etc/pam.d/login", "auth required pam_unix.so nullok\n")
    tree.add("/lib/libpam.so.0")
    gained = tree.gained("pam", *seen("/lib/libpam.so.0"))
    assert {"/etc/pam.d/login", f"{modules}/pam_unix.so", "/etc/security/limits.conf"} <= gained
    assert f"{modules}/pam_ldap.so" not in gained


def test_packages_without_programs_that_were_installed_by_name(tree: ImageTree) -> None:
    for name, fields in (
        ("lua-json", "Depends: lua-lpeg, libyaml, r-cran-processx\nSection: interpreters\n"),
        ("lua-lpeg", "Section: interpreters\n"),
        ("libyaml", "Section: libs\n"),
        ("x-dev", "Section: libdevel\n"),
        ("words-de", "Section: localization\n"),
        ("came-along", "Section: interpreters\n"),
    ):
        tree.add(f"/usr/share/{name}/x")
        tree.package(name, f"/usr/share/{name}/x", fields=fields)
    supervisor = "/usr/lib/R/site-library/processx/bin/supervisor"
    tree.add(supervisor, mode=0o755)
    tree.package("r-cran-processx", supervisor, fields="Section: gnu-r\n")
    automatic = "Package: {}\nArchitecture: amd64\nAuto-Installed: 1\n\n"
    names = ("lua-lpeg", "libyaml", "came-along", "r-cran-processx")
    tree.add("/var/lib/apt/extended_states", "".join(map(automatic.format, names)))
    gained = {path for path in tree.gained("requested-packages") if not tree.is_directory(path)}
    modules = {f"/usr/share/{name}/x" for name in ("lua-json", "lua-lpeg", "words-de")}
    assert gained == {*modules, supervisor}


def test_a_program_that_requested_modules_depend_on_if_it_was_requested_too(
    tree: ImageTree,
) -> None:
    for name in ("writer", "other", "python3"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        tree.package(name, f"/usr/bin/{name}", fields="Section: text\n")
    with (tree.root / "usr/bin/writer").open("wb") as file:
        file.truncate(90 << 20)
    module = "/usr/lib/R/site-library/report/R/report"
    tree.add(module)
    fields = "Section: gnu-r\nDepends: writer, other, python3\n"
    tree.package("r-report", module, fields=fields)
    automatic = "Package: other\nArchitecture: amd64\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    gained = {path for path in tree.gained("requested-packages") if not tree.is_directory(path)}
    assert gained == {module, "/usr/bin/writer"}


def test_a_repository_is_there_to_work_on_if_git_is(tree: ImageTree) -> None:
    tree.add("/srv/shop/.git/HEAD")
    tree.add("/usr/bin/git", mode=0o755)
    assert "/srv/shop/.git/HEAD" in tree.gained("repositories", *seen("/usr/bin/git"))
    assert tree.gained("repositories", *seen("/usr/bin/tool")) == set()


def test_cron_has_its_tables_and_scripts(tree: ImageTree) -> None:
    tree.add("/usr/sbin/cron", mode=0o755)
    tree.add("/etc/cron.daily/rotate", "#!/bin/sh\npdftotext /srv/x.pdf\n", mode=0o755)
    tree.package("rotate", "/etc/cron.daily/rotate")
    gained = tree.gained("schedule", *seen("/usr/sbin/cron"))
    assert {"/etc/cron.daily/rotate", "/usr/bin/pdftotext"} <= gained


def test_a_class_that_starts_a_program(tree: ImageTree) -> None:
    text = b"\x01\x00\x09pdftotext\x01\x00\x10echo hi; tool -x\x01\x00\x18java/lang/ProcessBuilder"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as jar:
        jar.writestr("shop/Main.class", b"\xca\xfe\xba\xbe" + text)
    tree.add("/app/shop.jar", archive.getvalue())
    gained = tree.gained("mentions", *seen("/app/shop.jar"))
    assert {"/usr/bin/pdftotext", "/usr/bin/tool"} <= gained
    tree.add("/app/shop.jar", b"PK\x03\x04 broken")
    assert tree.gained("mentions", *seen("/app/shop.jar")) == set()


def test_small_programs_that_were_installed_by_name(tree: ImageTree) -> None:
    tree.compile("/usr/bin/jq", "int main(void) { return 0; }")
    tree.package("jq", "/usr/bin/jq", fields="Section: utils\n")
    tree.compile("/usr/bin/apt", "int main(void) { return 0; }")
    tree.package("apt", "/usr/bin/apt", fields="Section: admin\n")
    tree.add("/var/lib/apt/extended_states", "")
    tree.add("/app/main")
    gained = {p for p in tree.gained("requested-packages", *seen("/app/main")) if "/bin/" in p}
    assert gained == {"/usr/bin/jq"}


def test_the_parts_of_what_was_installed_to_build_with_are_as_well(tree: ImageTree) -> None:
    """`cpp` starts a compiler that is not there; a part that something else needs too is kept."""
    for name, fields in (
        ("g++", "Section: devel\nDepends: cpp, scanner\n"),
        ("cpp", "Section: interpreters\n"),
        ("tools", "Section: utils\nDepends: scanner\n"),
        ("scanner", "Section: utils\n"),
    ):
        tree.compile(f"/usr/bin/{name}", "int main(void) { return 0; }")
        tree.package(name, f"/usr/bin/{name}", fields=f"Source: gcc\n{fields}")
    automatic = "".join(
        f"Package: {name}\nArchitecture: all\nAuto-Installed: 1\n\n" for name in ("cpp", "scanner")
    )
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/app/main")
    gained = {p for p in tree.gained("requested-packages", *seen("/app/main")) if "/bin/" in p}
    assert gained == {"/usr/bin/tools", "/usr/bin/scanner"}


def test_programs_with_privileges_of_their_own_may_weigh_more(tree: ImageTree) -> None:
    """Nobody installs ping to build with, whatever libraries it has."""
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    for name, mode in (("ping", 0o4755), ("translate", 0o755)):
        library = f"/usr/lib/lib{name}.so"
        tree.compile(library, "char ballast[5000000] = {1};", shared=True)
        tree.compile(f"/usr/bin/{name}", use, "-L{root}/usr/lib", f"-l{name}")
        (tree.root / "usr/bin" / name).chmod(mode)
        tree.package(name, f"/usr/bin/{name}", fields="Section: net\n")
    tree.add("/var/lib/apt/extended_states", "")
    tree.add("/app/main")
    gained = {p for p in tree.gained("requested-packages", *seen("/app/main")) if "/bin/" in p}
    assert gained == {"/usr/bin/ping"}


def test_recipes_count_where_make_is_run(tree: ImageTree) -> None:
    tree.add("/app/Makefile", "report:\n\t@pdftotext x\n")
    tree.add("/usr/bin/make", "make", mode=0o755)
    tree.package("make", "/usr/bin/make")
    assert "/usr/bin/pdftotext" not in tree.gained("mentions", *seen("/app/Makefile"))
    ran = (*seen("/app/Makefile"), *seen("/usr/bin/make", access=Access.EXECUTE))
    assert "/usr/bin/pdftotext" in tree.gained("mentions", *ran)


def test_a_recipe_may_start_what_was_installed_by_name(tree: ImageTree) -> None:
    tree.add("/app/Makefile", "report:\n\t@msgunfmt x | heavier\n")
    for name in ("msgunfmt", "heavier"):
        tree.add(f"/usr/bin/{name}", b"\x7fELF" + b"\0" * 9_000_000, mode=0o755)
    tree.package("gettext", "/usr/bin/msgunfmt", fields="Section: devel\n")
    tree.package("heavier", "/usr/bin/heavier")
    tree.add("/var/lib/apt/extended_states", "Package: heavier\nAuto-Installed: 1\n")
    tree.add("/usr/bin/make", "make", mode=0o755)
    ran = (*seen("/app/Makefile"), *seen("/usr/bin/make", access=Access.EXECUTE))
    gained = tree.gained("mentions", *ran)
    assert "/usr/bin/msgunfmt" in gained
    assert "/usr/bin/heavier" not in gained


def test_make_runs_the_recipes_in_the_working_directory(tree: ImageTree) -> None:
    tree.add("/app/Makefile", "nightly:\n")
    tree.add("/usr/bin/make", mode=0o755)
    tree.package("make", "/usr/bin/make", fields="Section: devel\n")
    tree.add("/var/lib/apt/extended_states", "")
    assert tree.gained("makefile", workdir="/srv") == set()
    assert "/usr/bin/make" in tree.gained("makefile", workdir="/app")
    tree.add("/usr/bin/gcc", mode=0o755)
    assert tree.gained("makefile", workdir="/app") == set(), "it has built the image"
    tree.root.joinpath("usr/bin/gcc").unlink()
    tree.add("/var/lib/apt/extended_states", "Package: make\nAuto-Installed: 1\n")
    assert tree.gained("makefile", workdir="/app") == set(), "something else needs it"


def test_a_word_of_every_day_brings_a_small_program_alone(tree: ImageTree) -> None:
    """`join = "sort"`: a script would bring its interpreter, and heavy libraries are too much."""
    tree.compile("/usr/bin/sort", "int main(void) { return 0; }")
    tree.add("/usr/bin/date", "#!/usr/bin/perl\n", mode=0o755)
    tree.package("tools", "/usr/bin/sort", "/usr/bin/date")
    tree.add("/etc/shop.conf", "order = sort\nstamp = date\n")
    gained = tree.gained("mentions", *seen("/etc/shop.conf"))
    assert "/usr/bin/sort" in gained
    assert "/usr/bin/date" not in gained


def test_a_program_weighs_what_its_libraries_read(tree: ImageTree) -> None:
    """`file` has 30 kB, and 8 MB of magic behind a library."""
    library = "/usr/lib/libmagic.so.1"
    tree.compile(library, "int g(void) { return 1; }", "-Wl,-soname,libmagic.so.1", shared=True)
    use = "extern int g(void); int main(void) { return g(); }"
    tree.compile("/usr/bin/file", use, f"{{root}}{library}")
    tree.package("file", "/usr/bin/file", library)
    tree.add("/usr/lib/file/magic.mgc", "magic")
    tree.link("/usr/share/misc/magic.mgc", "../../lib/file/magic.mgc")
    tree.add("/etc/shop.conf", "kind = file\n")
    assert "/usr/bin/file" in tree.gained("mentions", *seen("/etc/shop.conf"))
    tree.add("/usr/lib/file/magic.mgc", bytes(300_000))
    assert "/usr/bin/file" not in tree.gained("mentions", *seen("/etc/shop.conf"))


def test_a_program_is_not_there_because_of_itself(tree: ImageTree) -> None:
    source = '#include <unistd.h>\nint main(void) { execlp("tool", "talk", (char *)0); }'
    tree.compile("/usr/bin/tool", source)
    tree.link("/usr/bin/talk", "tool")
    kept = tree.decide(*seen("/usr/bin/tool", access=Access.EXECUTE), strategy=Strategy.BALANCED)
    assert {each.rule for each in kept.reasons["/usr/bin/tool"]} == {"trace"}
    assert "mentions" not in {each.rule for each in kept.reasons["/usr/bin/talk"]}


def test_a_link_that_was_looked_at_starts_nothing(tree: ImageTree) -> None:
    """`ls -l /usr/lib` looks at `/usr/lib/cpp`: a compiler is no use to anybody yet."""
    tree.compile("/usr/bin/cc", '#include <unistd.h>\nint main(void) { execlp("linker", "", 0); }')
    tree.compile("/usr/bin/linker", "int main(void) { return 0; }")
    tree.compile("/usr/bin/cov", "int main(void) { return 0; }")
    tree.package("gcc", "/usr/bin/cc", "/usr/bin/cov")
    tree.package("binutils", "/usr/bin/linker")
    tree.link("/usr/lib/cpp", "/etc/alternatives/cpp")
    tree.link("/etc/alternatives/cpp", "/usr/bin/cc")
    looked_at = seen("/usr/lib/cpp", access=Access.LOOKUP)
    kept = tree.decide(*looked_at, strategy=Strategy.BALANCED).reasons
    assert "/usr/bin/cc" in kept, "the link leads somewhere"
    assert kept.keys().isdisjoint(("/usr/bin/linker", "/usr/bin/cov"))
    ran = seen("/usr/bin/cc", access=Access.EXECUTE)
    kept = tree.decide(*looked_at, *ran, strategy=Strategy.BALANCED).reasons
    assert {"/usr/bin/linker", "/usr/bin/cov"} <= kept.keys()


def test_a_name_that_a_package_shares_with_the_one_that_it_links_to(tree: ImageTree) -> None:
    """Debian's `python3` is a link in python3-minimal, and leads into python3.11-minimal."""
    tree.compile("/usr/bin/python3.11", LARGE)
    tree.link("/usr/bin/python3", "python3.11")
    tree.add("/usr/bin/py3clean", "#!/usr/bin/python3\n", mode=0o755)
    tree.package("python3.11-minimal", "/usr/bin/python3.11", fields="Section: python\n")
    about = "Source: python3-defaults\nSection: python\n"
    needs = f"{about}Depends: python3.11-minimal\n"
    tree.package("python3-minimal", "/usr/bin/python3", fields=needs)
    tree.package("python3", "/usr/bin/py3clean", fields=f"{about}Depends: python3-minimal\n")
    automatic = "Package: {}-minimal\nArchitecture: all\nAuto-Installed: 1\n\n"
    states = "".join(map(automatic.format, ("python3", "python3.11")))
    tree.add("/var/lib/apt/extended_states", states)
    tree.add("/app/bridges.json", '{"sums": ["python3", "sums"]}')
    assert "/usr/bin/python3.11" in tree.gained("mentions", *seen("/app/bridges.json"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"text": ["perl", "text.inc"]}', True),
        ("text: [perl, jobs/text]\n", True),
        ('{"languages": ["perl", "python3"], "about": ["sums", "perl", "text.inc"]}', False),
        ('{"formats": ["view", "text.inc"]}', False),
    ],
)
def test_a_list_in_settings_that_begins_with_an_interpreter_and_a_file(
    tree: ImageTree, text: str, kept: bool
) -> None:
    for name in ("perl", "view"):
        tree.compile(f"/usr/bin/{name}", LARGE)
        tree.package(f"{name}-base", f"/usr/bin/{name}", fields="Essential: yes\n")
    tree.add("/app/jobs.yaml", text)
    gained = tree.gained("mentions", *seen("/app/jobs.yaml"))
    assert ("/usr/bin/perl" in gained) == kept
    assert "/usr/bin/view" not in gained


def test_a_package_without_files_stands_for_what_it_depends_on(tree: ImageTree) -> None:
    """As a package does that only chooses one of several."""
    tree.compile("/usr/bin/view", LARGE)
    tree.package("editor-nox", "/usr/bin/view", fields="Section: editors\n")
    tree.add("/usr/share/doc/editor/copyright")
    tree.link("/usr/bin/view.default", "view")
    needs = "Section: editors\nDepends: editor-nox\n"
    paths = ("/usr/share/doc/editor/copyright", "/usr/bin/view.default")
    tree.package("editor", *paths, fields=needs)
    automatic = "Package: editor-nox\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/app/tools.json", '{"text": ["view", "page.inc"]}')
    assert "/usr/bin/view" in tree.gained("mentions", *seen("/app/tools.json"))


def test_what_a_package_depends_on_may_be_the_package_of_a_link(tree: ImageTree) -> None:
    """`mail` starts `/usr/sbin/sendmail`, which is msmtp with heavy libraries."""
    source = '#include <unistd.h>\nint main(void) { execlp("/usr/bin/post", "post", (char *)0); }'
    tree.compile("/usr/bin/letter", source)
    library = "/usr/lib/libtls.so"
    tree.compile(library, "char ballast[5000000] = {1};", shared=True)
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    tree.compile("/usr/bin/light-post", use, "-L{root}/usr/lib", "-ltls")
    tree.link("/usr/bin/post", "light-post")
    tree.package("tls", library)
    tree.package("light-post", "/usr/bin/light-post")
    tree.package("light-post-mta", "/usr/bin/post", fields="Provides: post-agent\n")
    tree.package("letter", "/usr/bin/letter", fields="Depends: big-mta | post-agent\n")
    ran = seen("/usr/bin/letter", access=Access.EXECUTE)
    assert "/usr/bin/light-post" in tree.gained("mentions", *ran)


def test_a_program_of_a_dependency_says_who_needs_it(tree: ImageTree) -> None:
    """`dot` comes with libgvc6, which nobody has installed by name."""
    tree.compile("/usr/bin/dot", "int main(void) { return 0; }")
    tree.compile("/usr/bin/graph", "int main(void) { return 0; }")
    tree.package("libgvc6", "/usr/bin/dot", fields="Source: graphviz\nSection: libs\n")
    tree.package("graphviz", "/usr/bin/graph", fields="Depends: libgvc6\nSection: graphics\n")
    automatic = "Package: libgvc6\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/app/main")
    kept = tree.decide(*seen("/app/main"), strategy=Strategy.BALANCED).reasons
    told = {path: kept[path][0].detail for path in ("/usr/bin/dot", "/usr/bin/graph")}
    assert told == {
        "/usr/bin/dot": "a small program of libgvc6, which graphviz needs, "
        "and that was installed by name",
        "/usr/bin/graph": "a small program of graphviz, which was installed by name",
    }


def test_modules_of_a_language_without_a_rule_stay_though_scripts_are_packed_with_them(
    tree: ImageTree,
) -> None:
    paths = ("/usr/share/tcltk/tcllib/json.tcl", "/usr/bin/page")
    for path in paths:
        tree.add(path, mode=0o755)
    tree.package("tcllib", *paths, fields="Section: libs\n")
    tree.add("/var/lib/apt/extended_states", "")
    tree.add("/app/main")
    gained = tree.gained("requested-packages", *seen("/app/main"))
    assert gained & set(paths) == {"/usr/share/tcltk/tcllib/json.tcl"}


CALL = "const {execSync} = require('child_process'); execSync('pdftotext a.pdf')"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/app/package-lock.json", '{"packages": {"x": {"dependencies": {"pdftotext": "^1"}}}}'),
        ("/app/node_modules/late/jakefile.js", CALL),
        ("/app/node_modules/late/webpack.prod.config.js", CALL),
    ],
)
def test_names_for_package_managers_and_developers_start_nothing(
    tree: ImageTree, path: str, text: str
) -> None:
    tree.add("/app/node_modules/late/package.json", "{}")
    tree.add(path, text)
    assert "/usr/bin/pdftotext" not in tree.gained("mentions", *seen(path))
    tree.add("/app/node_modules/late/index.js", CALL)
    assert "/usr/bin/pdftotext" in tree.gained("mentions", *seen("/app/node_modules/late/index.js"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/app/.venv/lib/python3/site-packages/git/cmd.py", "git_exec_name = 'git'  # subprocess"),
        ("/app/node_modules/simple-git/dist/cjs/index.js", "child_process.spawn('git', args)"),
        ("/var/lib/gems/3.1.0/gems/git-1.13.0/lib/git/base.rb", "Open3.capture3('git', *args)"),
        ("/app/vendor/czproject/git-php/src/Git.php", "proc_open('git status', $d, $p)"),
    ],
)
def test_a_tool_of_developers_is_for_the_package_that_is_named_for_it(
    tree: ImageTree, path: str, text: str
) -> None:
    tree.add("/usr/bin/git", b"", 0o755)
    for landmark in ("node_modules/x/package.json", "vendor/composer/installed.json"):
        tree.add(f"/app/{landmark}", "{}")
    tree.add("/var/lib/gems/3.1.0/specifications/x.gemspec")
    other = path.replace("git", "pbr")
    tree.add(other, text)
    assert "/usr/bin/git" not in tree.gained("mentions", *seen(other))
    tree.add(path, text)
    assert "/usr/bin/git" in tree.gained("mentions", *seen(path))


def test_a_name_alone_in_a_packaged_text_brings_no_language(tree: ImageTree) -> None:
    """`prosodyctl adduser` is a command of its own; Debian's adduser is a script in Perl."""
    text = 'os.execute("true")\nlocal order = { "enlist"; "dismiss" }\n'
    tree.add("/usr/bin/chatctl", f"#!/usr/bin/lua\n{text}", mode=0o755)
    tree.add("/usr/bin/enlist", "#!/usr/bin/perl\n", mode=0o755)
    for path in ("/usr/bin/lua", "/usr/bin/perl", "/usr/bin/dismiss"):
        tree.add(path, mode=0o755)
    tree.package("chat", "/usr/bin/chatctl")
    tree.package("people", "/usr/bin/enlist")
    ran = seen("/usr/bin/chatctl", "/usr/bin/lua", access=Access.EXECUTE)
    assert tree.gained("mentions", *ran) == {"/usr/bin/dismiss"}
    tree.add("/app/report", "#!/usr/bin/perl\n", mode=0o755)
    kept = seen("/app/report", access=Access.LOOKUP)
    assert tree.gained("mentions", *ran, *kept) == {"/usr/bin/dismiss", "/usr/bin/enlist"}


def test_a_module_of_the_distribution_looks_for_what_was_installed_by_name(tree: ImageTree) -> None:
    """Octave prints by Ghostscript, of which it has the name alone."""
    module = "/usr/share/octave/7.3.0/m/plot/private/parse.m"
    tree.add(module, 'gs = file_in_path (getenv ("PATH"), {"gs", "gs.exe"}); x = {"qq"};')
    tree.package("octave-common", module)
    for name in ("gs", "qq"):
        tree.compile(f"/usr/bin/{name}", "int main(void) { return 0; }")
        tree.package(f"package-{name}", f"/usr/bin/{name}")
        with (tree.root / f"usr/bin/{name}").open("r+b") as file:
            file.truncate(13_000_000)  # no small tool, which would be kept anyway
    automatic = "".join(
        f"Package: {name}\nArchitecture: all\nAuto-Installed: 1\n\n"
        for name in ("octave-common", "package-qq")
    )
    tree.add("/var/lib/apt/extended_states", automatic)
    gained = tree.gained("mentions", *seen(module))
    assert "/usr/bin/gs" in gained
    assert "/usr/bin/qq" not in gained


def test_an_application_of_the_distribution_looks_for_what_was_installed_by_name(
    tree: ImageTree,
) -> None:
    """Redmine makes its previews with `gs`; here the program lies behind an alternative."""
    source = "/usr/share/tracker/lib/thumbnail.rb"
    tree.add(source, "BIN = (Configuration['bin'] || 'transform').freeze\nsystem(cmd)\n")
    tree.package("tracker", source)
    tree.compile("/usr/bin/transform-6", "int main(void) { return 0; }")
    tree.package("magick-6", "/usr/bin/transform-6", fields="Source: magick\n")
    tree.package("magick", fields="Depends: magick-6\n")
    tree.link("/usr/bin/transform", "/etc/alternatives/transform")
    tree.link("/etc/alternatives/transform", "/usr/bin/transform-6")
    with (tree.root / "usr/bin/transform-6").open("r+b") as file:
        file.truncate(13_000_000)
    automatic = "Package: magick-6\nArchitecture: all\nAuto-Installed: 1\n\n"
    tree.add("/var/lib/apt/extended_states", automatic)
    at_work = {"config": {"WorkingDir": "/usr/share/tracker"}}
    assert "/usr/bin/transform" in tree.gained("mentions", *seen(source), **at_work)
    assert "/usr/bin/transform" not in tree.gained("mentions", *seen(source))


def test_a_word_of_every_day_is_light_where_its_libraries_are_kept_anyway(tree: ImageTree) -> None:
    """A program of Go loads no C library, and the shell beside it has one all the same."""
    library = "/usr/lib/libbase.so"
    tree.compile(library, "char ballast[500000] = {1};", shared=True)
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    for name in ("sort", "interpreter"):
        tree.compile(f"/usr/bin/{name}", use, "-L{root}/usr/lib", "-lbase")
    tree.package("tools", library, "/usr/bin/sort")
    tree.package("runtime", "/usr/bin/interpreter")
    automatic = "".join(f"Package: {n}\nAuto-Installed: 1\n\n" for n in ("tools", "runtime"))
    tree.add("/var/lib/apt/extended_states", automatic)
    tree.add("/etc/shop.conf", "order = sort\n")
    read = seen("/etc/shop.conf")
    assert "/usr/bin/sort" not in tree.decide(*read, strategy=Strategy.BALANCED).reasons
    tree.add("/app/run", "#!/usr/bin/interpreter\n", mode=0o755)
    read += seen("/app/run", access=Access.LOOKUP)
    kept = tree.decide(*read, strategy=Strategy.BALANCED).reasons
    assert "mentions" in {each.rule for each in kept["/usr/bin/sort"]}


def test_basic_tools_are_light_where_the_shell_has_their_library(tree: ImageTree) -> None:
    library = "/usr/lib/libbase.so"
    tree.compile(library, "char ballast[2000000] = {1};", shared=True)
    use = "extern char ballast[]; int main(void) { return ballast[0]; }"
    for path in ("/bin/sh", "/usr/bin/cat"):
        tree.compile(path, use, "-L{root}/usr/lib", "-lbase")
    tree.add("/app/run", "#!/bin/sh\n", mode=0o755)
    assert "/usr/bin/cat" in tree.gained("basic-tools", *seen("/app/run"))


@pytest.mark.parametrize("folder", ["/usr/src/app", "/usr/local/src/shop", "/tmp/shop"])
def test_an_application_may_lie_among_sources(tree: ImageTree, folder: str) -> None:
    """`WORKDIR /usr/src/app` is where many a Node application lies."""
    tree.package("jq")
    tree.add(f"{folder}/pipeline.json", '{"steps": [["tool", "$FILE"]]}')
    read = seen(f"{folder}/pipeline.json")
    assert "/usr/bin/tool" in tree.gained("mentions", *read, workdir=folder)
    assert "/usr/bin/tool" not in tree.gained("mentions", *read)
