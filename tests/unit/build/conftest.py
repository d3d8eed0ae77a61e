"""What the tests of a build share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.build.bench import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)
