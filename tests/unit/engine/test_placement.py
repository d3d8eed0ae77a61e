"""How containers come by the sensor, on engines that see this machine's files and on others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slimmer.engine import Session
from slimmer.errors import EngineOperationError
from tests.unit.build.engine import ORIGINAL, MemoryEngine

PLAIN: dict[str, Any] = {"Image": ORIGINAL, "HostConfig": {}}


class FarEngine(MemoryEngine):
    """Has other files, or none, under this machine's paths."""

    def __init__(self, folder: Path, *, refuses: bool) -> None:
        super().__init__(folder, ["/bin/app"], lambda process: 0)
        self.refuses = refuses
        self.put: list[str] = []

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        if self.refuses and "bind" in str(configuration["HostConfig"].get("Mounts")):
            raise EngineOperationError("bind source path does not exist")
        return super().create_container(configuration, name)

    def has_file(self, container: str, path: str, file: Path) -> bool:
        return False

    def put_file(
        self, container: str, path: str, source: Path, *, capabilities: bytes = b""
    ) -> None:
        self.put.append(container)


@pytest.mark.parametrize("refuses", [True, False], ids=["refuses", "mounts something else"])
def test_an_engine_elsewhere_gets_a_copy(tmp_path: Path, refuses: bool) -> None:
    engine = FarEngine(tmp_path, refuses=refuses)
    with Session(engine) as session:
        # Each of the same name: what was of no use is gone.
        for name in ("one", "two"):
            session.create_with_sensor("files", PLAIN, tmp_path / "sensor", name=name)
        there = {each["Names"][0] for each in engine.containers_labelled("dev.slimmer.session=")}
        assert len(there) == 3
        assert len(engine.put) == 1
    assert engine.left_behind() == set()


def test_an_engine_here_mounts(tmp_path: Path) -> None:
    engine = MemoryEngine(tmp_path, ["/bin/app"], lambda process: 0)
    with Session(engine) as session:
        for _ in range(2):
            session.create_with_sensor("files", PLAIN, tmp_path / "sensor")
        assert len(engine.left_behind()) == 2
