"""The values that travel between the stages: frozen, with units, and free of any behaviour
that needs an engine.

Paths are absolute inside the image, normalised (no `//`, `.` or `..`, no trailing slash but
for the root `/`), and decoded as UTF-8 with `surrogateescape`, so any byte sequence survives.
"""

from slimmer.values.answers import (
    Answer,
    Comparison,
    Difference,
    Fact,
    Headers,
    Part,
    ProbeResult,
    Recorded,
    Text,
    Verdict,
)
from slimmer.values.calls import CallUse
from slimmer.values.exploration import (
    ExplorationSummary,
    Fault,
    LeftOut,
)
from slimmer.values.files import (
    Content,
    Entry,
    EntryType,
    entry_of,
)
from slimmer.values.hardening import (
    Hardening,
    NeededCapability,
    PlaceKind,
    WritablePlace,
)
from slimmer.values.http import (
    HttpAnswer,
    HttpOrigin,
    HttpRequest,
)
from slimmer.values.image import (
    Compression,
    Layer,
    LayerPlan,
    PackedImage,
)
from slimmer.values.keepset import (
    HeavyOmission,
    KeepSet,
    Reason,
    Repair,
    Strategy,
    Unstartable,
)
from slimmer.values.measurements import (
    Measurements,
    StageTime,
)
from slimmer.values.original import (
    CopiedFiles,
    Original,
)
from slimmer.values.platforms import usual_platform
from slimmer.values.probes import (
    Capture,
    JsonExpectation,
    Probe,
)
from slimmer.values.run import (
    NetworkEndpoint,
    PortBinding,
    RunOptions,
    podman_tmpfs,
)
from slimmer.values.smoke import (
    Fidelity,
    ImageKind,
    SmokeOutcome,
    differs,
)
from slimmer.values.trace import (
    Access,
    Sighting,
    Source,
    Trace,
    in_role,
)

__all__ = [
    "Access",
    "Answer",
    "CallUse",
    "Capture",
    "Comparison",
    "Compression",
    "Content",
    "CopiedFiles",
    "Difference",
    "Entry",
    "EntryType",
    "ExplorationSummary",
    "Fact",
    "Fault",
    "Fidelity",
    "Hardening",
    "Headers",
    "HeavyOmission",
    "HttpAnswer",
    "HttpOrigin",
    "HttpRequest",
    "ImageKind",
    "JsonExpectation",
    "KeepSet",
    "Layer",
    "LayerPlan",
    "LeftOut",
    "Measurements",
    "NeededCapability",
    "NetworkEndpoint",
    "Original",
    "PackedImage",
    "Part",
    "PlaceKind",
    "PortBinding",
    "Probe",
    "ProbeResult",
    "Reason",
    "Recorded",
    "Repair",
    "RunOptions",
    "Sighting",
    "SmokeOutcome",
    "Source",
    "StageTime",
    "Strategy",
    "Text",
    "Trace",
    "Unstartable",
    "Verdict",
    "WritablePlace",
    "differs",
    "entry_of",
    "in_role",
    "podman_tmpfs",
    "usual_platform",
]
