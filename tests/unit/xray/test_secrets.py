"""What a file of variables tells by their names."""

from __future__ import annotations

import pytest

from slimmer.secrets import secrets_of_file

VARIABLES = b"DEBUG=1\n  export DB_PASSWORD='hunter22'\nAPI_TOKEN=x\n"


def test_the_first_variable_of_a_secrets_name_is_told_without_its_value() -> None:
    assert list(secrets_of_file(".env", VARIABLES)) == [("value of DB_PASSWORD", 2)]
    assert list(secrets_of_file(".env.production", VARIABLES)) == [("value of DB_PASSWORD", 2)]


@pytest.mark.parametrize("name", [".env.example", ".env.local.sample", "env", "app.conf"])
def test_other_files_are_no_files_of_variables(name: str) -> None:
    assert list(secrets_of_file(name, VARIABLES)) == []


@pytest.mark.parametrize("value", [b"", b"''", b"$OTHER", b"/run/secrets/db"])
def test_what_holds_nothing_is_no_secret(value: bytes) -> None:
    assert list(secrets_of_file(".env", b"DB_PASSWORD=" + value + b"\n")) == []
