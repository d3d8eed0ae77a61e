"""What a finished image was seen to miss."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.keep.engine_paths import is_engine_artefact
from slimmer.keep.ledger import REPAIR
from slimmer.keep.rule import Rule, Want
from slimmer.values import EntryType


class RepairRule(Rule):
    """Asked for as the trace's paths are: where the path itself does not exist, it was the
    directories up to it that were missing."""

    name = REPAIR
    summary = "what the slim image missed while its smoke test failed"

    def begin(self) -> Iterable[Want]:
        for repair in self.context.request.repairs:
            yield Want(path=repair.path, detail=repair.detail, even_if_missing=True)
            top = self.context.index.resolve(repair.path).entry
            if not repair.whole or top is None or top.type is not EntryType.DIRECTORY:
                continue
            for entry in self.context.index.subtree(top.path):
                if entry is not top and not is_engine_artefact(entry):
                    yield Want(path=entry.path, detail=repair.detail, because=top.path)
