"""The values that travel between the stages: frozen, with units, and free of any behaviour
that needs an engine.

Paths are absolute inside the image, normalised (no `//`, `.` or `..`, no trailing slash but
for the root `/`), and decoded as UTF-8 with `surrogateescape`, so any byte sequence survives.
"""

from slimmer.values.answers import (
    Answer,
    CommandAnswer,
    Comparison,
    Difference,
    HttpAnswer,
    ProbeResult,
    Recorded,
    ReplayAnswer,
    TcpAnswer,
    Verdict,
)
from slimmer.values.exploration import (
    ExplorationSummary,
    Fault,
    LeftOut,
)
from slimmer.values.files import (
    Content,
    Entry,
    EntryType,
)
from slimmer.values.image import (
    Layer,
    LayerPlan,
    PackedImage,
)
from slimmer.values.keepset import (
    KeepSet,
    Reason,
    Repair,
    Strategy,
)
from slimmer.values.measurements import (
    Measurements,
    StageTime,
)
from slimmer.values.original import (
    CopiedFiles,
    Original,
)
from slimmer.values.probes import (
    Capture,
    CommandProbe,
    Exchange,
    HostProbe,
    HttpOrigin,
    HttpProbe,
    HttpRequest,
    JsonExpectation,
    LogProbe,
    NetworkProbe,
    Probe,
    ReplayProbe,
    SignalProbe,
    Step,
    TcpProbe,
    Upload,
)
from slimmer.values.run import (
    NetworkEndpoint,
    PortBinding,
    RunOptions,
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
    "Capture",
    "CommandAnswer",
    "CommandProbe",
    "Comparison",
    "Content",
    "CopiedFiles",
    "Difference",
    "Entry",
    "EntryType",
    "Exchange",
    "ExplorationSummary",
    "Fault",
    "Fidelity",
    "HostProbe",
    "HttpAnswer",
    "HttpOrigin",
    "HttpProbe",
    "HttpRequest",
    "ImageKind",
    "JsonExpectation",
    "KeepSet",
    "Layer",
    "LayerPlan",
    "LeftOut",
    "LogProbe",
    "Measurements",
    "NetworkEndpoint",
    "NetworkProbe",
    "Original",
    "PackedImage",
    "PortBinding",
    "Probe",
    "ProbeResult",
    "Reason",
    "Recorded",
    "Repair",
    "ReplayAnswer",
    "ReplayProbe",
    "RunOptions",
    "Sighting",
    "SignalProbe",
    "SmokeOutcome",
    "Source",
    "StageTime",
    "Step",
    "Strategy",
    "TcpAnswer",
    "TcpProbe",
    "Trace",
    "Upload",
    "Verdict",
    "differs",
    "in_role",
]
