"""Templates as Jinja has compiled them, kept where Python keeps its compiled modules: in a folder
`__pycache__` beside them. To compile them takes 0.2 s, which each build would spend."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from slimmer import __version__


class CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """Of one package's folder `templates`. As with modules, who may write there has installed the
    package; for others, and where PYTHONDONTWRITEBYTECODE is set, nothing is kept. What cannot be
    read, or was made from another text or by another version, is compiled anew."""

    def __init__(self, package: str) -> None:
        self._folder = Path(str(resources.files(package) / "templates" / "__pycache__"))
        super().__init__(str(self._folder))

    def get_source_checksum(self, source: str) -> str:
        """Jinja's own is of the text alone."""
        return super().get_source_checksum(f"{jinja2.__version__} {__version__} {source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Leaves the bucket empty where there is nothing of use."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever a garbled file makes of itself
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Whole or not at all."""
        if sys.dont_write_bytecode or not self._folder.parent.is_dir():
            return
        try:
            self._folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return
