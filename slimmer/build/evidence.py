"""Bills of materials beside the report, and what was asked for beside them: VEX, SPDX, and the list
of what is used first."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from slimmer.build.assemble import subject_of
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.values import Assembly, Bills, OriginalFiles
from slimmer.disk import write_result
from slimmer.evidence import (
    ORIGINAL_SBOM_NAME,
    SBOM_NAME,
    SPDX_NAME,
    ImageFiles,
    VexSubject,
    compose_spdx,
    judge,
    parse_bill,
    prefetch_list,
    read_scan,
    vex_document,
    vex_form,
)
from slimmer.values import EntryType, ImageKind, PackedImage
from slimmer.words import count


def write_evidence(
    job: Job, folder: Path, assembly: Assembly, files: OriginalFiles
) -> dict[str, str]:
    """Bills into the folder, from where they go beside the report, and the rest where the user
    wants it; returns the places."""
    bills = assembly.bills.result()
    slim = assembly.images[ImageKind.SLIM]
    options, directory = job.options, job.report_directory
    (folder / SBOM_NAME).write_bytes(bills.slim)
    (folder / ORIGINAL_SBOM_NAME).write_bytes(bills.original)
    written = {
        "sbom": str(directory / SBOM_NAME),
        "sbom_original": str(directory / ORIGINAL_SBOM_NAME),
    }
    if options.spdx:
        subject = subject_of(job, job.slim_name, slim.config_digest)
        document = compose_spdx(subject, bills.packages, assembly.metadata.system, _created(slim))
        (folder / SPDX_NAME).write_bytes(document)
        written["spdx"] = str(directory / SPDX_NAME)
    if options.scan is not None and options.vex is not None:
        _write_vex(job, options.scan, options.vex, assembly, bills, files)
        written["vex"] = str(options.vex)
    if options.export_prefetch is not None:
        plans = assembly.plans[ImageKind.SLIM]
        listed = prefetch_list(options.export_prefetch, bills.uses, plans, slim.manifest_digest)
        write_result(options.export_prefetch, listed, "writing the list of what is used first")
        written["prefetch"] = str(options.export_prefetch)
    return written


def _write_vex(
    job: Job, scan: Path, vex: Path, assembly: Assembly, bills: Bills, files: OriginalFiles
) -> None:
    bill = parse_bill(bills.original, ORIGINAL_SBOM_NAME)
    entry = assembly.metadata.entry(files.index.get)
    kept = frozenset(
        path
        for path in assembly.metadata.keep.reasons
        if (found := entry(path)) is not None and found.type is not EntryType.DIRECTORY
    )
    judged = judge(read_scan(scan).weaknesses, bill, ImageFiles(original=files.index, kept=kept))
    subject = VexSubject(
        reference=job.slim_name,
        manifest_digest=assembly.images[ImageKind.SLIM].manifest_digest,
    )
    moment = source_date_epoch()
    now = datetime.now(UTC) if moment is None else datetime.fromtimestamp(moment, UTC)
    document = vex_document(vex_form(vex), judged.claims, subject, bill, now)
    write_result(vex, document, "writing VEX")
    whole = len(judged.claims) + len(judged.open)
    job.notes.append(
        f"VEX: of {count(whole, 'finding')} in {scan} {len(judged.claims):,} are "
        f"not in the image; nothing is claimed of the other {len(judged.open):,}"
    )


def _created(image: PackedImage) -> datetime:
    """The image's own time, so that the same image has the same document."""
    told = json.loads(image.config).get("created") or "1970-01-01T00:00:00Z"
    return datetime.fromisoformat(told[:19]).replace(tzinfo=UTC)
