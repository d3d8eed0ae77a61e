"""What makes a directory a Python environment."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.files import ancestors, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Want
from slimmer.values import Entry


class PythonEnvironmentRule(AwaitedFoldersRule):
    """`pyvenv.cfg` tells Python where it is; scripts start `bin/python3` as well as `bin/python`,
    or source `bin/activate`. A conda prefix has all of this without `pyvenv.cfg`."""

    name = "python-environment"
    summary = "pyvenv.cfg, activation scripts and names of Python in environments that were used"
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        for name in ("pyvenv.cfg", "conda-meta"):
            yield from map(parent_of, self.context.named.get(name, ()))

    def asked_by(self, entry: Entry) -> Iterable[str]:
        """Links and directories count as well: `bin/python` is a link out of the environment."""
        return self.waiting.intersection(ancestors(entry.path))

    def content(self, folder: str, because: str) -> Iterable[Want]:
        detail = f"the Python environment {folder}"
        for path in (f"{folder}/pyvenv.cfg", f"{folder}/lib64"):
            yield Want(path=path, detail=detail, because=because)
        for program in self.context.index.children(f"{folder}/bin"):
            if name_of(program.path).startswith(("python", "activate")):
                yield Want(path=program.path, detail=detail, because=because)
