"""Python distributions, Node packages, gems, Java archives and Composer's packages."""

from __future__ import annotations

import importlib.metadata
import io
import json
import zipfile

import pytest

from tests.unit.metadata.original_tree import OriginalTree

SITE = "/opt/venv/lib/python3.11/site-packages"


def distribution(
    original: OriginalTree, name: str, version: str, *files: str, site: str = SITE
) -> str:
    """Install `files` (relative to `site`) as a wheel's installer would; returns the dist-info."""
    place = f"{site}/{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not this\n"
    original.add(f"{place}/METADATA", metadata)
    original.add(f"{place}/entry_points.txt", "[console_scripts]\n")
    original.add(f"{place}/licenses/LICENSE", "MIT")
    own = [f"{name}-{version}.dist-info/{file}" for file in ("METADATA", "RECORD")]
    original.add(f"{place}/RECORD", "".join(f"{file},sha256=x,1\n" for file in (*files, *own)))
    for file in files:
        if not file.startswith("../") and '"' not in file:
            original.add(f"{site}/{file}")
    return place


# ------------------------------------------------------------------------------ Python


def test_a_touched_distribution_keeps_its_metadata(original: OriginalTree) -> None:
    kept = distribution(original, "Flask", "3.0.3", "flask/__init__.py", "flask/app.py")
    distribution(original, "unused", "1", "unused.py")
    described = original.describe(f"{SITE}/flask/app.py")
    assert described.added() == {
        f"{kept}/METADATA",
        f"{kept}/RECORD",
        f"{kept}/entry_points.txt",
        f"{kept}/licenses/LICENSE",
    }
    assert described.components("pypi") == {"Flask@3.0.3": (3, 4)}
    found = importlib.metadata.distributions(path=[f"{described.slim}{SITE}"])
    assert [(each.name, each.version) for each in found] == [("Flask", "3.0.3")]


def test_a_script_outside_of_the_site_folder_counts(original: OriginalTree) -> None:
    distribution(original, "tool", "1", "../../../bin/tool", "tool.py")
    script = original.add("/opt/venv/bin/tool")
    assert set(original.describe(script).components("pypi")) == {"tool@1"}


def test_quoted_names_in_a_record(original: OriginalTree) -> None:
    distribution(original, "odd", "1", '"odd/a,b.py"')
    path = original.add(f"{SITE}/odd/a,b.py")
    assert set(original.describe(path).components("pypi")) == {"odd@1"}


def test_metadata_that_was_read_is_a_package_by_itself(original: OriginalTree) -> None:
    """A program that lists all distributions finds them again, and so do scanners."""
    place = distribution(original, "listed", "1", "listed.py")
    described = original.describe(f"{place}/METADATA")
    assert described.components("pypi") == {"listed@1": (1, 3)}
    assert described.added() == set()


def test_what_only_lists_entry_points_leaves_is_gone(original: OriginalTree) -> None:
    """`importlib.metadata.entry_points()` opens those of all distributions, pip's included."""
    points = "pip-24.0.dist-info/entry_points.txt"
    distribution(original, "pip", "24.0", "pip/__init__.py", points)
    described = original.describe(f"{SITE}/{points}")
    assert described.components("pypi") == {}
    assert described.installed("pypi") == {"pip": False}


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({"legacy.egg-info/installed-files.txt": "../legacy/core.py\n"}, "legacy/core.py"),
        ({"legacy.egg-info/top_level.txt": "_native\nother\n"}, "other/core.py"),
        ({"legacy.egg-info/top_level.txt": "single\n"}, "single.py"),
        ({}, "legacy/core.py"),
    ],
)
def test_distributions_without_a_record(
    original: OriginalTree, files: dict[str, str], seen: str
) -> None:
    original.add(f"{SITE}/legacy.egg-info/PKG-INFO", "Name: legacy\nVersion: 0.9\n\n")
    for name, content in files.items():
        original.add(f"{SITE}/{name}", content)
    original.add(f"{SITE}/stranger.py")
    assert original.describe(f"{SITE}/stranger.py").components("pypi") == {}
    path = original.add(f"{SITE}/{seen}")
    assert set(original.describe(path).components("pypi")) == {"legacy@0.9"}


def test_what_the_system_installed_is_the_systems(original: OriginalTree) -> None:
    site = "/usr/lib/python3/dist-packages"
    place = distribution(original, "six", "1.16", "six.py", site=site)
    original.add(
        "/var/lib/dpkg/status",
        "Package: python3-six\nStatus: install ok installed\nArchitecture: all\nVersion: 1.16-4\n",
    )
    original.add("/var/lib/dpkg/info/python3-six.list", f"{site}/six.py\n{place}/METADATA\n")
    described = original.describe(f"{site}/six.py")
    assert described.components("pypi") == {}
    assert described.installed("pypi") == {}
    assert described.installed("deb") == {"python3-six": True}
    assert original.describe("/").installed("deb") == {"python3-six": False}
    assert set(described.components("deb")) == {"debian/python3-six@1.16-4"}


