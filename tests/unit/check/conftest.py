from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.check.images import archive


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive in a folder of its own, where no gates are set; no pipeline is around."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return archive(tmp_path / "app.tar")
