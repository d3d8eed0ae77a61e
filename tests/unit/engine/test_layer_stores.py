"""Which engines may be given an archive without layers that they have, as seen with each."""

from __future__ import annotations

import json

import pytest

from slimmer.errors import EngineOperationError
from tests.unit.engine.conftest import Served, answer

OVERLAY = [["Backing Filesystem", "extfs"]]
CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]]


def as_json(**values: object) -> bytes:
    return answer(json.dumps(values).encode())


@pytest.mark.parametrize(
    ("version", "status", "may"),
    [
        ("1.41", OVERLAY, True),
        ("1.45", CONTAINERD, False),
        ("1.51", CONTAINERD, True),
        ("1.100", CONTAINERD, True),
    ],
)
def test_an_engine_that_would_keep_half_an_image_gets_all_of_it(
    served: Served, version: str, status: object, may: bool
) -> None:
    engine = served(as_json(DriverStatus=status), version=version)

    assert engine.adds_to_layers is may


def test_a_store_that_compresses_layers_is_not_given_one_on_its_own(served: Served) -> None:
    engine = served(as_json(DriverStatus=CONTAINERD))

    assert engine.import_layer(iter(()), "name:tag") is False


def test_a_layer_that_the_engine_fails_to_register_is_an_error(served: Served) -> None:
    engine = served(as_json(DriverStatus=OVERLAY), as_json(error="unexpected EOF"))

    with pytest.raises(EngineOperationError, match="unexpected EOF"):
        engine.import_layer(iter((b"layer",)), "name:tag")
