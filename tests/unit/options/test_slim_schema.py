"""The schema of slim.yaml: it takes what the reader takes, and refuses what that refuses."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from slimmer.errors import SlimError
from slimmer.options import TABLE, read_options
from tests.schemas import COMMAND
from tests.slim_schema import PAGE, page_with_table, slim_schema
from tests.unit.cli.test_options import FILE
from tests.unit.options import test_file, test_roles

ROOT = Path(__file__).parents[3]
CHECKED_IN = sorted(ROOT.glob("*/**/slim.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(slim_schema())


def is_valid(text: str) -> bool:
    value = yaml.safe_load(text)
    return bool(VALIDATOR.is_valid({} if value is None else value))


@pytest.mark.parametrize("file", CHECKED_IN, ids=lambda file: file.parent.name)
def test_each_file_that_is_checked_in_fits(file: Path) -> None:
    read_options(file)
    VALIDATOR.validate(yaml.safe_load(file.read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "",
        FILE,
        test_file.COMPLETE,
        test_roles.FILE,
        "crawl: {depth: 3}",
        "openapi: api.yaml",
        "verify: off",
        "debug: {from: busybox}",
        "plans: [redis, {plan: nginx, values: {}}]",
        "plans: redis",
        "compose: {file: a.yml, service: web}\nroles: {web: {service: web}}",
        "trace_sources: [notify]\nrules: fonts",
        "tag:\nrun: {user: 1000}\nhealthcheck:",
        "max_size: 1000",
    ],
)
def test_what_is_read_fits(tmp_path: Path, text: str) -> None:
    (tmp_path / "more.env").touch()
    (tmp_path / "slim.yaml").write_text(text)
    read_options(tmp_path / "slim.yaml")
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "prob: []",
        "port: eighty",
        "port: 70000",
        "image: [a]",
        "run: {environment: {DEBUG: true}}",
        "run: {usr: 1}",
        "run: {start_timeout: -1}",
        "run: {start_timeout: true}",
        "run: {probe_workers: 0}",
        "run: {command: [1]}",
        "probes: [{http: /a, exec: b}]",
        "probes: [/health]",
        "strategy: tiny",
        "verify: true",
        "debug: yes please",
        "debug: {from: }",
        "crawl: 7",
        "crawl: {pages: 0}",
        "openapi: {examples: 2}",
        "compose: {service: web}",
        "service: web",
        "trace_sources: [ptrace]",
        "repair: -1",
        "insecure: maybe",
        "save_trace: a\nfrom_trace: b",
        "roles: {}",
        "roles: [web]",
        "roles: {'a b': {}}",
        "roles: {web: {strategy: safe}}",
        "roles: {web: {}}\nprobes: []",
        "roles: {web: {}}\ncrawl: true",
        "- a",
    ],
)
def test_what_is_refused_does_not_fit(tmp_path: Path, text: str) -> None:
    (tmp_path / "slim.yaml").write_text(text)
    with pytest.raises(SlimError):
        read_options(tmp_path / "slim.yaml")
    assert not is_valid(text)


def test_the_page_has_the_table() -> None:
    assert PAGE.read_text("utf-8") == page_with_table(), f"`{COMMAND}` writes it anew"


def test_an_option_has_one_name_and_one_key() -> None:
    flags = [flag for option in TABLE for flag in option.flags]
    keys = [option.key for option in TABLE if option.key]
    assert len(set(flags)) == len(flags)
    assert len(set(keys)) == len(keys)


def test_the_example_of_the_page_names_each_key() -> None:
    example = PAGE.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    for option in TABLE:
        assert f"{option.key.rpartition('.')[2]}:" in example or not option.key, option.key
