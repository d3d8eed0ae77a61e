"""All that a build can be told, as one value, whether it came from flags or from slim.yaml."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.values import Compression, Probe, RunOptions, Source, Strategy


class DebugImage(enum.Enum):
    """Whether a debug image is made, and where its tools come from."""

    NONE = "none"
    FROM_ORIGINAL = "original"
    FROM_IMAGE = "image"


class Verification(enum.Enum):
    """What finished images have to do before they are tagged."""

    CONTENT = "content"
    """Pass the probes, and answer as the original does."""
    STATUS = "status"
    """Pass the probes."""
    OFF = "off"
    """Nothing: they are not run."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One of those that are built for."""

    name: str
    """`linux/arm64`."""
    image: str = ""
    """The original for it, where it has a name of its own."""

    @property
    def suffix(self) -> str:
        """What is appended to names, where there are several: `linux-arm64`."""
        return self.name.replace("/", "-")


@dataclass(frozen=True, kw_only=True)
class ComposeOptions:
    """The compose file that says how the original is run, and what it needs beside itself."""

    files: tuple[Path, ...]
    """Later ones over earlier ones, as for the compose tool's own `--file`."""
    service: str = ""
    """The service whose image is slimmed; empty where every role has one of its own."""
    timeout: float = 120.0
    """Seconds until the services that it needs must be ready."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """One of the ways in which containers of an image are run: its server, a worker, a job."""

    name: str = ""
    """In front of the role's phases, probes and errors; empty where an image has one role."""
    run: RunOptions = field(default_factory=RunOptions)
    probes: tuple[Probe, ...] = ()
    """As in BuildOptions; names are unique within the role."""
    checks: tuple[Probe, ...] = ()
    crawl: CrawlOptions | None = None
    openapi: OpenApiOptions | None = None
    healthcheck: bool = True
    service: str = ""
    """The service of the compose file that it is; empty: ComposeOptions.service."""

    @property
    def runs_own_command(self) -> bool:
        """Whether it is what the image is run for where nobody says otherwise, so that EXPOSE and
        HEALTHCHECK speak of it."""
        return self.run.entrypoint is None and self.run.command is None


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """What `slim build` does."""

    image: str
    """The original's reference, as the user typed it."""
    tag: str = ""
    """The slim image's reference; empty: `NAME:TAG-slim`."""
    platforms: tuple[Platform, ...] = ()
    """Empty: that of the image."""
    engines: tuple[tuple[str, str], ...] = ()
    """(platform, address) of engines that have its image; of others it is the usual one."""
    strategy: Strategy = Strategy.BALANCED
    rules: tuple[str, ...] = ()
    """Names of rules that are asked besides those of the strategy."""
    without_rules: tuple[str, ...] = ()
    """Names of rules that are not asked; they win over `rules`."""
    probes: tuple[Probe, ...] = ()
    """Exercise the original under trace, and the finished images in the smoke test."""
    checks: tuple[Probe, ...] = ()
    """Exercise the finished images only: what must keep working although no trace saw it."""
    crawl: CrawlOptions | None = None
    """How the original's links are followed; None: they are not."""
    openapi: OpenApiOptions | None = None
    """How the operations of its API description are exercised; None: they are not."""
    healthcheck: bool = True
    """Whether the image's HEALTHCHECK is one of the probes."""
    insecure: bool = False
    """Whether any TLS certificate of the target is taken, see trust.py."""
    run: RunOptions = field(default_factory=RunOptions)
    roles: tuple[Role, ...] = ()
    """Where the image has several: each with a run, probes and checks of its own, which replace
    those above. None: the image has the one role that is described above."""
    compose: ComposeOptions | None = None
    """Where a compose file says how the original is run; `run` and the roles win over it."""
    includes: tuple[str, ...] = ()
    """Paths in the image that are kept with all below them."""
    include_from: tuple[Path, ...] = ()
    """Files of `slim watch` whose missed paths are kept."""
    excludes: tuple[str, ...] = ()
    """Globs of paths that are left out, whatever asks for them."""
    allowed_secrets: tuple[str, ...] = ()
    """Globs of files that may hold what looks like a private key or a token."""
    repair: int = 5
    """How many times a slim image that fails its smoke test is repaired; 0: never."""
    withheld: tuple[str, ...] = ()
    """Globs of paths that the first round leaves out as if nobody had seen them; repairs may
    bring them. What tests break images with: no flag and no key of slim.yaml sets it."""
    withheld_calls: tuple[str, ...] = ()
    """System calls that the first profile does not allow, for tests as well."""
    debug: DebugImage = DebugImage.FROM_ORIGINAL
    debug_from: str = ""
    """The image that gives the debug tools, for DebugImage.FROM_IMAGE."""
    bases: tuple[str, ...] = ()
    """Images that the slim image may stand on; it takes the one that makes it smallest."""
    pull: bool = False
    """Whether an original that the engine does not have is pulled."""
    push: bool = False
    """Whether the slim image goes to the registry that its name says."""
    push_debug: bool = False
    """Whether both images go there."""
    compression: Compression = Compression.NONE
    """Of the layers that `output` gets."""
    output: str = ""
    """Where the images are written besides the engine: `FILE.tar` (docker-archive) or `DIR/`
    (OCI layout); empty: nowhere."""
    sbom_in_image: bool = False
    """Whether the SBOM, which lies beside the report in any case, goes into the image as well."""
    spdx: bool = False
    """Whether the SBOM is written as SPDX, too."""
    scan: Path | None = None
    """A scanner's report on the original, whose weaknesses `vex` judges; None: there is none."""
    vex: Path | None = None
    """Where VEX goes, CycloneDX where it ends in `.cdx.json`, else OpenVEX; None: nowhere."""
    export_prefetch: Path | None = None
    """Where the list of what is used first goes, eStargz's where it ends in `.json`, else nydus's;
    None: nowhere."""
    provenance: bool = True
    """Whether a provenance is written beside the report, and into an OCI layout of `output`."""
    sign_key: Path | None = None
    """The private key (PEM) that signs it; None: it is not signed."""
    builder_id: str = ""
    """URI of who builds, for the provenance; empty: nobody in particular."""
    seccomp: Path | None = None
    """Where a seccomp profile is written that the finished images pass their test under; None:
    none is made, and system calls are not recorded."""
    seccomp_from: tuple[Path, ...] = ()
    """Profiles, or saved traces with system calls, whose calls it allows as well."""
    report_directory: Path | None = None
    """Where report.json, report.html and the trace go; None: `slim-report/NAME_TAG` of the
    slim image."""
    verify: Verification = Verification.CONTENT
    harden: bool = False
    """Whether the fewest rights are looked for with which the slim image passes its smoke test."""
    max_size: int | None = None
    """Budget of the slim image in bytes; None: no budget."""
    sources: frozenset[Source] = frozenset(Source)
    """The trace sources that may be used."""
    save_trace: Path | None = None
    """Where the trace is saved, to be checked in; None: nowhere."""
    from_trace: Path | None = None
    """The saved trace that stands in for the traced run; None: the original is run."""
    notes: tuple[str, ...] = ()
    """What to tell of flags that are taken without effect."""
    allow_drift: bool = False
    """Whether a saved trace is taken whatever has changed since; else the application alone may."""
    retrace: bool = False
    """Whether the original is traced, and `from_trace` written, where that is missing or does not
    fit any more."""
    cache_directory: Path | None = None
    """Where the trace is kept from one build to the next, with those of other images; None:
    nowhere. For a build without `from_trace` and `save_trace`."""

    @property
    def engine(self) -> str:
        """The address of the engine for the one platform; empty: the usual one."""
        return next((dict(self.engines).get(each.name, "") for each in self.platforms), "")

    @property
    def all_roles(self) -> tuple[Role, ...]:
        """The roles, or the only one."""
        return self.roles or (
            Role(
                run=self.run,
                probes=self.probes,
                checks=self.checks,
                crawl=self.crawl,
                openapi=self.openapi,
                healthcheck=self.healthcheck,
            ),
        )
