"""The application's own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slimmer.files import is_below, name_of, parent_of
from slimmer.keep.own_files import LEFT_OVER
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType

# Where distributions and installers put their files. An application that lies in one of them is
# no directory of its own, and what of it is needed cannot be told from its place.
SYSTEM_DIRECTORIES = frozenset(
    (
        *("/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32"),
        *("/media", "/mnt", "/nix", "/opt", "/proc", "/root", "/run", "/sbin", "/snap", "/srv"),
        *("/sys", "/tmp", "/usr", "/usr/bin", "/usr/games", "/usr/include", "/usr/lib"),
        *("/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/libx32", "/usr/local"),
        *("/usr/local/bin", "/usr/local/etc", "/usr/local/games", "/usr/local/include"),
        *("/usr/local/lib", "/usr/local/lib64", "/usr/local/libexec", "/usr/local/man"),
        *("/usr/local/sbin", "/usr/local/share", "/usr/local/src", "/usr/sbin", "/usr/share"),
        *("/usr/src", "/var", "/var/cache", "/var/lib", "/var/local", "/var/log", "/var/mail"),
        *("/var/opt", "/var/run", "/var/spool", "/var/tmp", "/var/www", "/lost+found"),
    )
)
# Nothing below these is an application's: its data at most, which VOLUMEs and the trace show.
NEVER_BELOW = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/media"),
    *("/mnt", "/nix", "/proc", "/run", "/sbin", "/snap", "/sys", "/tmp", "/usr/bin"),
    *("/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/libx32"),
    *("/usr/sbin", "/usr/local/bin", "/usr/local/etc", "/usr/local/games"),
    *("/usr/local/include", "/usr/local/lib", "/usr/local/lib64", "/usr/local/libexec"),
    *("/usr/local/man", "/usr/local/sbin", "/usr/local/share", "/var/cache", "/var/lib"),
    *("/var/lock", "/var/log", "/var/mail", "/var/run", "/var/spool", "/var/tmp"),
)


def own_entries(context: Context, root: str) -> Iterator[Entry]:
    """What an application has in its directory: all but environments of languages, version
    control, caches and left-overs. Directories as well: programs look for empty ones."""
    for entry in context.index.subtree(root):
        if context.environments.contains(entry.path):
            continue
        if entry.type is not EntryType.FILE or not entry.path.endswith(LEFT_OVER):
            yield entry


def application_files(context: Context) -> frozenset[str]:
    """The regular files among the application's own, whether the strategy keeps them or not."""
    wants = ApplicationRule(context).begin()
    return frozenset(want.path for want in wants if context.index.is_file(want.path))


class ApplicationRule(Rule):
    """An application is where its code lies: WORKDIR, and the topmost directory, outside of those
    of the system, around each file that was seen and that no distribution package owns. A
    directory in which such a package has a file is the distribution's, and none of its parents is
    an application (`/usr/share/nginx`, but `/usr/share/nginx/shop` may be one)."""

    name = "application"
    summary = "the application's own files: WORKDIR and the directories of the code that was seen"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._packages = context.request.packages
        self._packaged = self._packages.directories if self._packages else frozenset[str]()

    def begin(self) -> Iterable[Want]:
        for root, because in sorted(self._roots().items()):
            detail = f"part of the application in {root}: {because}"
            for entry in own_entries(self.context, root):
                yield Want(path=entry.path, detail=detail, bystander=True)

    def _roots(self) -> dict[str, str]:
        """Directory → why it is taken for an application's, in words."""
        roots: dict[str, str] = {}
        workdir = self.context.index.real_path(self.context.request.working_directory)
        # A WORKDIR may lie where no application is looked for, /usr/local/lib/shop.
        if workdir and workdir not in SYSTEM_DIRECTORIES | {"/", "/root"}:
            roots[workdir] = "the working directory"
        elif workdir == "/root":
            roots |= dict.fromkeys(self._visible(workdir), "in the working directory")
        for path in sorted(self.context.seen):
            if any(is_below(path, root) for root in roots) or self._is_foreign(path):
                continue
            root = self._root_of(path)
            if root:
                roots = {other: why for other, why in roots.items() if not is_below(other, root)}
                roots[root] = f"{path} was seen"
        return roots

    def _visible(self, folder: str) -> list[str]:
        children = self.context.index.children(folder)
        return [entry.path for entry in children if not name_of(entry.path).startswith(".")]

    def _is_foreign(self, path: str) -> bool:
        if any(is_below(path, folder) for folder in NEVER_BELOW):
            return True
        if self._packages is not None and self._packages.owner(path) is not None:
            return True
        # Without a package database all data of the distribution would look like nobody's.
        if not self._packaged and is_below(path, "/usr/share"):
            return True
        return self.context.environments.surround(path)

    def _root_of(self, path: str) -> str:
        """The topmost directory above a file that is neither the system's nor holds a packaged
        file; empty where there is none, as for a file in `/` or in `/usr/share` itself."""
        root = ""
        folder = parent_of(path)
        while folder not in SYSTEM_DIRECTORIES and folder != "/" and folder not in self._packaged:
            root = folder
            folder = parent_of(folder)
        # A home directory is no application, what lies in it may be one.
        if parent_of(root) == "/home" or root == "/root":
            below = path[len(root) + 1 :].partition("/")
            return f"{root}/{below[0]}" if below[1] else path
        return root
