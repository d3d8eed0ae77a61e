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


@pytest.mark.parametrize("name", ["production.env", "app.env", ".env.local"])
def test_files_of_variables_by_other_names(name: str) -> None:
    assert list(secrets_of_file(name, VARIABLES)) == [("value of DB_PASSWORD", 2)]


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_BASE", "APP_KEY", "SMTP_PASS"])
def test_other_names_of_secrets(name: str) -> None:
    assert list(secrets_of_file(".env", f"{name}=tea4two\n".encode())) == [(f"value of {name}", 1)]


KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDA"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        # A service account of Google: JSON has no line ends in strings.
        ("private key", rf'{{"private_key": "-----BEGIN PRIVATE KEY-----\n{KEY}\n{KEY}\n"}}'),
        ("RSA private key", rf'KEY="-----BEGIN RSA PRIVATE KEY-----\n{KEY}"'),
        ("PuTTY private key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
        ("age private key", f"AGE-SECRET-KEY-1{'Q' * 58}"),
        ("key of a cluster's user", f"  user:\n    client-key-data: {KEY}\n"),
        ("AWS access key", "aws_access_key_id = ASIAQWERTYUIOP234567"),
        ("AWS secret key", f"aws_secret_access_key = {'wJalrXUt/+' * 4}"),
        ("AWS secret key", f'"SecretAccessKey": "{"wJalrXUt/+" * 4}"'),
        ("Azure account key", f"AccountName=a;AccountKey={'A' * 86}==;EndpointSuffix=core"),
        ("password of netrc", "machine api.example.com\n  login me\n  password tea4two\n"),
        ("password in an address", "DATABASE_URL=postgres://app:tea4two@db/shop"),
        ("password in an address", "redis://:tea4two@cache:6379/0"),
        ("OpenAI or Anthropic key", f"sk-proj-{'a' * 48}"),
        ("Hugging Face token", f"hf_{'A' * 34}"),
        ("DigitalOcean token", f"dop_v1_{'a' * 64}"),
        ("SendGrid key", f"SG.{'a' * 22}.{'b' * 43}"),
        ("Vault token", f"hvs.{'a' * 24}"),
    ],
)
def test_by_the_forms_that_their_makers_gave_them(what: str, text: str) -> None:
    assert [found for found, _ in secrets_of_file("settings", text.encode())] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:$PASSWORD@db/shop postgres://app:password@db/shop postgres://db/shop",
        "postgres://app:<password>@db http://example.com:8080/@scope/name",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----BEGIN PUBLIC KEY-----\nMIIB\n",
        "a machine with a login and a password",
        "client-key-data: REDACTED AccountKey=... aws_secret_access_key = YOUR_KEY",
        "hf_hub_download sk-learn-contrib hvs.py SG.a.b",
    ],
)
def test_what_only_looks_similar(text: str) -> None:
    assert list(secrets_of_file("settings", text.encode())) == []
