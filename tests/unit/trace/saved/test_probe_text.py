"""Every kind of step as one line of a trace, and back."""

from __future__ import annotations

import pytest

from slimmer.probing.form import Upload
from slimmer.probing.kinds import (
    Exchange,
    ExecProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    SignalProbe,
    TcpProbe,
)
from slimmer.trace.saved.probe_text import probe_text, read_probe
from slimmer.values import Capture, JsonExpectation, Probe

PROBES: list[Probe] = [
    HttpProbe(name="GET /health", path="/health"),
    HttpProbe(
        name="a",
        plan="shop",
        phase="buying",
        beside=2,
        within=2.5,
        timeout=3.0,
        optional=True,
        compare=False,
        captures=(Capture(name="t", source="json", expression="$.t"),),
        method="POST",
        headers=(("A", "b"),),
        form=(("a", "ü"),),
        files=(Upload(field="f", filename="n", content=b"\x00\xff"),),
        statuses=frozenset({200, 201}),
        answer_headers=(("A", "^b"),),
        json=(JsonExpectation(path="$.a", value="1"),),
        port=80,
    ),
    ExecProbe(name="b", command=("a", "b c"), stdin=b"\xfe", environment=(("A", "b"),)),
    HostProbe(name="c", command=("./test",), folder="tests", port=80),
    TcpProbe(name="d", exchanges=(Exchange(send=b"\x80a", expect_pattern="b"),)),
    LogProbe(name="e", pattern="ready"),
    SignalProbe(name="f", signal="SIGHUP"),
]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: str(probe.kind))
def test_there_and_back(probe: Probe) -> None:
    text = probe_text(probe)
    assert text.isascii()
    assert "\n" not in text
    assert read_probe(text) == probe


def test_what_has_its_default_is_left_out() -> None:
    assert probe_text(PROBES[0]) == '{"http":{"name":"GET /health","path":"/health"}}'


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"http":{}}',
        '{"smtp":{"name":"a"}}',
        '{"http":{"name":1}}',
        '{"http":{"name":"a","within":"1"}}',
        '{"http":{"name":"a","optional":1}}',
        '{"http":{"name":"a","port":true}}',
        '{"http":{"name":"a","headers":[["a"]]}}',
        '{"http":{"name":"a","headers":["ab"]}}',
        '{"http":{"name":"a","body_pattern":"("}}',
        '{"tcp":{"exchanges":[{"expect_pattern":"("}],"name":"a"}}',
        '{"tcp":{"exchanges":[[]],"name":"a"}}',
        '{"http":{"files":[{"field":"a"}],"name":"a"}}',
        '{"log":{"name":"a","pattern":"a","request":"b"}}',
        '{"log":{"pattern":"a","name":"a"}}',
    ],
)
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a probe"):
        read_probe(text)
