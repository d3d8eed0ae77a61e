"""`slim trace`: saved traces, looked at and joined. The sensor's own files are `slim debug`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from slimmer.cli.lazy import LazyGroup
from slimmer.disk import PRIVATE, file_beside, space_errors
from slimmer.errors import TraceDriftError
from slimmer.trace.saved import (
    Kind,
    SavedTrace,
    SeenPath,
    differences,
    merge,
    read_saved_trace,
    to_bytes,
)
from slimmer.values import in_role
from slimmer.words import count, printable, size

_SHOWN = 10
"""Programs and unstable paths in a summary."""


_LIVE = {"start": "start", "stop": "stop", "list": "list_traces"}
"""Commands that speak to the engine → their functions in cli.live_trace."""


@click.group(
    cls=LazyGroup,
    lazy={name: f"slimmer.cli.live_trace:{function}" for name, function in _LIVE.items()},
    short_help="Trace a container that your own tests use; saved traces.",
)
def trace() -> None:
    """Trace a container that your own tests use, look at saved traces, and join several into one.

    `slim trace start IMAGE` leaves a traced container running, `slim trace stop NAME -o FILE` ends
    it and saves what it used. `slim build --save-trace FILE` saves what a build's own traced run
    saw. `slim build --from-trace FILE` builds from either, without running the original.
    """


@trace.command("merge")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the union is saved; may be one of FILES.",
)
@click.option(
    "--allow-drift",
    is_flag=True,
    help="Join traces of different builds too; the first FILE says which one the result is of.",
)
def merge_files(files: tuple[Path, ...], output: Path, allow_drift: bool) -> None:
    """Join saved traces of one original into their union.

    What any of the runs saw is kept by a build from the union. Each use of a path knows in how
    many of the runs it was seen.

    \b
      slim trace merge monday.trace tuesday.trace -o app.trace
    """
    traces = [read_saved_trace(file) for file in files]
    for file, each in zip(files[1:], traces[1:], strict=True):
        _refuse_different(files[0], traces[0], file, each, allow_drift=allow_drift)
    merged = merge(traces)
    with space_errors(output, "saving the trace"), file_beside(output, mode=PRIVATE) as unfinished:
        unfinished.stream.write(to_bytes(merged))
        unfinished.rename_to(output)
    click.echo(
        f"{output}: {count(merged.runs, 'run')}, {count(len(merged.paths), 'path')}", err=True
    )
    unstable = sum(1 for path in merged.unstable() if _exists(merged.paths[path]))
    if unstable:
        click.echo(
            f"{count(unstable, 'path')} of the original seen in some of the runs only", err=True
        )


@trace.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--paths", is_flag=True, help="List every path with what it was used for.")
def show_file(file: Path, paths: bool) -> None:
    """Print what a saved trace FILE holds."""
    saved = read_saved_trace(file)
    for line in _listing(saved) if paths else _summary(saved):
        click.echo(line)


def _refuse_different(
    first: Path, one: SavedTrace, second: Path, other: SavedTrace, *, allow_drift: bool
) -> None:
    found = tuple(differences(one.identity, other.identity))
    if not found:
        return
    if one.identity.platform != other.identity.platform:
        raise TraceDriftError(
            f"{first} and {second} are traces for different platforms: {found[0]}",
            hint="keep one trace for each platform",
        )
    if not allow_drift:
        raise TraceDriftError(
            f"{first} and {second} are traces of different originals: {'; '.join(found)}",
            hint="trace the same image again with --save-trace, or join them with --allow-drift",
        )


def _exists(seen: SeenPath) -> bool:
    return seen.fact.kind is not Kind.MISSING


def _summary(saved: SavedTrace) -> Iterator[str]:
    identity = saved.identity
    kinds = Counter(seen.fact.kind for seen in saved.paths.values())
    bytes_seen = {seen.fact.digest: seen.fact.size for seen in saved.paths.values()}
    sources = " and ".join(sorted(source.value for source in saved.sources))
    yield f"original     {printable(identity.reference)}, {printable(identity.platform)}"
    yield f"layers       {len(identity.layers)}, configuration {identity.configuration[:19]}"
    yield f"traced       in {count(saved.runs, 'run')} by {sources}"
    yield (
        f"seen         {count(kinds[Kind.FILE], 'file')} with {size(sum(bytes_seen.values()))}, "
        f"{kinds[Kind.DIRECTORY]:,} directories, "
        f"{kinds[Kind.MISSING]:,} paths that are not in the original"
    )
    for role in saved.all_roles:
        if role.name:
            yield f"role         {printable(role.name)}"
        for probe in role.probes:
            yield f"probe        {printable(in_role(role.name, probe.name))}"
    for note in saved.notes:
        yield f"note         {printable(note)}"
    for repair in saved.repairs:
        yield f"repair       {printable(repair.path)}"
    yield ""
    yield from _phases(saved)
    yield ""
    yield from _programs(saved)
    yield from _unstable(saved)


def _phases(saved: SavedTrace) -> Iterator[str]:
    used = Counter[str]()
    first = Counter[str]()
    position = {phase: number for number, phase in enumerate(saved.phases)}
    for seen in saved.paths.values():
        if _exists(seen):
            phases = {use.phase for use in seen.uses}
            used.update(phases)
            first[min(phases, key=position.__getitem__)] += 1
    yield f"{'paths':>7}  {'new':>7}  phase"
    for phase in saved.phases:
        yield f"{used[phase]:>7,}  {first[phase]:>7,}  {printable(phase)}"


def _programs(saved: SavedTrace) -> Iterator[str]:
    paths = Counter(
        program
        for seen in saved.paths.values()
        if _exists(seen)
        for program in {use.program for use in seen.uses}
    )
    ordered = sorted(paths.items(), key=lambda item: (-item[1], item[0]))
    yield f"{'paths':>7}  program"
    for program, number in ordered[:_SHOWN]:
        yield f"{number:>7,}  {printable(program) or '(not told)'}"
    if len(ordered) > _SHOWN:
        yield f"{'':7}  and {count(len(ordered) - _SHOWN, 'more program')}"


def _unstable(saved: SavedTrace) -> Iterator[str]:
    """Those that a slim image can have: of the others no run leaves anything."""
    unstable = {path: n for path, n in saved.unstable().items() if _exists(saved.paths[path])}
    if not unstable:
        return
    yield ""
    yield f"{'runs':>7}  unstable: seen in some of the {saved.runs} runs only"
    for path, runs in list(unstable.items())[:_SHOWN]:
        yield f"{runs:>7}  {printable(path)}"
    if len(unstable) > _SHOWN:
        yield f"{'':7}  and {len(unstable) - _SHOWN:,} more (slim trace show --paths)"


def _listing(saved: SavedTrace) -> Iterator[str]:
    """One line for each path and manner, made for grep."""
    for path, seen in saved.paths.items():
        what = seen.fact.kind.value
        for use, runs in sorted(seen.uses.items()):
            yield (
                f"{printable(path)}  {what}  {use.access} by {printable(use.program) or '?'} "
                f"in {printable(use.phase)} ({use.source})"
                + (f"  {runs} of {saved.runs} runs" if runs < saved.runs else "")
            )
