"""What a text is there for, by its name: to be executed, to be read as settings, to be shown."""

from __future__ import annotations

import re

from slimmer.files import name_of, parent_of

SOURCES = re.compile(
    r".*\.(?:py|[cm]?[jt]sx?|rb|php|pl|pm|lua|jl|r|ex|exs|erl|tcl|scm|clj|groovy|m|rkt|ss|sld|lisp"
    r"|lsp|cl|asd|raku|rakumod|hy|fnl)",
    re.I,
)
"""Sources of languages that may start programs."""

_SHOWN = re.compile(
    r".*\.(?:html?|css|svg|csv|tsv|md|rst|map|lock|po|pot|sql|geojson|ndjson|log|pem|crt|d\.ts)",
    re.I,
)
# Other sources than those above, what builds and tests, templates, and texts for people.
_NO_SETTINGS = re.compile(
    r".*\.(?:[ch](?:pp|xx|c|h)?|go|rs|java|kt|cs|swift|hs|mli?|el|awk|vue|svelte|sh|bash|zsh|fish"
    r"|txt|dat|data|tmpl|tpl|erb|j2|jinja2?|mustache|hbs|ejs|pug|twig|mk|cmake|gradle|feature|snap)"
    r"|(?:README|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CHANGE|HISTORY|NEWS|TODO|INSTALL|THANKS).*"
    r"|(?:Rake|Gem|Pod|Brew|Cap|Guard|Just|Task)file.*"
    r"|\.(?:git|docker|npm|eslint|prettier|editorconfig|babel|gitlab|travis|nvm)[\w.-]*"
    r"|\.(?:bashrc|bash_\w+|profile|zshrc|zprofile|kshrc|cshrc|login|vimrc|inputrc)",
    re.I,
)
# Settings that something fills in first: `app.yml.erb`, `nginx.conf.tmpl`.
_FILLED_IN = re.compile(
    r".+\.(?:ya?ml|json|toml|ini|conf|cnf|cfg|properties|env|xml)\.(?:erb|j2|jinja2?|tmpl|tpl"
    r"|mustache|hbs|ejs|dist|in)",
    re.I,
)
# What package managers read: names of packages, many of which are names of programs.
_MANIFESTS = re.compile(
    r"(?:package|composer|bower|lerna|tsconfig|jsconfig|deno|bun)[\w.-]*\.jsonc?|pyproject\.toml"
    r"|setup\.cfg|cargo\.toml|pnpm-\w+\.yaml|(?:docker-)?compose[\w.-]*\.ya?ml|.*[.-]lock[\w.]*"
    r"|tox\.ini|pytest\.ini|mypy\.ini",
    re.I,
)
_MAKEFILE = re.compile(r"(?:GNU)?makefile|.*\.mk", re.I)
# The image's author has not written them, though no package owns them: scripts of packages have.
_OF_THE_SYSTEM = frozenset(
    (
        *("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/shells", "/etc/fstab"),
        *("/etc/subuid", "/etc/subgid", "/etc/profile", "/etc/networks", "/etc/nsswitch.conf"),
        *("/etc/ca-certificates.conf", "/etc/locale.gen", "/etc/environment", "/etc/motd"),
        *("/etc/hosts", "/etc/protocols", "/etc/services", "/etc/default/locale"),
    )
)
_FOLDERS_OF_THE_SYSTEM = ("/etc/pam.d", "/etc/security", "/etc/alternatives", "/etc/apt")
# Copied from /etc/skel into every home directory; made of all fonts of a directory.
_MADE_EVERYWHERE = frozenset(
    (
        *(".bashrc", ".bash_logout", ".profile"),
        *("fonts.dir", "fonts.scale", "fonts.alias", "encodings.dir"),
    )
)
# `COPY . .` brings the recipe of the image itself along.
_OF_DEVELOPERS = re.compile(
    r".*/(?:\.(?:github|gitlab|circleci|devcontainer|vscode|idea|husky)/.*"
    r"|(?:Docker|Container|Jenkins|Vagrant)file[^/]*|[^/]+\.(?:docker|container)file)",
    re.I,
)


# What only a package's own developers run, or what configures their tools.
_TASKS = re.compile(
    r"(?:jake|grunt|gulp|cake|rake|nox|fab)file(?:\.\w+)*|conftest\.py"
    r"|(?:webpack|rollup|karma|jest|vite|vitest|babel|eslint|esbuild|tsup|playwright|cypress)[\w.-]*"
    r"\.conf(?:ig)?\.[cm]?[jt]s",
    re.I,
)


def is_shown(path: str) -> bool:
    """Whether the text is data, or for people, and nothing in it is started or opened."""
    return bool(_SHOWN.fullmatch(name_of(path)))


def is_settings(path: str) -> bool:
    """Whether some program may read the text as its settings, whatever the format."""
    name = name_of(path)
    is_no_setting = _NO_SETTINGS.fullmatch(name) and not _FILLED_IN.fullmatch(name)
    return not (
        SOURCES.fullmatch(name)
        or is_no_setting
        or _MAKEFILE.fullmatch(name)
        or is_of_developers(path)
    )


def has_names_of_packages(path: str) -> bool:
    """Whether a name in these settings is that of a package, not of a program."""
    return bool(_MANIFESTS.fullmatch(name_of(path)))


def is_for_tasks(path: str) -> bool:
    """Whether it is, in a dependency, what only those run who develop it."""
    return bool(_TASKS.fullmatch(name_of(path)))


def is_makefile(path: str) -> bool:
    """Whether make reads it."""
    return bool(_MAKEFILE.fullmatch(name_of(path)))


def is_of_developers(path: str) -> bool:
    """Whether it belongs to what builds and tests somewhere else."""
    return bool(_OF_DEVELOPERS.fullmatch(path))


def is_of_the_system(path: str) -> bool:
    """Whether it is one of the tables that a distribution makes for itself."""
    return (
        path in _OF_THE_SYSTEM
        or parent_of(path) in _FOLDERS_OF_THE_SYSTEM
        or name_of(path) in _MADE_EVERYWHERE
    )
