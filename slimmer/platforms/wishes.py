"""What the build of each platform is told: what the user has said, with names and places of its
own."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slimmer.build import report_directory_of
from slimmer.disk import exists
from slimmer.errors import ForeignArchitectureError
from slimmer.image import debug_tag, parse_tag, usual_results
from slimmer.options import BuildOptions, DebugImage, Platform, Texts

_OWN = (
    "--platform", "--engine", "--tag", "--output", "--save-trace", "--from-trace", "--target",
)  # fmt: skip
"""Options of which each platform has a value of its own, or none."""


_TRACE = "saved.trace"
"""Beside the report, where nobody has said where."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The `slim build` of one platform."""

    platform: Platform
    image: str
    arguments: tuple[str, ...]
    """Behind `slim build`, but for what says where its trace comes from or goes to."""
    from_trace: Path | None
    """The trace that it is made from."""
    save_trace: Path | None
    """Where its trace goes where it has none: others may be made from it. None where `--cache-dir`
    keeps it, which a file of the user's own would go before."""

    @property
    def command(self) -> tuple[str, ...]:
        """All that stands behind `slim build`."""
        if self.from_trace is not None:
            return (*self.arguments, f"--from-trace={self.from_trace}")
        if self.save_trace is not None:
            return (*self.arguments, f"--save-trace={self.save_trace}")
        return self.arguments

    def may_be_made_from_another(self, exit_code: int) -> bool:
        """Whether its build has ended since there is neither a machine nor a trace for it."""
        has_trace = self.from_trace is not None and exists(self.from_trace)
        return exit_code == ForeignArchitectureError.exit_code and not has_trace

    def remove_unused_folder(self) -> None:
        """Of a build that has ended before it had a trace, or anything to report."""
        if self.save_trace is not None and self.save_trace.name == _TRACE:
            with contextlib.suppress(OSError):  # mostly it has files
                self.save_trace.parent.rmdir()

    def made_from(self, trace: Path) -> Wish:
        """The same from the trace of another platform."""
        return dataclasses.replace(
            self, from_trace=trace, arguments=(*self.arguments, "--allow-drift")
        )


def wishes_for(
    options: BuildOptions, texts: Texts, file: Path | None, output: Path | None
) -> tuple[Wish, ...]:
    """What the builds are told. `texts` are the flags as they were given, `file` is the slim.yaml
    that was read; `output` is where all images are gathered, if anywhere."""
    return tuple(_wish(each, options, texts, file, output) for each in options.platforms)


def slim_name(options: BuildOptions) -> str:
    """The name that all platforms have in common."""
    if options.tag:
        return str(parse_tag(options.tag))
    return usual_results(options.image or options.platforms[0].image)[0]


def names_in_common(options: BuildOptions) -> tuple[str, ...]:
    """Of the slim image, and of the debug image where there is one."""
    name = slim_name(options)
    return (name,) if options.debug is DebugImage.NONE else (name, debug_tag(name))


def of_platform(place: Path, platform: Platform) -> Path:
    """`app.trace` → `app.linux-arm64.trace`."""
    return place.with_name(f"{place.stem}.{platform.suffix}{place.suffix}")


def _wish(
    platform: Platform,
    options: BuildOptions,
    texts: Texts,
    file: Path | None,
    output: Path | None,
) -> Wish:
    image = platform.image or options.image
    tag = f"{slim_name(options)}-{platform.suffix}"
    own: dict[str, str] = {"--platform": f"{platform.name}={image}", "--tag": tag}
    if engine := dict(options.engines).get(platform.name):
        own["--engine"] = f"{platform.name}={engine}"
    if output is not None:
        own["--output"] = f"{output}/"
    reports = report_directory_of(options, tag)
    if options.report_directory is not None:
        reports /= platform.suffix
        own["--report-dir"] = str(reports)
    if options.cache_directory is not None:
        own["--cache-dir"] = str(options.cache_directory / platform.suffix)
    words = [] if file is None else [f"--file={file}"]
    words += _as_given({name: each for name, each in texts.items() if name not in {*_OWN, *own}})
    words += [f"{name}={text}" for name, text in own.items()]
    return Wish(
        platform=platform,
        image=image,
        arguments=(image, *words),
        from_trace=_trace_for(options, platform),
        save_trace=_place_for_trace(options, platform, reports),
    )


def _place_for_trace(options: BuildOptions, platform: Platform, reports: Path) -> Path | None:
    if options.save_trace is not None:
        return of_platform(options.save_trace, platform)
    if options.cache_directory is not None:
        return None
    reports.mkdir(parents=True, exist_ok=True)
    return reports / _TRACE


def _trace_for(options: BuildOptions, platform: Platform) -> Path | None:
    """The platform's own file where it is there, or may be made; else the one that was named."""
    if options.from_trace is None:
        return None
    own = of_platform(options.from_trace, platform)
    return own if exists(own) or options.retrace else options.from_trace


def _as_given(texts: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{name}={text}" if text else name for name, given in texts.items() for text in given]
