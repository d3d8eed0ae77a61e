"""Jobs and outcomes for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slimmer.fleet import Job, LayerSize, Outcome
from slimmer.fleet.planning import Planned
from slimmer.options import BuildOptions


def job(name: str = "app:1-slim", **fields: Any) -> Job:
    options = BuildOptions(image=name.removesuffix("-slim"), tag=name, report_directory=Path("/r"))
    return Job(**{"name": name, "options": options, "seconds": 60.0, **fields})


def planned(name: str = "app:1-slim", **fields: Any) -> Planned:
    return Planned(**{"job": job(name), "fingerprint": f"f {name}", "original": None, **fields})


def outcome(name: str = "app:1-slim", **fields: Any) -> Outcome:
    known = {
        "name": name,
        "image": name.removesuffix("-slim"),
        "size_before": 1000,
        "size": 100,
        "image_id": "sha256:1",
        "layers": (LayerSize(name="system", digest=f"sha256:{name}", size=100),),
        "seconds": 1.0,
        "engine": "unix:///e",
    }
    return Outcome(**{**known, **fields})


def failure(name: str = "app:1-slim", code: int = 9, **fields: Any) -> Outcome:
    return Outcome(
        **{
            "name": name,
            "image": name.removesuffix("-slim"),
            "exit_code": code,
            "cause": f"cause {code}",
            "problem": "it failed",
            "hint": "do this",
            **fields,
        }
    )
