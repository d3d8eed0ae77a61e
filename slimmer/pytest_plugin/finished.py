"""The slim image in a container, for tests that verify it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from slimmer.engine import Session, connect
from slimmer.image import read_original, repository_tags, slim_tag
from slimmer.options import insecure_probes, parse_docker_run
from slimmer.probing import with_unique_names
from slimmer.probing.kinds import http_probe
from slimmer.verify import Service


@contextlib.contextmanager
def start_finished(
    image: str,
    name: str,
    arguments: Sequence[str],
    probes: Sequence[str],
    *,
    insecure: bool,
    port: int | None,
    timeout: float,
) -> Iterator[Service]:
    """Run the slim image `name` (empty: as a build of `image` names it) with these arguments of
    `docker run` until the block ends. Raises SlimError where it is not there or never ready."""
    engine = connect()
    try:
        if not name:
            description = engine.inspect_image(image)
            name = slim_tag(
                read_original(image, description), repository_tags=repository_tags(description)
            )
        wanted = parse_docker_run(arguments)
        run = dataclasses.replace(wanted.run, port=port, start_timeout=timeout)
        asked = tuple(map(http_probe, probes))
        with Session(engine) as session:
            yield Service(
                session,
                name,
                dataclasses.replace(wanted, run=run),
                with_unique_names(insecure_probes(asked) if insecure else asked),
            )
    finally:
        engine.close()
