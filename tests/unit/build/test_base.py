"""`--base` and `--push` in the order of a build, with an engine in memory."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import (
    BaseMissingError,
    BaseUnfitError,
    InterruptedRunError,
    PushBrokenError,
    PushRefusedError,
    SlimError,
    UsageError,
)
from slimmer.values import Compression
from tests.unit.build.bench import SLIM, Bench, late
from tests.unit.build.engine import ORIGINAL

APP, CONF = "/bin/app", "/etc/app.conf"


def layer_of(**files: str) -> bytes:
    """A layer with files of this user, as the original's are: `etc_app.conf` is /etc/app.conf."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for folder in sorted({name.partition("_")[0] for name in files}):
            tar.addfile(_member(folder, tarfile.DIRTYPE, 0o755))
        for name, content in files.items():
            member = _member(name.replace("_", "/", 1), tarfile.REGTYPE, 0o644)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    return data.getvalue()


def _member(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.type, member.mode = kind, mode
    member.uid, member.gid = os.getuid(), os.getgid()
    return member


def base_for(bench: Bench, name: str = "base:1", **files: str) -> bytes:
    layer = layer_of(**files)
    bench.engine.add_image(name, layer)
    return layer


class TestBase:
    def test_only_what_the_base_lacks_is_packed_and_sent(self, bench: Bench) -> None:
        base_for(bench, **{"etc_app.conf": f"this is {CONF}\n", "srv_own": "the base's"})

        report = bench.build(bases=("base:1",))

        assert bench.engine.files_of(SLIM) == {APP, CONF, "/srv/own"}
        told = report["base"]
        assert (told["shared_files"], told["added_files"], told["overridden_files"]) == (1, 1, 0)
        base, own = report["slim"]["layers"]
        (layer,) = bench.engine.inspect_image("base:1")["RootFS"]["Layers"]
        assert (base["name"], base["digest"]) == ("base", layer)
        (sent,) = bench.engine.archives
        assert f"blobs/sha256/{own['digest'][7:]}" in sent
        assert f"blobs/sha256/{layer[7:]}" not in sent
        origins = {each["path"]: (each["layer"], each.get("origin", "")) for each in report["kept"]}
        assert origins[CONF] == ("base", "")
        assert origins["/srv/own"] == ("base", "base")
        assert origins[APP] == ("system", "")
        page = (bench.reports / "report.html").read_text()
        assert "kept, and in the base the same" in page

    def test_what_it_has_otherwise_is_overridden(self, bench: Bench) -> None:
        base_for(bench, **{"etc_app.conf": "something else"})

        report = bench.build(bases=("base:1",))

        assert report["base"]["overridden_files"] == 1
        assert bench.engine.text_of(SLIM, CONF) == f"this is {CONF}\n"

    def test_a_repaired_image_stands_on_it_too(self, bench: Bench) -> None:
        base_for(bench, **{"etc_app.conf": f"this is {CONF}\n"})

        report = bench.build(late, bases=("base:1",))

        assert [each["path"] for each in report["repair"]["paths"]] == ["/etc/late.conf"]
        assert report["base"]["shared_files"] == 1

    def test_of_several_the_one_that_makes_it_smallest_is_taken(self, bench: Bench) -> None:
        base_for(bench, "large:1", **{"etc_app.conf": f"this is {CONF}\n", "srv_x": "x" * 50_000})
        base_for(bench, "small:1", srv_own="little")

        report = bench.build(bases=("large:1", "small:1"))

        assert report["base"]["reference"] == "small:1"
        (other,) = report["base"]["rejected"]
        assert other["reference"] == "large:1"
        assert "the whole image would have" in other["why"]

    def test_the_same_base_gives_the_same_image(self, bench: Bench) -> None:
        base_for(bench, srv_own="little")
        assert bench.build(bases=("base:1",))["slim"] == bench.build(bases=("base:1",))["slim"]

    @pytest.mark.parametrize(
        ("inspection", "error", "words"),
        [
            ({"Architecture": "s390x"}, BaseUnfitError, "is for linux/s390x"),
            ({"RootFS": {}}, BaseUnfitError, "has no layers"),
            ({"RootFS": {"Layers": ["sha256:" + "3" * 64]}}, BaseUnfitError, "other layers"),
        ],
    )
    def test_what_cannot_be_stood_on(
        self, bench: Bench, inspection: dict[str, Any], error: type[SlimError], words: str
    ) -> None:
        bench.engine.add_image("base:1", layer_of(srv_own="x"), **inspection)
        with pytest.raises(error, match=words):
            bench.build(bases=("base:1",))
        assert SLIM not in bench.engine.names

    def test_one_that_is_not_there(self, bench: Bench) -> None:
        with pytest.raises(BaseMissingError, match=r"the base base:1 is not in the engine"):
            bench.build(bases=("base:1",))
        assert bench.engine.ran == []
        assert set(bench.engine.names) == {ORIGINAL}


def test_layers_are_compressed_only_on_their_way_into_a_file(bench: Bench) -> None:
    with pytest.raises(UsageError, match="which is not given"):
        bench.build(compression=Compression.ZSTD)

    plain = bench.build(output=f"{bench.folder}/plain/")
    packed = bench.build(output=f"{bench.folder}/packed/", compression=Compression.ZSTD)

    assert plain["slim"] == packed["slim"]
    plain_size, packed_size = (
        sum(file.stat().st_size for file in (bench.folder / name).rglob("*") if file.is_file())
        for name in ("plain", "packed")
    )
    assert packed_size < plain_size


class TestPush:
    NAME = "registry.example/team/app:1"

    def test_it_goes_where_its_name_says_once_it_has_it(self, bench: Bench) -> None:
        named: list[bool] = []
        take = bench.engine.registry

        def registry(reference: str) -> str:
            named.append(reference in bench.engine.names)
            return take(reference)

        bench.engine.registry = registry
        report = bench.build(tag=self.NAME, push=True)

        assert named == [True]
        assert report["pushed"] == [{"reference": self.NAME, "digest": take(self.NAME)}]
        assert report["exit_code"] == 0

    def test_an_image_that_fails_is_not_pushed(self, bench: Bench) -> None:
        asked: list[str] = []
        bench.engine.registry = lambda reference: asked.append(reference) or ""  # type: ignore[func-returns-value]
        with pytest.raises(SlimError):
            bench.build(late, tag=self.NAME, push=True, repair=0)
        assert asked == []

    @pytest.mark.parametrize("error", [PushRefusedError, PushBrokenError])
    def test_what_a_registry_does_not_take_is_in_the_engine(
        self, bench: Bench, error: type[SlimError]
    ) -> None:
        def refuse(reference: str) -> str:
            raise error("no")

        bench.engine.registry = refuse
        with pytest.raises(error) as caught:
            bench.build(tag=self.NAME, push=True)

        assert bench.engine.files_of(self.NAME) == {APP, CONF}
        assert Path(caught.value.report_file) == bench.reports / "report.json"
        report = bench.report()
        assert (report["exit_code"], report["pushed"]) == (error.exit_code, [])
        assert report["slim"]["reference"] == self.NAME

    def test_an_interruption_leaves_the_images(self, bench: Bench) -> None:
        def interrupt(reference: str) -> str:
            raise KeyboardInterrupt

        bench.engine.registry = interrupt
        with pytest.raises(InterruptedRunError, match="while pushing") as caught:
            bench.build(tag=self.NAME, push=True)
        assert "are in the engine" in caught.value.hint
        assert bench.engine.files_of(self.NAME) == {APP, CONF}
        assert bench.report()["exit_code"] == 0

    def test_a_digest_that_the_engine_does_not_know(self, bench: Bench) -> None:
        bench.engine.push_image = lambda reference, told: "sha256:" + "5" * 64  # type: ignore[method-assign]
        with pytest.raises(PushBrokenError, match="does not know"):
            bench.build(tag=self.NAME, push=True)
        bench.engine.knows_pushed = False
        (pushed,) = bench.build(tag=self.NAME, push=True)["pushed"]
        assert pushed["digest"] == "sha256:" + "5" * 64

    def test_a_name_of_no_registry(self, bench: Bench) -> None:
        with pytest.raises(UsageError, match="says no registry"):
            bench.build(push=True)
        with pytest.raises(UsageError, match="no debug image"):
            bench.build(tag=self.NAME, push_debug=True)
        assert bench.engine.ran == []
