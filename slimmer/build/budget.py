"""`--max-size`: a slim image that is too large, with what is large in it and why."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.build.job import Job
from slimmer.build.values import Assembly, OriginalFiles, TracedOriginal
from slimmer.errors import BudgetError
from slimmer.values import Access, ImageKind


def keep_to_budget(
    job: Job, traced: TracedOriginal, files: OriginalFiles, assembly: Assembly
) -> None:
    """Raises BudgetError where the slim image is larger than the user wants it to be."""
    budget = job.options.max_size
    size = sum(layer.size for layer in assembly.images[ImageKind.SLIM].layers)
    if budget is not None and size > budget:
        raise BudgetError(
            f"the slim image has {size:,} bytes, {size - budget:,} more than its budget",
            hint="raise --max-size, or leave out what is not needed with --exclude",
            details="\n".join(_explanation(job, traced, files, assembly)),
        )


def _explanation(
    job: Job, traced: TracedOriginal, files: OriginalFiles, assembly: Assembly
) -> Iterator[str]:
    """As `slim check` tells it. Only a build that fails here pays for loading it."""
    from slimmer.check import (
        FileShare,
        by_strategy,
        explain_size,
        explanation_lines,
        sizes_by_strategy,
    )
    from slimmer.report import content_sizes

    index, metadata = files.index, assembly.metadata
    opened = {
        index.real_path(seen.path)
        for seen in traced.trace.sightings
        if seen.access in (Access.OPEN, Access.EXECUTE)
    }
    owners: dict[str, tuple[str, str]] = {}
    for package in metadata.installed:
        for path in package.files:
            owners.setdefault(path, (package.type, f"{package.name} {package.version}".strip()))
    entry = metadata.entry(index.get)
    entries = [found for path in metadata.keep.reasons if (found := entry(path)) is not None]
    sizes = content_sizes(entries, metadata.keep.reasons)
    explanation = explain_size(
        (
            FileShare(path=path, size=size, package=owners.get(path), used=path in opened)
            for path, size in sizes.items()
        ),
        strategies=by_strategy(
            sizes_by_strategy(job.options.strategy, metadata.keep.reasons, sizes)
        ),
    )
    yield from explanation_lines(explanation)