# ------------------------------------------------------------------------------ Node


def package(
    original: OriginalTree, root: str, name: str, *files: str, version: str = "1.0"
) -> None:
    original.add(f"{root}/package.json", json.dumps({"name": name, "version": version}))
    for file in files:
        original.add(f"{root}/{file}")


def test_what_asks_for_a_package_is_named(original: OriginalTree) -> None:
    original.add(
        "/app/package.json",
        json.dumps({"name": "app", "dependencies": {"plain": "1"}, "devDependencies": ["odd"]}),
    )
    package(original, "/app/node_modules/plain", "plain", "index.js")
    package(original, "/app/node_modules/brought-along", "brought-along", "index.js")
    package(original, "/opt/node_modules/alone", "alone", "index.js")
    place = distribution(original, "asked", "1.0", "asked.py")
    original.add(f"{place}/REQUESTED", "")
    distribution(original, "needed", "1.0", "needed.py")

    found = original.describe("/app/node_modules/plain/index.js").metadata.installed
    assert {each.name: each.declared for each in found} == {
        "plain": "/app/package.json",
        "brought-along": "",
        "alone": "",
        "asked": f"{place}/REQUESTED",
        "needed": "",
    }


def test_packages_in_archives_are_counted_by_the_table_that_names_them(
    original: OriginalTree,
) -> None:
    cache = "./.yarn/cache"
    places = {
        ("plain", "npm:1.0.0"): f"{cache}/plain.zip/node_modules/plain/",
        ("@a/b", "virtual:1f#npm:2.0.0"): "./.yarn/__virtual__/b/0/cache/b.zip/node_modules/@a/b/",
        ("no", "patch:no@npm%3A3.0.0#x::version=3.0.0&hash=1f"): f"{cache}/no.zip/node_modules/no/",
        ("elsewhere", "npm:1.0.0"): f"{cache}/elsewhere.zip/node_modules/elsewhere/",
        ("app", "workspace:."): "./",
    }
    registry = [
        [name, [[reference, {"packageLocation": place, "packageDependencies": []}]]]
        for (name, reference), place in places.items()
    ]
    original.add("/app/.pnp.data.json", json.dumps({"packageRegistryData": registry}))
    for archive in ("plain", "b", "no"):
        original.add(f"/app/.yarn/cache/{archive}.zip")
    described = original.describe("/app/.yarn/cache/plain.zip", "/app/.yarn/cache/b.zip")
    assert described.components("npm") == {"plain@1.0.0": (1, 1), "@a/b@2.0.0": (1, 1)}
    assert described.installed("npm") == {"plain": True, "@a/b": True, "no": False}


def test_each_touched_node_package_keeps_its_package_json(original: OriginalTree) -> None:
    modules = "/app/node_modules"
    package(original, f"{modules}/plain", "plain", "LICENSE.md", "lib/a.js", "README.md")
    package(original, f"{modules}/plain/node_modules/inner", "inner", "index.js", version="2.0")
    package(original, f"{modules}/@scope/scoped", "@scope/scoped", "index.js")
    package(original, f"{modules}/unused", "unused", "index.js")
    described = original.describe(
        f"{modules}/plain/node_modules/inner/index.js",
        f"{modules}/@scope/scoped/index.js",
        f"{modules}/plain/lib/a.js",
    )
    assert described.components("npm") == {
        "inner@2.0": (2, 2),
        "plain@1.0": (3, 4),
        "@scope/scoped@1.0": (2, 2),
    }
    # What a package brought along counts as its part.
    assert described.installed("npm") == {"plain": True, "@scope/scoped": True, "unused": False}
    assert described.added() == {
        f"{modules}/plain/package.json",
        f"{modules}/plain/LICENSE.md",
        f"{modules}/plain/node_modules/inner/package.json",
        f"{modules}/@scope/scoped/package.json",
    }


def test_pnpms_links_and_folders(original: OriginalTree) -> None:
    store = "/app/node_modules/.pnpm/plain@1.0/node_modules/plain"
    package(original, store, "plain", "index.js")
    original.link("/app/node_modules/plain", ".pnpm/plain@1.0/node_modules/plain")
    described = original.describe(f"{store}/index.js", "/app/node_modules/plain")
    assert set(described.components("npm")) == {"plain@1.0"}
    assert described.installed("npm") == {"plain": True}


def test_a_package_json_without_a_name_is_none(original: OriginalTree) -> None:
    root = "/app/node_modules/plain"
    package(original, root, "plain", "esm/index.js")
    marker = original.add(f"{root}/esm/package.json", '{"type": "module"}')
    broken = original.add("/app/package.json", "{")
    listing = original.add("/app/other/package.json", '["a", "list"]')
    described = original.describe(f"{root}/esm/index.js", marker, broken, listing)
    assert set(described.components("npm")) == {"plain@1.0"}


def test_the_application_itself(original: OriginalTree) -> None:
    package(original, "/app", "shop", "server.js", version="3.1")
    package(original, "/app/node_modules/plain", "plain", "index.js")
    described = original.describe("/app/package.json", "/app/server.js")
    assert described.components("npm") == {"shop@3.1": (2, 2)}
    assert original.describe("/app/server.js").components("npm") == {}


