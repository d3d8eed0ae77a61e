"""A saved trace and the next build of its original: what may change, and what has to be traced."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slimmer.build.trace_cache import remove_old
from slimmer.errors import EngineOperationError, SlimError, SmokeTestError, TraceDriftError
from slimmer.probing.kinds import ExecProbe
from slimmer.trace.saved import read_saved_trace, to_bytes
from slimmer.trace.saved.writing import checksum
from slimmer.values import RunOptions, Strategy
from tests.unit.build.bench import SLIM, Bench, reads
from tests.unit.build.engine import Process

SOURCE = "/srv/shop/main.js"
LIBRARY = "/srv/shop/node_modules/left/index.js"
UNUSED = "/srv/shop/node_modules/right/index.js"
SYSTEM = "/usr/lib/libshop.so"
STATUS = "/var/lib/dpkg/status"
LIST = "/var/lib/dpkg/info/libshop.list"


def status(version: str, *others: str) -> str:
    return "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        for name in ("libshop", *others)
    )


@pytest.fixture
def shop(bench: Bench) -> Bench:
    """With a trace of an application in /srv/shop, its libraries, and one of the system's."""
    bench.engine.rebuild_original(
        {
            SOURCE: "version 1",
            LIBRARY: "left",
            UNUSED: "right",
            SYSTEM: "shop",
            STATUS: status("1"),
            LIST: f"{SYSTEM}\n",
        },
        WorkingDir="/srv/shop",
        Env=["PATH=/bin", "MODE=quick"],
    )
    bench.engine.program = reads("/etc/app.conf", SOURCE, LIBRARY, SYSTEM)
    bench.build(save_trace=bench.folder / "app.trace")
    return bench


def again(shop: Bench, **options: Any) -> dict[str, Any]:
    return shop.build(from_trace=shop.folder / "app.trace", **options)


class TestWhatMayChange:
    def test_a_file_of_the_application_takes_the_place_of_the_traced_one(self, shop: Bench) -> None:
        before = {layer["name"]: layer["digest"] for layer in shop.report()["slim"]["layers"]}
        shop.engine.rebuild_original({SOURCE: "version 2"})

        report = again(shop)

        assert shop.engine.text_of(SLIM, SOURCE) == "version 2"
        assert report["trace_file"]["drift"] == [
            {"path": SOURCE, "change": "content", "layer": "application"}
        ]
        assert "target" not in shop.purposes
        assert "slim" in shop.purposes, "it has been tested"
        after = {layer["name"]: layer["digest"] for layer in report["slim"]["layers"]}
        assert [name for name in after if after[name] != before[name]] == ["application"]
        assert any("taken as it is now" in note for note in report["notes"])

    def test_new_files_are_kept_as_the_strategy_says(self, shop: Bench) -> None:
        shop.engine.rebuild_original({"/srv/shop/routes/new.js": "new"})

        again(shop)
        assert "/srv/shop/routes/new.js" not in shop.engine.files_of(SLIM)
        again(shop, strategy=Strategy.BALANCED)
        assert "/srv/shop/routes/new.js" in shop.engine.files_of(SLIM)

    def test_a_file_that_is_gone_is_left_out(self, shop: Bench) -> None:
        shop.engine.rebuild_original({SOURCE: None})
        shop.engine.program = reads("/etc/app.conf", LIBRARY, SYSTEM)

        assert again(shop)["trace_file"]["drift"][0]["change"] == "gone"
        assert SOURCE not in shop.engine.files_of(SLIM)

    def test_the_smoke_test_still_decides(self, shop: Bench) -> None:
        shop.engine.rebuild_original({SOURCE: "version 2, which needs what nobody has"})
        shop.engine.names.pop(SLIM)
        needy = reads("/etc/app.conf", SOURCE, "/nowhere")

        error, _ = shop.fails(SmokeTestError, needy, from_trace=shop.folder / "app.trace")

        assert "--save-trace" in error.hint

    @pytest.mark.parametrize(
        ("files", "config"),
        [
            ({UNUSED: "righter"}, {}),
            ({f"{LIBRARY[:-8]}__pycache__/index.cpython-313.pyc": "byte code"}, {}),
            ({}, {"Labels": {"org.opencontainers.image.revision": "1234"}}),
            ({"/srv/shop/.env": "new"}, {"Shell": ["/bin/bash", "-c"]}),
        ],
        ids=["unused-dependency", "byte-code", "label", "shell-of-builds"],
    )
    def test_what_no_trace_depends_on(
        self, shop: Bench, files: dict[str, str | None], config: dict[str, object]
    ) -> None:
        shop.engine.rebuild_original(files, **config)
        assert again(shop)["trace_file"]["recalled"]


