"""`slim trace start`, `stop` and `list`: the user's own tests drive the trace."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from slimmer.cli.failure import as_object, errors_as_json
from slimmer.cli.table import table_options, texts_of
from slimmer.errors import SlimError, UsageError
from slimmer.options import (
    TABLE,
    DockerRun,
    Settings,
    Texts,
    insecure_probes,
    of_flags,
    parse_docker_run,
)
from slimmer.probing import Concealment, concealed_errors, values_to_conceal
from slimmer.progress import told_if_slow
from slimmer.trace.live import (
    LiveOptions,
    LiveTrace,
    Place,
    Standing,
    all_places,
    discard_trace,
    run_daemon,
    start_trace,
    stop_trace,
)
from slimmer.values import Probe
from slimmer.words import count, printable

_STOPPING = (
    "the application still runs after its stop signal; --stop-timeout 1, said behind IMAGE when it "
    "is started, shortens that"
)
_TAKEN = {"healthcheck", "insecure", "probes", "run.port", "run.start_timeout"}
_OPTIONS = [option for option in TABLE if option.field in _TAKEN]
"""Those of `slim build` that say when the container is ready."""


@click.command(
    short_help="Leave a traced container running, for tests of any kind.",
    # What stands behind IMAGE is the container's, as for `docker run`.
    context_settings={"allow_interspersed_args": False},
)
@click.argument("image")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DOCKER-RUN-ARGUMENT…]")
@table_options(_OPTIONS)
@click.option(
    "--end-with",
    type=click.IntRange(min=1),
    metavar="PID",
    help="End, and save nothing, when this process ends without `slim trace stop`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print name and addresses as JSON on stdout.")
@click.option(
    "--kept-in",
    type=click.Path(path_type=Path),
    hidden=True,
    help="Be the daemon of the trace in this folder.",
)
def start(
    image: str,
    arguments: tuple[str, ...],
    end_with: int | None,
    as_json: bool,
    kept_in: Path | None,
    **given: Any,
) -> None:
    """Run IMAGE under the sensor and leave it running; returns when it is ready to be used.

    Behind IMAGE stands what `docker run` would be given (-p, -e, -v, --network, --cap-add, …), and
    the words of a command; options of slim stand in front of it. Without -p and -P the ports of
    EXPOSE are published at free ports. --name is the name of the trace, too.

    It is ready when the first probe passes; a build from the trace tests its images with all of
    them. Then use the container with whatever you have, and save what it used:

    \b
      slim trace start --http-probe /health my-app:latest -p 8080:80 -e MODE=test --name my-app
      pytest tests/end_to_end --base-url http://127.0.0.1:8080
      slim trace stop my-app -o app.trace
      slim build my-app:latest -e MODE=test --from-trace app.trace
    """
    # Behind a `--`, too, as for `slim watch`.
    words = arguments[1:] if arguments[:1] == ("--",) else arguments
    wanted = parse_docker_run(words)
    texts = texts_of(given)
    options = _options(image, wanted, of_flags(texts), end_with)
    if kept_in is not None:
        _run_daemon(options, Place(kept_in))
        return
    with errors_as_json(as_json):
        click.echo(f"starting {image} …", err=True)
        with told_if_slow(sys.stderr, lambda: f"{image} is not ready yet (--start-timeout)"):
            live = start_trace(
                image,
                wanted.name,
                lambda folder: [*_as_arguments(folder, texts, end_with), "--", image, *arguments],
            )
    for note in live.notes:
        click.echo(f"note: {printable(note)}", err=True)
    if as_json:
        click.echo(json.dumps(_as_json(live)))
        return
    click.echo(live.name)
    for address in live.addresses:
        click.echo(f"{address.port:>7}  {address.place}")
    click.echo(f"when your tests are done: slim trace stop {live.name} -o app.trace", err=True)


@click.command(short_help="End a traced container and save what it used.")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the trace is saved, for `slim build --from-trace`.",
)
@click.option("--discard", is_flag=True, help="Save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was saved as JSON on stdout.")
def stop(name: str, output: Path | None, discard: bool, as_json: bool) -> None:
    """Stop the container of the trace NAME with its stop signal, and save what it used.

    The container is removed, and the name is free again. A container that has ended meanwhile,
    by itself, has a trace as well: what it used until then.
    """
    if (output is None) != discard:
        raise UsageError(
            "say where the trace is saved, or that it is not",
            hint=f"slim trace stop {name} -o app.trace, or --discard",
        )
    with errors_as_json(as_json):
        if output is None:
            discard_trace(name)
            click.echo(f"stopped {name}; nothing is saved", err=True)
            return
        with told_if_slow(sys.stderr, lambda: _STOPPING):
            stopped = stop_trace(
                name,
                output,
                ending=lambda live: click.echo(
                    f"stopping the container {live.container} …", err=True
                ),
            )
    end = stopped.live.end
    if end is not None and end.exit_status is not None:
        click.echo(
            f"note: the container's command had ended by itself (status {end.exit_status})",
            err=True,
        )
    if as_json:
        saved = {"file": str(output), "paths": len(stopped.saved.paths)}
        click.echo(json.dumps({**_as_json(stopped.live), **saved}))
        return
    click.echo(f"{count(len(stopped.saved.paths), 'path')} saved to {output}")
    click.echo(f"slim build {stopped.live.image} --from-trace {output}", err=True)


@click.command("list", short_help="List the traces that were started and not stopped.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON on stdout.")
def list_traces(as_json: bool) -> None:
    """List the traces that were started and not stopped."""
    rows = [(place, place.standing(), place.read()) for place in all_places()]
    if as_json:
        listed = [
            {
                "name": place.name,
                "state": standing.value,
                **(_as_json(live) if live is not None else {}),
            }
            for place, standing, live in rows
        ]
        click.echo(json.dumps(listed, indent=1))
        return
    width = max((len(place.name) for place, _, _ in rows), default=0)
    for place, standing, live in rows:
        image, since = (live.image, live.started) if live is not None else ("", "")
        places = (
            " ".join(f"{each.port}={each.place}" for each in live.addresses)
            if live is not None and standing is Standing.RUNNING
            else ""
        )
        line = f"{place.name:{width}}  {_state(standing, live):20}  {since}  {image}  {places}"
        click.echo(printable(line.rstrip()))
    if not rows:
        click.echo("no trace is running: `slim trace start IMAGE` starts one", err=True)


def _state(standing: Standing, live: LiveTrace | None) -> str:
    if live is None or live.end is None:
        return standing.value
    if live.end.error:
        return "ended, incomplete"
    status = live.end.exit_status
    return "ended" if status is None else f"ended with status {status}"


def _options(
    image: str, wanted: DockerRun, settings: Settings, end_with: int | None
) -> LiveOptions:
    run = {
        name: settings[f"run.{name}"]
        for name in ("port", "start_timeout")
        if f"run.{name}" in settings
    }
    probes: tuple[Probe, ...] = settings.get("probes", ())
    return LiveOptions(
        image=image,
        container=dataclasses.replace(wanted, run=dataclasses.replace(wanted.run, **run)),
        probes=insecure_probes(probes) if settings.get("insecure") else probes,
        healthcheck=settings.get("healthcheck", True),
        end_with=end_with,
    )


def _as_arguments(folder: Path, texts: Texts, end_with: int | None) -> list[str]:
    """What the daemon is given, up to IMAGE."""
    return [
        *("trace", "start", "--kept-in", str(folder)),
        *(f"{name}={text}" if text else name for name, given in texts.items() for text in given),
        *(("--end-with", str(end_with)) if end_with else ()),
    ]


def _run_daemon(options: LiveOptions, place: Place) -> None:
    """Answers its starter with one line, and says nothing more on stdout."""
    said = False

    def ready(live: LiveTrace) -> None:
        nonlocal said
        said = True
        _answer({"name": live.name})

    values = values_to_conceal(options.container.run.environment, options.probes)
    try:
        with concealed_errors(Concealment(values)):
            run_daemon(options, place, ready)
    except SlimError as error:
        if not said:
            _answer({"error": as_object(error)})
        raise


def _answer(answer: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # a starter that is gone; `slim trace list` tells as well
        click.echo(json.dumps(answer))
        sys.stdout.flush()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.close(silence)


def _as_json(live: LiveTrace) -> dict[str, Any]:
    """What a test suite needs to know."""
    return {
        "name": live.name,
        "image": live.image,
        "image_id": live.image_id,
        "container": live.container,
        "started": live.started,
        "ready_seconds": round(live.ready_seconds, 3),
        "addresses": [
            {**dataclasses.asdict(address), "url": live.url(address)} for address in live.addresses
        ],
        "notes": list(live.notes),
        "exit_status": None if live.end is None else live.end.exit_status,
    }