def test_npms_own_list_is_not_asked_for(original: OriginalTree) -> None:
    package(original, "/app/node_modules/plain", "plain", "index.js")
    original.add("/app/node_modules/.package-lock.json", '{"packages": {"x": {}}}')
    described = original.describe("/app/node_modules/plain/index.js")
    assert described.added() == {"/app/node_modules/plain/package.json"}


# ------------------------------------------------------------------------------ Ruby, Java, PHP


def test_a_touched_gem_keeps_its_specification(original: OriginalTree) -> None:
    base = "/usr/local/bundle"
    for name in ("rack-3.1.7", "nokogiri-1.16.7-x86_64-linux", "unused-1.0"):
        original.add(f"{base}/specifications/{name}.gemspec")
        original.add(f"{base}/gems/{name}/lib/main.rb")
    compiled = original.add(
        f"{base}/extensions/x86_64-linux/3.3.0/nokogiri-1.16.7-x86_64-linux/nokogiri.so"
    )
    described = original.describe(f"{base}/gems/rack-3.1.7/lib/main.rb", compiled)
    assert described.installed("gem") == {"rack": True, "nokogiri": True, "unused": False}
    assert described.components("gem") == {"rack@3.1.7": (2, 2), "nokogiri@1.16.7": (2, 3)}
    assert described.added() == {
        f"{base}/specifications/rack-3.1.7.gemspec",
        f"{base}/specifications/nokogiri-1.16.7-x86_64-linux.gemspec",
    }


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as jar:
        for name, data in members.items():
            jar.writestr(name, data)
    return file.getvalue()


def properties(artifact: str) -> dict[str, bytes]:
    place = f"META-INF/maven/org.example/{artifact}/pom.properties"
    return {place: f"#made\ngroupId=org.example\nartifactId={artifact}\nversion=1.2\n".encode()}


def test_java_archives_say_what_they_are(original: OriginalTree) -> None:
    inner = archive(**properties("inner"))
    original.add("/app/app.jar", archive(**properties("outer"), **{"BOOT-INF/lib/x.jar": inner}))
    original.add("/app/broken.jar", b"PK\x03\x04 and no more")
    original.add("/app/unused.jar", archive(**properties("unused")))
    described = original.describe("/app/app.jar", "/app/broken.jar")
    assert set(described.components("maven")) == {"org.example/outer@1.2", "org.example/inner@1.2"}
    assert described.installed("jar") == {"app.jar": True, "broken.jar": True, "unused.jar": False}


def test_composers_list_is_cut_down(original: OriginalTree) -> None:
    listed = [
        {"name": f"acme/{name}", "version": "v2.1.0", "install-path": f"../acme/{name}"}
        for name in ("used", "unused")
    ]
    path = original.add(
        "/srv/vendor/composer/installed.json",
        json.dumps({"packages": listed, "dev": True, "dev-package-names": ["acme/unused"]}),
    )
    for name in ("used", "unused"):
        original.add(f"/srv/vendor/acme/{name}/Main.php")
    described = original.describe("/srv/vendor/acme/used/Main.php")
    assert json.loads(described.text(path)) == {
        "packages": listed[:1],
        "dev": True,
        "dev-package-names": [],
    }
    assert described.components("composer") == {"acme/used@2.1.0": (1, 1)}
    assert described.installed("composer") == {"acme/used": True, "acme/unused": False}
    untouched = original.describe("/srv/vendor/acme/used/Main.php", path)
    assert json.loads(untouched.text(path))["packages"] == listed


# ------------------------------------------------------------------------------ rpm


def test_rpms_database_is_kept_whole_where_the_system_is_used(original: OriginalTree) -> None:
    database = original.add("/usr/lib/sysimage/rpm/rpmdb.sqlite")
    original.link("/var/lib/rpm", "../../usr/lib/sysimage/rpm")
    original.add("/usr/bin/program")
    original.add("/srv/static")
    described = original.describe("/usr/bin/program")
    assert described.added() == {database}
    assert "has a form that is not read" in described.metadata.keep.notes[1]
    assert original.describe("/srv/static").added() == set()


# -------------------------------------------------------------------------------- Deno


def test_packages_in_denos_cache_keep_their_licences(original: OriginalTree) -> None:
    original.add("/deno-dir/dep_analysis_cache_v2")
    for name in ("hono", "unused"):
        root = f"/deno-dir/npm/registry.example/{name}/4.1.0"
        original.add(f"{root}/package.json", json.dumps({"name": name, "version": "4.1.0"}))
        original.add(f"{root}/LICENSE", "MIT")
        original.add(f"{root}/index.js")
    root = "/deno-dir/npm/registry.example/hono/4.1.0"
    described = original.describe(f"{root}/package.json", f"{root}/index.js")
    assert described.added() == {f"{root}/LICENSE"}
    assert described.components("npm").keys() == {"hono@4.1.0"}
