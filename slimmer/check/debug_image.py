"""The engine's side of an image that is tested: where it is, and the debug image beside it."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.check.subject import Subject
from slimmer.engine import Engine, connect
from slimmer.image import ORIGINAL_LABEL, debug_tag


@dataclass(frozen=True, kw_only=True)
class InEngine:
    """Where an image of the engine can be run."""

    address: str
    """Of the engine, as DOCKER_HOST has it."""
    debug: str | None
    """The name of the debug image; None where there is none, or slimmer has not made the image."""


def in_engine(subject: Subject) -> InEngine | None:
    """None for an archive."""
    if subject.xray.image.source != "engine":
        return None
    engine = connect()
    try:
        return InEngine(address=engine.address, debug=_debug_image(engine, subject))
    finally:
        engine.close()


def _debug_image(engine: Engine, subject: Subject) -> str | None:
    """By its name, and by the label that both have of their original."""
    config = subject.image.content.configuration.get("config") or {}
    made_from = (config.get("Labels") or {}).get(ORIGINAL_LABEL)
    if made_from is None:
        return None
    report = subject.report
    if subject.is_result and report is not None and report.debug is not None:
        name = report.debug.reference
    elif "@" in subject.reference:
        return None  # a digest has no other image beside it
    else:
        name = debug_tag(_with_tag(subject.reference))
    found = engine.find_image(name)
    if found is None or found["Id"] in subject.image.ids:
        return None
    labels = (found.get("Config") or {}).get("Labels") or {}
    return name if labels.get(ORIGINAL_LABEL) == made_from else None


def _with_tag(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"
