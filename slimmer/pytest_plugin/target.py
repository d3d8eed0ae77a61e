"""What the fixture gives: where the container under test can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

WORKER_KEY = "slim_target"
"""Under which the controller of pytest-xdist tells its workers of the container."""


@dataclass(frozen=True)
class SlimTarget:
    """A container that waits for tests."""

    image: str
    """The image that runs in it."""
    container: str
    """The container's name."""
    ports: Mapping[int, tuple[str, int]]
    """Each TCP port of the container → (host, port) where the tests reach it, the application's
    own first."""
    tls: bool = False
    """Whether the application speaks TLS there, as its first HTTP probe says."""

    @property
    def host(self) -> str:
        """Where the first port can be reached."""
        return self._first[0]

    @property
    def port(self) -> int:
        """The host's port that leads to the first port."""
        return self._first[1]

    @property
    def url(self) -> str:
        """`http://127.0.0.1:49153`, without a slash at its end."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    @property
    def _first(self) -> tuple[str, int]:
        if not self.ports:
            raise LookupError(f"the container of {self.image} has no TCP port that can be reached")
        return next(iter(self.ports.values()))

    def to_json(self) -> str:
        """One line, for another process."""
        from slimmer.codec import Codec  # pytest loads this file in every project

        return Codec().encode(self)

    @classmethod
    def from_json(cls, text: str) -> SlimTarget:
        """What `to_json` wrote."""
        from slimmer.codec import Codec  # pytest loads this file in every project

        target: SlimTarget = Codec().decode(cls, text)
        return target


TARGET: pytest.StashKey[SlimTarget] = pytest.StashKey()
"""Where a session keeps the container that its tests use."""
