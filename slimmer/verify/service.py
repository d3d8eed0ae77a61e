"""A finished image as a service for somebody else's tests: started as `docker run` would, and
waited for."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

from slimmer.engine import Session, exposed_ports
from slimmer.errors import SmokeTestError
from slimmer.image import read_original
from slimmer.options import DockerRun
from slimmer.probing import Prober, healthcheck_probe, in_order
from slimmer.values import Probe, RunOptions
from slimmer.verify.target import PlainRun
from slimmer.words import last_lines

_PAUSE = 0.1
"""Seconds between two attempts to connect."""
_GREETING = 0.2
"""Seconds after which a connection that nobody has closed counts as accepted by the application:
the engine's own proxy accepts before it, and closes at once."""


class Service:
    """A running container of a finished image."""

    def __init__(
        self, session: Session, image: str, wanted: DockerRun, probes: Sequence[Probe] = ()
    ) -> None:
        """Start it and wait until it passes the probes and its HEALTHCHECK, or, where there is
        neither, accepts connections on one of its ports. Raises SmokeTestError."""
        self.image = image
        config = read_original(image, session.engine.inspect_image(image)).config
        published = [each.port for each in wanted.bindings if each.protocol == "tcp"]
        self._ports = tuple(
            dict.fromkeys(filter(None, (wanted.run.port, *published, *exposed_ports(config))))
        )
        self._run = PlainRun(
            session,
            image,
            wanted.run,
            purpose="slim",
            ports=self._ports,
            default_port=self._ports[0] if self._ports else None,
            bindings=wanted.published(exposed_ports(config)),
            name=wanted.name,
        )
        probes = in_order(probes, healthcheck_probe(config))
        if probes:
            self._probe(probes, wanted.run)
        elif self._ports:
            self._await_connection(wanted.run)

    @property
    def container(self) -> str:
        """The container's name."""
        return self._run.name

    @property
    def addresses(self) -> dict[int, tuple[str, int]]:
        """The container's ports → where they can be reached."""
        return {port: places[0] for port in self._ports if (places := self._run.addresses(port))}

    def close(self) -> None:
        """Kill and remove the container."""
        self._run.close()

    def _probe(self, probes: Sequence[Probe], run: RunOptions) -> None:
        prober = Prober(self._run, probe_timeout=run.probe_timeout)
        result = prober.until_ready(probes[0], limit=run.start_timeout)
        if not result.passed:
            raise self._failed(f"the probe `{result.probe.name}`: {result.answer}")

    def _await_connection(self, run: RunOptions) -> None:
        deadline = time.monotonic() + run.start_timeout
        while not any(_accepts(*place) for place in self.addresses.values()):
            if self._run.exit_status() is not None:
                raise self._failed(f"its command ended with status {self._run.exit_status()}")
            if time.monotonic() > deadline:
                raise self._failed(f"it listens on no port within {run.start_timeout:g} s")
            time.sleep(_PAUSE)

    def _failed(self, what: str) -> SmokeTestError:
        return SmokeTestError(
            f"{self.image} cannot be tested: {what}",
            hint=f"{last_lines(logs := self._run.logs())}; does it need other arguments of "
            "`docker run`?",
            details=logs,
        )


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.settimeout(_GREETING)
            try:
                return bool(connection.recv(1))
            except TimeoutError:
                return True
    except OSError:
        return False
