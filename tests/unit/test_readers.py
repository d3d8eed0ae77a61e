"""What others have written, damaged by chance: each reader gives a value or its documented error.

Documents in JSON and saved traces are in test_documents.py; here are the sensor's streams, plans
and OCI layouts.
"""

from __future__ import annotations

import contextlib
import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slimmer.errors import (
    ConfigurationError,
    MissingExtraError,
    OriginalUnreadableError,
    TraceFileError,
    TraceIncompleteError,
    UsageError,
)
from slimmer.files import FileServerClient, RootfsIndex
from slimmer.options import read_plan, ready_plans
from slimmer.pack import NamedImage, output_target, write_output
from slimmer.pack.image import assemble
from slimmer.trace.wire.describe import describe
from slimmer.trace.wire.trace import build_trace, read_records
from tests.unit.trace.wire import stream

few = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some of them changed, cut out, or put in."""

    def change(changes: list[tuple[int, int, bytes]]) -> bytes:
        changed = data
        for place, length, added in changes:
            begin = place % (len(changed) + 1)
            changed = changed[:begin] + added + changed[begin + length :]
        return changed

    return st.lists(
        st.tuples(st.integers(0, 1 << 20), st.integers(0, 9), st.binary(max_size=9)),
        min_size=1,
        max_size=4,
    ).map(change)


def either(errors: tuple[type[Exception], ...], action: Callable[[], object]) -> None:
    with contextlib.suppress(*errors):
        action()


@few
@given(data=damaged(stream.RECORDED.read_bytes()))
def test_a_stream_of_the_sensor(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "trace"
    file.write_bytes(data)
    either((TraceFileError, TraceIncompleteError), lambda: build_trace(read_records(file)))


@few
@given(
    records=st.lists(
        st.one_of(
            st.tuples(st.integers(0, 20), st.binary(max_size=60)),
            st.tuples(st.just(4), st.binary(min_size=14, max_size=40)),
        ).map(lambda each: stream.record(*each)),
        max_size=6,
    )
)
def test_a_stream_whose_checksum_is_right(tmp_path: Path, records: list[bytes]) -> None:
    """Only behind it the records are looked at one by one."""
    known = [each for each in records if struct.unpack_from("<I", each, 4)[0] < 16]
    file = tmp_path / "trace"
    file.write_bytes(stream.complete(stream.hello(), stream.call(1, b"open"), *known))
    either((TraceFileError, TraceIncompleteError), lambda: list(describe(read_records(file))))


def index_answer(*paths: bytes) -> bytes:
    """A file server's start, and its answer with a directory for each path."""
    answer = struct.pack("<8sHHI", b"SLIMSRV\0", 1, 0, 0) + b"I"
    for path in paths:
        numbers = (b"d", 0, 0o755, 0, 0, 0, 7, 1, 1, 2, 0, 0, len(path), 0, 1, 0)
        record = struct.pack("<cBHIIQqQQIIIIIHH", *numbers) + path
        record += struct.pack("<HI", 6, 1) + b"user.a" + b"1"
        answer += struct.pack("<I", len(record)) + record
    return answer + struct.pack("<IQ", 0, len(paths))


@few
@given(data=damaged(index_answer(b"/", b"/usr", b"/usr/bin")))
def test_an_index(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "spool").unlink(missing_ok=True)

    def read() -> None:
        client = FileServerClient(io.BytesIO(data), io.BytesIO(), tmp_path / "spool")
        index = client.index()
        assert isinstance(index, RootfsIndex)
        for entry in index:
            assert index.resolve(entry.path).named is entry

    either((OriginalUnreadableError,), read)


PLANS = sorted(ready_plans().values())


@few
@given(data=st.sampled_from(PLANS).flatmap(lambda file: damaged(file.read_bytes())))
def test_a_plan(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(data)
    either((ConfigurationError, UsageError, MissingExtraError), lambda: read_plan(str(file)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
ANNOTATED = st.fixed_dictionaries(
    {"digest": JSON, "annotations": JSON | st.dictionaries(st.just("x"), JSON)}
)
NAMED: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"annotations": st.fixed_dictionaries({"org.opencontainers.image.ref.name": JSON})}
)


@few
@given(index=JSON | st.fixed_dictionaries({"manifests": st.lists(JSON | ANNOTATED | NAMED)}))
def test_an_oci_layout_of_others(tmp_path_factory: pytest.TempPathFactory, index: object) -> None:
    layout = tmp_path_factory.mktemp("layout")
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (layout / "index.json").write_text(json.dumps(index))
    image = assemble(b'{"rootfs":{}}', layers=())
    named = [NamedImage(image=image, reference="app:1")]
    either((UsageError,), lambda: write_output(output_target(f"{layout}/"), named))


def test_an_oci_layout_without_end(tmp_path: Path) -> None:
    (tmp_path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (tmp_path / "index.json").write_text("[" * 100_000)
    image = NamedImage(image=assemble(b'{"rootfs":{}}', layers=()), reference="app:1")
    with pytest.raises(UsageError, match="not an OCI image index"):
        write_output(output_target(str(tmp_path)), [image])
