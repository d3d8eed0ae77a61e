"""What is told of images, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from slimmer.image.archive import read_image_stream
from slimmer.xray import Inspection, Used, Xray, examine, opened_files
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

STATUS = b"""Package: tool
Status: install ok installed
Architecture: amd64
Version: 1.2

"""
KEY = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"A" * 64 + b"\n-----END RSA PRIVATE KEY-----\n"


def xray(
    *layers: Mapping[str, bytes | File],
    history: Sequence[Any] = (),
    used: Sequence[str] | None = None,
    **config: Any,
) -> Xray:
    data = docker_archive([layer(each) for each in layers], history, **config)
    image = read_image_stream([data], "app", Inspection())
    told = (
        None
        if used is None
        else Used(source="app.trace", paths=lambda index: opened_files(index, used))
    )
    return examine(image, "app", used=told)


BASE: Mapping[str, bytes | File] = {
    "bin": File(link="usr/bin"),
    "usr/bin/": DIRECTORY,
    "usr/bin/tool": File(b"\x7fELF" + b"t" * 1000, mode=0o755),
    "usr/bin/alias": File(hard="usr/bin/tool"),
    "usr/share/doc/text.md": b"d" * 300,
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/tool.list": b"/.\n/bin\n/bin/tool\n/bin/alias\n",
    "opt/app/a.js": b"a" * 500,
    "opt/app/b.js": b"b" * 700,
}


def test_what_a_layer_does() -> None:
    upper = {
        "opt/app/.wh.b.js": b"",
        "opt/app/a.js": File(b"a" * 500, uid=7),
        "opt/app/c.js": b"c" * 900,
        "usr/share/doc/text.md": b"e" * 200,
    }
    found = xray(BASE, upper)
    lower, above = found.layers
    assert (above.added, above.changed, above.removed) == (1, 2, 1)
    assert (above.added_size, above.changed_size, above.removed_size) == (900, 700, 700)
    assert above.same_size == 500, "the owner alone was changed"
    assert above.hides_size == lower.hidden_size == found.hidden.size == 500 + 700 + 300
    assert {(each.path, each.how) for each in found.hidden.largest} == {
        ("/opt/app/b.js", "removed"),
        ("/opt/app/a.js", "repeated"),
        ("/usr/share/doc/text.md", "replaced"),
    }
    assert found.image.size == found.image.visible_size + found.hidden.size
    assert found.image.size == lower.size + above.size


def test_a_file_is_hidden_when_its_last_name_is() -> None:
    """And one that is removed in one layer is not counted again in the next."""
    one = xray(BASE, {"usr/bin/.wh.tool": b""})
    assert one.hidden.size == 0
    both = xray(BASE, {"usr/bin/.wh.tool": b""}, {"usr/bin/.wh.alias": b""}, {"bin/.wh.tool": b""})
    assert both.hidden.size == 1004
    assert [each.hides_size for each in both.layers] == [0, 0, 1004, 0]


@pytest.mark.parametrize(
    "upper",
    [
        {"opt/.wh.app": b""},
        {"opt/app/.wh..wh..opq": b""},
        {"opt/app": b""},
        {".wh.opt": b""},
        {"opt/app": File(link="/usr")},
    ],
)
def test_all_below_a_directory_is_hidden(upper: Mapping[str, bytes | File]) -> None:
    found = xray(BASE, upper)
    assert found.hidden.size == 1200
    assert {each.path for each in found.hidden.largest} == {"/opt/app/a.js", "/opt/app/b.js"}
    assert found.layers[1].removed == 2


def test_a_directory_that_is_a_link_leads_where_it_leads() -> None:
    found = xray(BASE, {"bin/tool": File(b"new", mode=0o755)}, {"bin/.wh.alias": b""})
    assert found.layers[1].changed == 1
    assert found.hidden.size == 1004


def test_bytes_by_package_type_and_directory() -> None:
    found = xray(BASE, used=["/bin/alias", "/opt/app/b.js", "/opt/app", "/missing"])
    (package,) = found.packages
    assert (package.type, package.name, package.version) == ("deb", "tool", "1.2")
    assert (package.files, package.size, package.used_size) == (2, 1004, 1004)
    shares = {share.name: (share.size, share.used_size) for share in found.directories}
    assert shares["/opt/app"] == (1200, 700)
    assert shares["/usr/bin"] == (1004, 1004)
    types = {share.name: share.size for share in found.types}
    assert (types["program"], types["JavaScript"]) == (1004, 1200)
    assert found.usage is not None
    assert (found.usage.size, found.layers[0].used_size) == (1704, 1704)
    assert found.unpackaged.size + package.size == found.image.visible_size


def test_duplicates_over_paths_and_layers() -> None:
    copy = b"same" * 1000
    found = xray({"a": copy, "b": b"other" * 800}, {"c/d": copy}, {".wh.a": b""})
    (group,) = found.duplicates.largest
    assert (group.size, group.copies, group.extra_size) == (4000, 2, 4000)
    assert [(each.path, each.layer, each.is_hidden) for each in group.places] == [
        ("/a", 0, True),
        ("/c/d", 1, False),
    ]
    assert found.duplicates.extra_size == 4000


def test_large_files_are_compared_as_well() -> None:
    found = xray({"a.bin": b"x" * 100_000, "b.bin": b"x" * 100_000, "c.bin": b"y" * 100_000})
    assert found.duplicates.extra_size == 100_000


def test_privileges() -> None:
    capability = bytes.fromhex("01000002" + "00200000" + "00" * 12).decode("latin1")
    found = xray(
        {
            "sudo": File(b"1", mode=0o4755),
            "wall": File(b"2", mode=0o2755),
            "lock": File(b"3", mode=0o2644),
            "ping": File(b"4", mode=0o755, xattrs={"security.capability": capability}),
            "open": File(b"5", mode=0o666),
            "shared/": File(kind=b"5", mode=0o777),
            "tmp/": File(kind=b"5", mode=0o1777),
        }
    )
    assert [(each.what, each.path, each.detail) for each in found.privileges] == [
        ("file capabilities", "/ping", "net_raw"),
        ("setgid", "/wall", ""),
        ("setuid", "/sudo", ""),
        ("world-writable", "/open", ""),
        ("world-writable", "/shared", "directory"),
    ]


def test_secrets_are_found_in_all_layers_and_never_told() -> None:
    token = "ghp_" + "a1B2" * 9
    found = xray(
        {
            "root/.ssh/id_rsa": KEY,
            "app/.env": f"X=1\nTOKEN={token}\n".encode(),
            "app/readme.txt": b"a -----BEGIN PRIVATE KEY----- is a line of a key",
            "root/.npmrc": b"//registry.example/:_authToken=abcdefgh12345\n",
            "etc/ssl/public.pem": b"-----BEGIN CERTIFICATE-----\n" + b"A" * 64,
        },
        {"root/.ssh/.wh.id_rsa": b""},
        history=["COPY . .", "|1 DB_PASSWORD=hunter2 /bin/sh -c make"],
        Env=["PATH=/bin", "API_KEY=0123", "KEY_FILE=/run/key", "SECRET=", f"G={token}"],
    )
    assert [(each.what, each.place, each.line, each.is_hidden) for each in found.secrets] == [
        ("RSA private key", "/root/.ssh/id_rsa", 1, True),
        ("GitHub token", "/app/.env", 2, False),
        ("npm registry password", "/root/.npmrc", 1, False),
        ("value of a secret's name", "ENV API_KEY", 0, False),
        ("GitHub token", "ENV G", 0, False),
        ("value of a secret's name", "ARG DB_PASSWORD", 0, False),
    ]


def test_python_node_and_ruby_packages() -> None:
    site = "usr/lib/python3/site-packages"
    found = xray(
        {
            f"{site}/shop/__init__.py": b"x" * 40,
            f"{site}/shop-2.0.dist-info/METADATA": b"Name: shop\nVersion: 2.0\n\n",
            f"{site}/shop-2.0.dist-info/RECORD": b"shop/__init__.py,,\n",
            "app/node_modules/@a/b/package.json": b"{}",
            "app/node_modules/@a/b/node_modules/c/package.json": b"{ }",
            "gems/specifications/rack-3.1.gemspec": b"s",
            "gems/gems/rack-3.1/lib/rack.rb": b"r" * 9,
        }
    )
    assert {(each.type, each.name, each.version, each.size) for each in found.packages} == {
        ("pypi", "shop", "2.0", 40),
        ("npm", "@a/b", "", 5),
        ("gem", "rack", "3.1", 9),
    }


@pytest.mark.parametrize(
    "path",
    [
        *("/var/lib/dpkg/status", "/var/lib/dpkg/info/libc6:amd64.list", "/lib/apk/db/installed"),
        *("/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/Packages.db"),
        *("/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
        *("/srv/venv/lib/a-1.dist-info/RECORD", "/srv/vendor/composer/installed.json"),
    ],
)
def test_the_database_of_each_package_manager_is_read_as_a_whole(path: str) -> None:
    assert Inspection().wants(path, 300_000, 0o644) == 300_000


def test_an_image_without_layers() -> None:
    found = xray()
    assert (found.layers, found.image.size, found.dive.efficiency) == ((), 0, 1.0)
