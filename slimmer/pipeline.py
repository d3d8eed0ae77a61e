"""The order of the stages, from an image name to a verified pair of images.

    original → traced run → rootfs index → keep-set → package metadata → layers → images
    → smoke test → tags → report

This is the one place that knows the order. Nothing is tagged before both images have passed;
whatever happens before, the session and the workspace take everything away again.
"""

from __future__ import annotations

import dataclasses
import os
import resource
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from slimmer import __version__
from slimmer.configuration import BuildOptions, DebugImage
from slimmer.debug_layer import DebugLayer, layer_of_image, layer_of_original
from slimmer.engine import Engine, Session, connect, exposed_ports
from slimmer.errors import BudgetError, ImageNotFoundError, UsageError
from slimmer.image import (
    ORIGINAL_LABEL,
    debug_tag,
    image_labels,
    parse_tag,
    read_original,
    repository_tags,
    slim_tag,
)
from slimmer.keep import KeepRequest, check_rule_names, decide
from slimmer.metadata import (
    MetadataRequest,
    PackageMetadata,
    SbomSubject,
    compose_sbom,
    package_metadata,
    with_sbom,
)
from slimmer.model import (
    CommandProbe,
    HttpProbe,
    KeepSet,
    LayerPlan,
    Measurements,
    Original,
    PackedImage,
    Probe,
)
from slimmer.pack import (
    CombinedContent,
    NamedImage,
    output_target,
    pack_debug_image,
    pack_image,
    plan_layers,
    write_output,
)
from slimmer.report import (
    FinishedImage,
    ImageTest,
    Progress,
    Report,
    RunRecord,
    StageClock,
    compose_report,
    write_report,
)
from slimmer.rootfs import PackageDatabase, PathGlobs, RootfsIndex, read_packages
from slimmer.tracing import (
    Examination,
    FileServer,
    TracedRun,
    examine,
    planned_probes,
    sensor_binary,
)
from slimmer.verify import SmokePlan, SmokeResult, load_images, raise_for_failure, smoke_test
from slimmer.workspace import explained, workspace


def build_image(options: BuildOptions, progress: Progress) -> Report:
    """Build, verify and tag the slim image of `options.image` and its debug twin.

    Raises a SlimError for everything that stops it; nothing is left behind then.
    """
    engine = connect()
    try:
        with Session(engine) as session, workspace() as folder:
            return _Build(options, progress, session, folder).run()
    finally:
        engine.close()


_Served = tuple[FileServer, RootfsIndex, PackageDatabase]


