"""What an image's programs run on where it is made for other processors than the engine's machine
has."""

from __future__ import annotations

import enum
from typing import Final

from slimmer.engine import Session, helper
from slimmer.errors import EngineOperationError
from slimmer.trace.run.sensor import ARCHITECTURES, sensor_binary
from slimmer.values import Original

_PATIENCE: Final = 30.0
"""Seconds for a program that says its version."""


class Processor(enum.Enum):
    """What runs the image's programs."""

    OWN = "own"
    """The machine's own processors."""
    EMULATED = "emulated"
    """An emulator, which the kernel hands them to (binfmt_misc, qemu-user)."""
    NONE = "none"
    """Nothing."""


def processor_for(session: Session, image: Original) -> Processor:
    """Seen in a container of the image: the sensor for its architecture says its version there, or
    cannot. Raises SensorMissingError where there is no such sensor."""
    engine = session.engine
    if image.architecture == engine.architecture or image.architecture not in ARCHITECTURES:
        return Processor.OWN
    sensor = sensor_binary(image.architecture)
    trial = session.create_with_sensor("emulator", helper(image.id, ("--version",), (), ()), sensor)
    try:
        engine.start_container(trial)
        ran = engine.wait_container(trial, _PATIENCE) == 0
    except EngineOperationError:  # some engines say at once that it is no program of theirs
        ran = False
    session.discard(trial)
    return Processor.EMULATED if ran else Processor.NONE
