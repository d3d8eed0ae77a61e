"""Which packages were used, and which of their files are their own data, by the file system
hierarchy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.files import Package, PackageDatabase, is_below
from slimmer.keep.rule import Context
from slimmer.values import EntryType

PROGRAM_FOLDERS = (
    *("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/games"),
)
DEVELOPERS_TOOLS = frozenset(
    (
        *("bundler", "composer", "cpanminus", "dh-python", "luarocks", "npm", "pipx", "pylint"),
        *("python3-pip", "python3-pytest", "python3-virtualenv", "ruby-bundler", "tox"),
        *("virtualenv", "yarnpkg"),
    )
)
"""Packages of programs in a language that build and test what is written in it."""
_TOPS = ("/usr/share", "/usr/lib", "/usr/lib64", "/usr/libexec", "/lib", "/lib64")
_TRIPLET = re.compile(r"\w+-linux-(?:gnu|musl)\w*")
# Documentation, integration into desktops and shells, what builds other software, and what
# packages share. Languages, zones, locales and fonts have rules of their own.
_OTHERS = frozenset(
    (
        *("aclocal", "appdata", "applications", "apport", "autoconf", "base-files"),
        *("bash-completion", "bfd-plugins", "binfmts", "bug", "cmake", "common-licenses"),
        *("compat-ld", "dbus-1", "debconf", "debug", "debhelper", "dict", "doc", "doc-base"),
        *("dpkg", "emacs", "engines-3", "fish", "fontconfig", "fonts", "games", "gcc", "gconv"),
        *("gdb", "gir-1.0", "girepository-1.0", "glib-2.0", "gold-ld", "gtk-doc", "help", "i18n"),
        *("icons", "info", "init", "initramfs-tools", "java", "javascript", "jvm", "keyrings"),
        *("kernel", "ldscripts", "licenses", "lintian", "locale", "lsb", "man", "menu"),
        *("metainfo", "mime", "mime-info", "misc", "modprobe.d", "modules-load.d"),
        *("node_modules", "nodejs", "ossl-modules", "pam-configs", "perl", "perl-base", "perl5"),
        *("pixmaps", "pkgconfig", "polkit-1", "python-wheels", "python3", "rpm", "ruby", "sgml"),
        *("systemd", "systemtap", "sysusers.d", "tabset", "terminfo", "tmpfiles.d", "udev"),
        *("vala", "valgrind", "vim", "xml", "zoneinfo", "zsh"),
    )
)
# Of those, directories of the program of that name, in which others put what extends it.
_EXTENDED = frozenset(("emacs", "fish", "gdb", "valgrind", "vim", "zsh"))
_STATE_FOLDER = re.compile(r"(/var/(?:lib|www|spool)/[^/]+|/srv/[^/]+)/")
_LANGUAGE = re.compile(r"(?:pypy|python|ruby|perl|tcl|gcc|cargo|rust|go|ghc|ocaml)[\d.-]*")
_MODULE_OF_LANGUAGE = re.compile(
    r"/usr/(?:lib|share)/(?:[^/]+-linux-[^/]+/)?(?:python3/dist-packages|ruby/vendor_ruby|perl5|php"
    r"|nodejs|lua|tcltk|R/site-library|guile|common-lisp/source|octave)/"
)
# `.bc` is LLVM's bitcode, for a compiler at run time that is itself left out where it never ran.
# The others are OCaml's, for its native compiler and for editors.
_FOR_BUILDING = (
    *(".a", ".o", ".la", ".pc", ".prl", ".bc"),
    *(".cmx", ".cmxa", ".cmt", ".cmti"),
)
# Elsewhere they are what a program of the package reads: printers' drivers, sendmail's macros.
_HEADERS = re.compile(r"/(?:include|aclocal|CORE)/.*\.(?:h|m4)")
# Of the distribution's compilers, for debuggers and editors: SBCL's own have 23 MB.
_OWN_SOURCES = re.compile(r"/usr/(?:share|lib)/[^/]+-(?:source|src)/")
# Perl's `t` is one where its tests lie in it: elsewhere it may be a letter.
_TESTS = re.compile(r"(.*?/(?:tests?|t(?=/(?:[^/]+/)*[^/]+\.t$)))/")
# Sections of Debian, and ends of names everywhere, of what builds, debugs and documents.
_SECTIONS_FOR_BUILDING = (
    "devel",
    "libdevel",
    "doc",
    "debug",
    "kernel",
    "introspection",
    "localization",
)
_NAMES_FOR_BUILDING = (
    *("-dev", "-devel", "-doc", "-docs", "-dbg", "-dbgsym", "-headers", "-static", "-openrc"),
    "-venv",
)
_DOCUMENTATION = tuple(
    f"/usr/share/{name}"
    for name in (
        *("bug", "doc", "doc-base", "gtk-doc", "help", "info", "linda", "lintian", "locale"),
        *("man", "metainfo", "appdata"),
    )
)


def packages_of_programs(context: Context) -> dict[Package, str]:
    """Package → a program of it that ran, without the packages that the distribution installs
    everywhere."""
    packages = context.request.packages
    found: dict[Package, str] = {}
    if packages is None:
        return found
    for program in sorted(context.executed):
        package = packages.owner(program)
        if package is not None and not package.essential:
            found.setdefault(package, program)
    return found


def installed_to_be_run(context: Context, packages: PackageDatabase) -> frozenset[Package]:
    """Of what somebody has installed by name, with the parts of it, what is not there to build
    with: a text of the author's that names a program of theirs means that program. A package that
    has links and documentation alone stands for what it depends on: `php-cli` for `php8.2-cli`."""
    pending = [
        part
        for package in packages.packages
        # `cpp` is a part of `g++`, and nothing without it.
        if package.requested and not is_to_build_with(package)
        for part in packages.of_one_source(package)
    ]
    found: set[Package] = set()
    while pending:
        package = pending.pop()
        if package not in found and not package.essential and not is_to_build_with(package):
            found.add(package)
            if all(_says_nothing(context, path) for path in packages.files()[package]):
                pending += packages.dependencies(package)
    return frozenset(found)


def asked_for_to_be_run(context: Context, packages: PackageDatabase) -> dict[Package, Package]:
    """Package → the one that the image's author has installed by name, itself or another part of
    it, by name; without those to build with. What the image below brought is left out: its author
    thought of any application, and official images of languages have ImageMagick and ssh."""
    to_be_run = installed_to_be_run(context, packages)
    return {
        package: asked_for
        for package, asked_for in sorted(packages.asked_for.items(), key=lambda each: each[0].name)
        if package.name not in packages.base
        and package in to_be_run
        and not asked_for.was_there(context.request.base_finished)
    }


def private_folder(path: str, source: str = "") -> str:
    """The directory that belongs to one program or library, `/usr/share/postgresql` for
    `/usr/share/postgresql/15/a.sql`; empty where the path lies in none. To what was made of the
    source package also belongs the directory of its name that others extend."""
    for top in _TOPS:
        if path.startswith(top + "/"):
            first, slash, rest = path[len(top) + 1 :].partition("/")
            if slash and _TRIPLET.fullmatch(first):
                top = f"{top}/{first}"
                first, slash, _ = rest.partition("/")
            is_others = first in _OTHERS and not (first == source and first in _EXTENDED)
            if not slash or is_others or _LANGUAGE.fullmatch(first):
                return ""
            return f"{top}/{first}"
    return ""


def state_folder(path: str) -> str:
    """The same below /var and /srv: `/var/lib/mediawiki` for `/var/lib/mediawiki/index.php`."""
    match = _STATE_FOLDER.match(path)
    return match[1] if match else ""


def is_module_of_language(path: str) -> bool:
    """Whether the path is where a distribution puts modules of a language that are packed apart
    from the language itself."""
    return bool(_MODULE_OF_LANGUAGE.match(path))


def is_for_building(path: str) -> bool:
    """Whether only compilers, linkers and debuggers read this file."""
    if path.endswith(_FOR_BUILDING):
        return True
    return bool(_HEADERS.search(path) or _OWN_SOURCES.match(path))


def without_tests(paths: Iterable[str]) -> list[str]:
    """Of a package's files, those outside of the folders of tests below its own folders. They ask
    for what the package itself does not need: a PostgreSQL's are in Perl."""
    listed = list(paths)
    folders = {folder for path in listed if (folder := _folder_of_tests(path))}
    return [path for path in listed if not any(is_below(path, folder) for folder in folders)]


def _folder_of_tests(path: str) -> str:
    own = private_folder(path)
    match = _TESTS.match(path, len(own)) if own else None
    return own + match[1] if match else ""


def is_documentation(path: str) -> bool:
    """Manuals, documentation and translations of a distribution; not the licences, which must
    go with the binaries."""
    if path.endswith("/copyright"):
        return False
    return any(is_below(path, folder) for folder in _DOCUMENTATION)


def _says_nothing(context: Context, path: str) -> bool:
    """Whether a package that has only such files is there for what it depends on."""
    entry = context.index.get(path)
    is_link = entry is not None and entry.type is EntryType.SYMLINK
    return is_link or path.endswith("/copyright") or is_documentation(path)


def is_of_a_language_for_people(package: Package) -> bool:
    """Whether it has words of one: a dictionary, translations, sounds."""
    return package.section.rpartition("/")[2] == "localization"


def is_to_build_with(package: Package) -> bool:
    """Whether the package is there to build, debug or document something, by its section (which
    Debian tells) or its name."""
    section = package.section.rpartition("/")[2]
    return section in _SECTIONS_FOR_BUILDING or package.name.endswith(_NAMES_FOR_BUILDING)