class _Build:
    """One build: the stages in their order, each taking what the ones before it gave."""

    def __init__(
        self, options: BuildOptions, progress: Progress, session: Session, folder: Path
    ) -> None:
        self._options = options
        self._progress = progress
        self._clock = StageClock(progress)
        self._session = session
        self._engine: Engine = session.engine
        self._folder = folder
        self._latest = _source_date_epoch()
        self._notes: list[str] = []

    def run(self) -> Report:
        """All stages."""
        original, slim_name, debug_name = self._resolve()
        with ThreadPoolExecutor(thread_name_prefix="slimmer") as self._pool:
            try:
                return self._stages(original, slim_name, debug_name)
            except BaseException:
                # Ends every container, and with them whatever a thread of the pool waits for.
                self._session.close()
                raise

    def _stages(self, original: Original, slim_name: str, debug_name: str) -> Report:
        with self._clock.stage("trace"):
            examination, (server, index, packages) = self._trace(original)
        with self._clock.stage("decide"):
            request = self._keep_request(original, index, server, examination, packages)
            kept = decide(request)
            debug_layer = self._debug_layer(request, kept)
            self._progress.detail("decide", f"{len(kept.reasons):,} of {len(index):,} paths stay")
        with self._clock.stage("metadata"):
            metadata = self._metadata(original, slim_name, request, kept, packages)
            self._progress.detail("metadata", f"{len(metadata.components):,} packages are left")
        with self._clock.stage("pack"):
            packed, plans = self._pack(original, request, metadata, packages, debug_layer)
        self._pool.submit(server.close)
        sbom = self._pool.submit(
            self._sbom, original, slim_name, metadata, packed["slim"].config_digest
        )
        with self._clock.stage("load"):
            loaded = load_images(self._session, packed)
        with self._clock.stage("verify"):
            tests = self._verify(loaded, examination)
        names = {"slim": slim_name, "debug": debug_name}
        finished = {
            role: FinishedImage(
                reference=names[role],
                id=loaded[role],
                size=int(self._engine.inspect_image(loaded[role])["Size"]),
                image=packed[role],
                plans=plans[role],
            )
            for role in packed
        }
        with self._clock.stage("deliver"):
            directory = self._report_directory(slim_name)
            artifacts = self._write_files(finished.values(), directory, sbom.result())
            record = RunRecord(
                original=original,
                entries=tuple(index),
                generated=tuple(metadata.entries.values()),
                trace=examination.trace,
                keep=metadata.keep,
                strategy=self._options.strategy,
                slim=finished["slim"],
                debug=finished.get("debug"),
                tests=(
                    ImageTest(image="original", results=examination.results),
                    *(
                        ImageTest(image=test.role, results=test.results, problem=test.problem)
                        for test in tests
                    ),
                ),
                package=lambda path: getattr(packages.owner(path), "name", ""),
                notes=(*self._notes, *examination.notes),
                measurements=self._measurements(),
                artifacts=artifacts,
            )
            report = write_report(compose_report(record), directory)
            for image in finished.values():
                name = parse_tag(image.reference)
                self._engine.tag_image(image.id, name.name, name.tag)
        return report

    # ---- before anything starts

    def _resolve(self) -> tuple[Original, str, str]:
        """The original, and names for the results that take nothing from the user."""
        options = self._options
        check_rule_names((*options.rules, *options.without_rules))
        inspection = self._engine.inspect_image(options.image)
        original = read_original(options.image, inspection)
        if original.os != "linux":
            raise UsageError(f"{original.reference} is an image for {original.os}, not for Linux")
        own_names = repository_tags(inspection)
        slim = str(parse_tag(options.tag or slim_tag(original, repository_tags=own_names)))
        debug = "" if options.debug is DebugImage.NONE else debug_tag(slim)
        for name in filter(None, (slim, debug)):
            self._refuse_foreign_name(name)
        if options.output:
            output_target(options.output)
        return original, slim, debug

    def _refuse_foreign_name(self, name: str) -> None:
        """A tag may move from an older result of slimmer, never from an image of the user's."""
        try:
            present = self._engine.inspect_image(name)
        except ImageNotFoundError:
            return
        if ORIGINAL_LABEL not in ((present.get("Config") or {}).get("Labels") or {}):
            raise UsageError(
                f"the name {name} belongs to an image that slimmer did not make",
                hint="choose another with --tag, or remove that name first (docker rmi)",
            )

    def _report_directory(self, slim_name: str) -> Path:
        if self._options.report_directory is not None:
            return self._options.report_directory
        return Path("slim-report") / slim_name.replace("/", "_").replace(":", "_")

    # ---- trace

    @property
    def _trace_file(self) -> Path:
        return self._folder / "trace"

    def _trace(self, original: Original) -> tuple[Examination, _Served]:
        """The traced run, and what the file server beside it gave meanwhile."""
        sensor = sensor_binary(original.architecture)
        served = self._pool.submit(self._serve, original, sensor)
        options = self._options
        probes = planned_probes(
            original, options.probes, options.run, healthcheck=options.healthcheck
        )
        if probes and not options.probes:
            self._progress.detail("trace", f"no probe is given: using {probes[0].name}")
        target = TracedRun(
            self._session,
            original,
            options.run,
            sensor=sensor,
            trace_file=self._trace_file,
            ports=sorted(self._ports(original, probes)),
            sources=options.sources,
        )
        hello = target.start()
        for source, reason in hello.missing.items():
            if source in options.sources:
                self._warn(f"the trace goes on without {source.value}: {reason}")
        examination = examine(
            target,
            original,
            probes,
            options.run,
            done=lambda result: self._progress.probed("trace", result),
        )
        self._pool.submit(target.close)
        return examination, served.result()

    def _serve(self, original: Original, sensor: Path) -> _Served:
        server = FileServer(self._session, original.id, sensor, self._folder / "content")
        index = server.index()
        return server, index, read_packages(index, server.content)

    def _ports(self, original: Original, probes: Iterable[Probe]) -> set[int]:
        named = (
            probe.port for probe in (*probes, *self._options.checks) if isinstance(probe, HttpProbe)
        )
        ports = {self._options.run.port, *named, *exposed_ports(original.config)}
        return {port for port in ports if port}

    def _warn(self, text: str) -> None:
        self._notes.append(text)
        self._progress.warned(text)

    # ---- decide and pack

    def _keep_request(
        self,
        original: Original,
        index: RootfsIndex,
        server: FileServer,
        examined: Examination,
        packages: PackageDatabase,
    ) -> KeepRequest:
        options = self._options
        return KeepRequest(
            index=index,
            content=server.content,
            trace=examined.trace,
            config=original.config,
            packages=packages,
            strategy=options.strategy,
            with_rules=frozenset(options.rules),
            without_rules=frozenset(options.without_rules),
            includes=options.includes,
            excludes=options.excludes,
            environment=options.run.environment,
            user=options.run.user,
            workdir=options.run.workdir,
        )

    def _metadata(
        self,
        original: Original,
        slim_name: str,
        request: KeepRequest,
        kept: KeepSet,
        packages: PackageDatabase,
    ) -> PackageMetadata:
        """The keep-set with every package described, and with the SBOM where it is asked for."""
        described = MetadataRequest(
            index=request.index,
            content=request.content,
            keep=kept,
            packages=packages,
            excludes=PathGlobs(request.excludes),
        )
        metadata = package_metadata(described)
        if not self._options.sbom_in_image:
            return metadata
        return with_sbom(metadata, described, self._sbom(original, slim_name, metadata))

    def _sbom(
        self, original: Original, slim_name: str, metadata: PackageMetadata, digest: str = ""
    ) -> bytes:
        subject = SbomSubject(
            name=slim_name, digest=digest, original=original.id, slimmer_version=__version__
        )
        return compose_sbom(subject, metadata.components, metadata.system)

    def _debug_layer(self, request: KeepRequest, kept: KeepSet) -> DebugLayer | None:
        options = self._options
        if options.debug is DebugImage.NONE:
            return None
        if options.debug is DebugImage.FROM_IMAGE:
            return layer_of_image(self._session, options.debug_from, request, kept, self._folder)
        layer = layer_of_original(request, kept)
        if layer is None:
            self._warn(
                "no debug image: the original has no shell to take; name an image that has one "
                "with --debug-from (a busybox), or say --no-debug"
            )
        return layer

    def _pack(
        self,
        original: Original,
        request: KeepRequest,
        metadata: PackageMetadata,
        packages: PackageDatabase,
        debug_layer: DebugLayer | None,
    ) -> tuple[dict[str, PackedImage], dict[str, tuple[LayerPlan, ...]]]:
        """Images and their layers' plans, by role."""
        planning = plan_layers(
            metadata.entry(request.index.get),
            metadata.keep.reasons,
            packages.owner,
            working_directory=request.working_directory,
        )
        self._notes.extend(planning.notes)
        slim = pack_image(
            original,
            planning.layers,
            CombinedContent(request.content, generated=metadata.content),
            self._folder,
            labels=image_labels(original_id=original.id, version=__version__),
            latest=self._latest,
        )
        size = sum(layer.size for layer in slim.layers)
        budget = self._options.max_size
        if budget is not None and size > budget:
            raise BudgetError(
                f"the slim image has {size:,} bytes, {size - budget:,} more than its budget",
                hint="raise --max-size, or find what is large in a report made without it",
            )
        self._progress.detail("pack", f"{len(slim.layers)} layers, {size / 1e6:.1f} MB")
        packed = {"slim": slim}
        plans = {"slim": planning.layers}
        if debug_layer is not None:
            packed["debug"] = pack_debug_image(
                slim,
                debug_layer.plan,
                debug_layer.content,
                self._folder,
                path_folders=debug_layer.path_folders,
                latest=self._latest,
            )
            plans["debug"] = (*planning.layers, debug_layer.plan)
        return packed, plans

    # ---- verify and deliver

    def _verify(self, loaded: dict[str, str], examined: Examination) -> list[SmokeResult]:
        """Probe all finished images side by side; raises SmokeTestError where one fails."""
        options = self._options
        probes = tuple(result.probe for result in examined.results)
        plan = SmokePlan(
            run=options.run,
            probes=(*probes, *options.checks),
            port=examined.port,
            ports=tuple(sorted(self._ports_of(probes))),
            ready_seconds=examined.ready_seconds,
            exit_status=examined.exit_status,
        )
        shell = CommandProbe(name="a shell", command=("sh", "-c", "exit 0"))
        debug_plan = dataclasses.replace(plan, probes=(*plan.probes, shell))
        running = [
            self._pool.submit(
                smoke_test,
                self._session,
                image,
                debug_plan if role == "debug" else plan,
                role=role,
                done=lambda result: self._progress.probed("verify", result),
            )
            for role, image in loaded.items()
        ]
        tests = [test.result() for test in running]
        raise_for_failure(tests)
        return tests

    def _ports_of(self, probes: Iterable[Probe]) -> set[int]:
        return {
            probe.port
            for probe in (*probes, *self._options.checks)
            if isinstance(probe, HttpProbe) and probe.port
        }

    def _write_files(
        self, images: Iterable[FinishedImage], directory: Path, sbom: bytes
    ) -> dict[str, str]:
        """Trace and SBOM beside the report, and what --output asks for; returns the places."""
        written: dict[str, str] = {}
        trace, sbom_file = directory / "trace", directory / "sbom.cdx.json"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._trace_file, trace)
            sbom_file.write_bytes(sbom)
        except OSError as error:
            raise explained(error, directory, "--report-dir") from error
        written["trace"] = str(trace)
        written["sbom"] = str(sbom_file)
        if self._options.output:
            target = output_target(self._options.output)
            write_output(
                target, [NamedImage(image=each.image, reference=each.reference) for each in images]
            )
            written["output"] = str(target.path)
        return written

    def _measurements(self) -> Measurements:
        return Measurements(
            stages=self._clock.times,
            total_seconds=self._clock.total_seconds,
            peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )


def _source_date_epoch() -> int | None:
    """SOURCE_DATE_EPOCH in seconds; None where it is not set."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    if not text.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH is `{text}`, not a number of seconds")
    return int(text)
