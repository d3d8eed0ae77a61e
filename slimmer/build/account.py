"""What the report tells of a packed image, worked out while it is tested."""

from __future__ import annotations

from collections.abc import Sequence

from slimmer.build.values import Account, Foundation, OriginalFiles, TracedOriginal
from slimmer.metadata import PackageMetadata
from slimmer.report import first_uses, measure_coverage, take_inventory
from slimmer.values import LayerPlan


def give_account(
    traced: TracedOriginal,
    files: OriginalFiles,
    metadata: PackageMetadata,
    plans: Sequence[LayerPlan],
    foundation: Foundation | None,
) -> Account:
    """Of the slim image with these layers."""
    generated = tuple(metadata.entries.values())
    own = foundation.overlay.of_base if foundation is not None else frozenset()
    shared = foundation.overlay.shared if foundation is not None else frozenset()
    of_base = tuple(each for each in generated if each.path in own and each.path not in shared)
    made = tuple(each for each in generated if each.path not in own)
    first_use = first_uses(traced.trace, files.index, traced.first_probes)
    return Account(
        generated=made,
        of_base=of_base,
        first_use=first_use,
        coverage=measure_coverage(
            traced.trace,
            metadata.keep,
            files.index,
            files.package_name,
            first_use,
            traced.first_probes,
        ),
        inventory=take_inventory(
            tuple(files.index),
            metadata.keep,
            plans=plans,
            generated=made,
            of_base=of_base,
            installed=metadata.installed,
            package=files.package_name,
            first_use=first_use,
        ),
    )