class TestWhatMayNot:
    CASES: tuple[tuple[dict[str, str | None], dict[str, object], str], ...] = (
        ({LIBRARY: "lefter"}, {}, "dependencies: /srv/shop/node_modules/left has changed"),
        ({LIBRARY: "LEFT"}, {}, f"dependencies: {LIBRARY} has changed"),
        (
            {"/srv/shop/node_modules/@a/new/index.js": "new"},
            {},
            "dependencies: /srv/shop/node_modules/@a/new is new",
        ),
        ({SYSTEM: "SHOP"}, {}, f"system: {SYSTEM} has changed"),
        ({STATUS: status("2")}, {}, "system: dpkg libshop:amd64 1 is 2 now"),
        ({STATUS: status("1", "curl")}, {}, "system: dpkg curl:amd64 1 is new"),
        ({}, {"Entrypoint": ["/bin/app", "-v"]}, "configuration: Entrypoint has changed"),
        ({}, {"Env": ["PATH=/bin", "A=1"]}, "configuration: ENV A is new, ENV MODE was removed"),
    )

    @pytest.mark.parametrize(("files", "config", "said"), CASES, ids=[case[2] for case in CASES])
    def test_it_is_named_and_the_trace_refused(
        self, shop: Bench, files: dict[str, str | None], config: dict[str, object], said: str
    ) -> None:
        shop.engine.rebuild_original(files, **config)

        with pytest.raises(TraceDriftError) as caught:
            again(shop)

        assert said in caught.value.message
        assert "--retrace" in caught.value.hint
        assert shop.purposes == ["files"], "the original did not run"
        assert again(shop, allow_drift=True)["trace_file"]["recalled"]

    def test_a_trace_of_before_tells_too_little(self, shop: Bench) -> None:
        file = shop.folder / "app.trace"
        lines = file.read_bytes().splitlines(keepends=True)[:-1]
        old = b"".join(
            each for each in lines if not each.startswith((b"setting", b"package", b"installed"))
        )
        file.write_bytes(old + f"end\t{checksum(old)}\n".encode())
        assert again(shop)["trace_file"]["passed"]
        shop.engine.rebuild_original({SOURCE: "version 2"})
        with pytest.raises(TraceDriftError, match="its layers are other ones"):
            again(shop)


