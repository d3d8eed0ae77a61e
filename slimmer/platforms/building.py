"""The builds side by side, those that nothing runs behind the others, and the index at the end."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from slimmer.build import refuse_unpushable, refuse_unwritable
from slimmer.errors import UsageError
from slimmer.interruption import uninterrupted
from slimmer.options import BuildOptions, Texts
from slimmer.pack import OutputForm, output_target
from slimmer.platforms.child import Child
from slimmer.platforms.indexes import joined_in_layout, joined_in_registry
from slimmer.platforms.result import BuiltPlatform, IndexOf, PlatformsReport
from slimmer.platforms.wishes import Wish, slim_name, wishes_for

Told = Callable[[str, str], None]
"""Platform and a line of its build's progress."""


def build_platforms(
    options: BuildOptions, texts: Texts, file: Path | None, told: Told, *, quiet: bool = False
) -> PlatformsReport:
    """Build the image for each platform, and join what they have made.

    Where a build fails, the others have their images, and there is no index. Raises UsageError for
    what cannot be done for several platforms, BuildLostError, PushRefusedError and PushBrokenError.
    """
    _refuse(options)
    refuse_unpushable(options, slim_name(options))
    refuse_unwritable(options, slim_name(options))
    with _gathering(options) as output:
        wishes = wishes_for(options, texts, file, output)
        try:
            built = _from_others(wishes, _built(wishes, told, quiet), told, quiet)
        finally:
            for wish in wishes:
                wish.remove_unused_folder()
        report = PlatformsReport(platforms=built)
        if report.failed:
            return report
        indexes: list[IndexOf] = []
        if output is not None:
            indexes += joined_in_layout(options, built, output)
        if options.push or options.push_debug:
            indexes += joined_in_registry(options, built)
    return PlatformsReport(platforms=built, indexes=tuple(indexes))


def _refuse(options: BuildOptions) -> None:
    names = [each.name for each in options.platforms]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"the platform {twice[0]} is named twice")
    if not options.image and not all(each.image for each in options.platforms):
        raise UsageError(
            "several platforms are named, and which image the service has is not known before its "
            "compose file is read",
            hint="name it, as in slim build IMAGE --compose FILE, or one for each platform: "
            f"--platform {names[0]}=IMAGE",
        )
    if options.seccomp is not None:
        raise UsageError(
            "--seccomp: a profile is made for one platform at a time",
            hint=f"build for each alone, as with --platform {names[0]}",
        )
    if options.output and output_target(options.output).form is not OutputForm.OCI_LAYOUT:
        raise UsageError(
            f"--output {options.output}: an archive for `docker load` has one platform",
            hint="write an OCI layout: a folder, as in --output my-app/",
        )


@contextlib.contextmanager
def _gathering(options: BuildOptions) -> Iterator[Path | None]:
    """Where the images are gathered before they go where `--output` says, which goes with the run;
    None where nothing is to be written."""
    if not options.output:
        yield None
        return
    target = output_target(options.output).path.absolute()
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        yield Path(folder) / "layout"


def _built(wishes: tuple[Wish, ...], told: Told, quiet: bool) -> tuple[BuiltPlatform, ...]:
    children: list[Child] = []
    try:
        for wish in wishes:
            with uninterrupted():  # else one could run on that nobody knows
                children.append(Child(wish, _teller(wish, told), quiet=quiet))
        return tuple(child.result() for child in children)
    except BaseException:
        for child in children:
            child.interrupt()
        for child in children:
            child.await_end()
        raise


def _teller(wish: Wish, told: Told) -> Callable[[str], None]:
    return lambda line: told(wish.platform.name, line)


def _from_others(
    wishes: tuple[Wish, ...], built: tuple[BuiltPlatform, ...], told: Told, quiet: bool
) -> tuple[BuiltPlatform, ...]:
    """With those for which there is neither a machine nor a trace made from another's trace."""
    trace = next((Path(each.trace) for each in built if each.trace), None)
    if trace is None:
        return built
    results = []
    for wish, each in zip(wishes, built, strict=True):
        if wish.may_be_made_from_another(each.exit_code):
            told(each.platform, f"made from the trace of another platform, {trace.name}")
            (each,) = _built((wish.made_from(trace),), told, quiet)
        results.append(each)
    return tuple(results)