class TestRetrace:
    def test_the_original_is_traced_anew_and_the_file_renewed(self, shop: Bench) -> None:
        shop.engine.rebuild_original({LIBRARY: "lefter"})

        report = again(shop, retrace=True)

        # As in any traced build: the file server that gave the list of files goes on.
        assert sorted(shop.purposes) == [
            *("files", "files", "reference", "sidecar", "slim", "target")
        ]
        assert not report["trace_file"]["recalled"]
        assert any("/srv/shop/node_modules/left has changed" in note for note in report["notes"])
        assert again(shop)["trace_file"]["passed"]

    def test_an_application_that_needs_more_than_its_trace_has(self, shop: Bench) -> None:
        def needy(process: Process) -> int:
            whole = reads("/etc/app.conf", SOURCE, LIBRARY, SYSTEM)(process)
            source = process.root / SOURCE.lstrip("/")
            if source.exists() and source.read_text() == "version 2":
                return whole or reads("/srv/data")(process)
            return whole

        shop.engine.rebuild_original({SOURCE: "version 2"})

        report = again(shop, program=needy, repair=0, retrace=True)

        assert "/srv/data" in shop.engine.files_of(SLIM)
        assert shop.purposes.count("target") == 1
        assert not report["trace_file"]["recalled"]
        assert any("the application has changed since" in note for note in report["notes"])
        assert again(shop)["trace_file"]["passed"]

    def test_a_file_that_is_not_there_is_saved(self, shop: Bench) -> None:
        (shop.folder / "app.trace").unlink()
        assert not again(shop, retrace=True)["trace_file"]["recalled"]
        assert again(shop, retrace=True)["trace_file"]["recalled"]

    def test_nothing_runs_where_the_trace_fits(self, shop: Bench) -> None:
        shop.engine.rebuild_original({SOURCE: "version 2"})
        assert again(shop, retrace=True)["trace_file"]["recalled"]

    def test_the_probes_of_before_are_asked_again(self, shop: Bench) -> None:
        look = ExecProbe(name="exec look", command=("/bin/look",))
        shop.engine.rebuild_original({LIBRARY: "lefter"})
        file = shop.folder / "app.trace"
        file.write_bytes(to_bytes(replace(read_saved_trace(file), probes=(look,))))

        sent: list[tuple[str, ...]] = []

        def execute(_container: str, command: tuple[str, ...], **_: object) -> None:
            sent.append(command)
            raise EngineOperationError("the engine in memory has no second program")

        shop.engine.execute = execute  # type: ignore[assignment,method-assign]
        with pytest.raises(SlimError):
            again(shop, retrace=True)

        assert sent
        assert sent[0][-1] == "/bin/look"

    def test_what_tests_have_driven_is_not_repeated(self, shop: Bench) -> None:
        shop.engine.rebuild_original({LIBRARY: "lefter"})
        file = shop.folder / "app.trace"
        saved = read_saved_trace(file)
        file.write_bytes(to_bytes(replace(saved, phases=(*saved.phases, "tests"))))

        with pytest.raises(TraceDriftError) as caught:
            again(shop, retrace=True)

        assert "slim trace start" in caught.value.hint
        assert "target" not in shop.purposes


class TestCacheDirectory:
    def test_the_second_build_is_one_from_the_trace(self, shop: Bench, tmp_path: Path) -> None:
        cache = tmp_path / "cache"
        shop.build(cache_directory=cache)
        assert "target" in shop.purposes
        shop.engine.rebuild_original({SOURCE: "version 2"})

        report = shop.build(cache_directory=cache)

        assert "target" not in shop.purposes
        (file,) = cache.glob("traces/*.trace")
        assert report["trace_file"]["path"] == str(file)
        assert file.name.startswith("my-app-")

    def test_a_tag_makes_no_difference_and_another_question_does(
        self, shop: Bench, tmp_path: Path
    ) -> None:
        cache = tmp_path / "cache"
        shop.build(cache_directory=cache)
        shop.engine.tag_image(shop.engine.names["my-app:1"], "my-app:2")
        assert shop.build(cache_directory=cache, image="my-app:2")["trace_file"]["recalled"]

        shop.build(cache_directory=cache, run=RunOptions(environment=(("A", "1"),)))

        assert "target" in shop.purposes
        assert len(list(cache.glob("traces/*.trace"))) == 2

    def test_a_damaged_one_is_made_anew(self, shop: Bench, tmp_path: Path) -> None:
        cache = tmp_path / "cache"
        shop.build(cache_directory=cache)
        (file,) = cache.glob("traces/*.trace")
        file.write_bytes(file.read_bytes()[:100])

        assert not shop.build(cache_directory=cache)["trace_file"]["recalled"]
        assert shop.build(cache_directory=cache)["trace_file"]["recalled"]

    def test_it_is_bounded_in_bytes_and_in_time(self, tmp_path: Path) -> None:
        for name, used in (("old", 0), ("a", 1000), ("b", 2000), ("c", 3000)):
            file = tmp_path / f"{name}.trace"
            file.write_bytes(b"x" * 100)
            os.utime(file, (used, used))

        remove_old(tmp_path, now=3000, most_bytes=250, most_seconds=2500)

        assert sorted(file.stem for file in tmp_path.iterdir()) == ["b", "c"]
        remove_old(tmp_path, now=5000, most_bytes=250, most_seconds=2500)
        assert [file.stem for file in tmp_path.iterdir()] == ["c"]
