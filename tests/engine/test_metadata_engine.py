"""Scanners find in a slim image exactly the packages of which files are left.

What must be found is not taken from slimmer: the original's own dpkg, Python and file system say
whose the files in the slim image are. What is found is said by Trivy, dpkg and the SBOM.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from slimmer.metadata import SBOM_PATH
from tests.engine.conftest import Ran
from tests.engine.trivy import Found, Trivy, packages_of, trivy
from tests.unit.metadata.original_tree import OriginalTree
from tests.unit.metadata.test_apk import alpine
from tests.unit.metadata.test_dpkg import as_dpkg_sees
from tests.unit.metadata.test_languages import archive, distribution, package, properties

pytestmark = pytest.mark.engine

NGINX = "slimmer-samples/nginx:latest"
SAMPLES = Path(__file__).resolve().parents[2] / "sample_apps"
DOCUMENTATION = ("/usr/share/doc/", "/usr/share/common-licenses/", "/usr/share/man/")

LIST_DISTRIBUTIONS = """
import importlib.metadata, json, os
print(json.dumps({
    f"{each.metadata['Name']} {each.version}": [os.path.realpath(each.locate_file(file))
                                                for file in each.files or ()]
    for each in importlib.metadata.distributions()
}))
"""


@pytest.fixture(scope="session")
def scanner() -> Trivy:
    try:
        return trivy()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"Trivy cannot be fetched: {error}")


@dataclass(frozen=True, kw_only=True)
class Slimmed:
    """A sample and its slim image, on disk."""

    original: str
    archive: Path
    root: Path
    """The slim image's files."""
    files: frozenset[str]
    """Files in it, and links to other than directories: /bin may be a link to /usr/bin, which
    packages have as a directory."""
    sbom: set[Found]


@pytest.fixture
def slimmed(
    slim: Callable[..., Ran], client: docker.DockerClient, tmp_path: Path
) -> Iterator[Callable[..., Slimmed]]:
    """Slims a sample by its slim.yaml; takes the image away after the test."""
    tags = []

    def build(sample: str, *options: str) -> Slimmed:
        tag = f"slimmer-test/{uuid.uuid4().hex[:10]}:slim"
        file = tmp_path / f"{sample}.tar"
        original = f"slimmer-samples/{sample}:latest"
        ran = slim(
            *("build", original, "--file", str(SAMPLES / sample / "slim.yaml"), "--tag", tag),
            # The budgets of the samples are those of their own strategy.
            *("--max-size", "1GB", "--no-debug", "--output", str(file), "--json", *options),
        )
        assert ran.code == 0, ran.stderr
        tags.append(tag)
        root = tmp_path / f"{sample}-root"
        unpack(file, root)
        sbom = json.loads(Path(tmp_path, ran.report["artifacts"]["sbom"]).read_text())
        return Slimmed(
            original=original,
            archive=file,
            root=root,
            files=files_in(root),
            sbom=packages_of(sbom),
        )

    yield build
    for tag in tags:
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(tag, force=True)


def files_in(root: Path) -> frozenset[str]:
    """As `Slimmed.files`."""
    return frozenset(
        "/" + str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()
    )


def unpack(file: Path, root: Path) -> None:
    """The files of a docker-archive without whiteouts, as slimmer's are."""
    root.mkdir()
    with tarfile.open(file) as image:
        manifest = image.extractfile("manifest.json")
        assert manifest is not None
        for name in json.load(manifest)[0]["Layers"]:
            with tarfile.open(fileobj=image.extractfile(name)) as layer:
                layer.extractall(root)


def asked(client: docker.DockerClient, image: str, *command: str) -> str:
    """What a command says in the original, whatever its exit status."""
    container = client.containers.create(
        image, entrypoint=list(command[:1]), command=list(command[1:]), user="0"
    )
    try:
        container.start()
        container.wait(timeout=120)
        return bytes(container.logs(stdout=True, stderr=False)).decode()
    finally:
        container.remove(force=True, v=True)


def debian_packages(
    client: docker.DockerClient, image: str, files: Iterable[str]
) -> tuple[set[str], set[str]]:
    """(name and version of each package that owns one of the files, the files that are owned), by
    the original's dpkg. It knows /usr/bin/x as /bin/x where packages are older than the merge."""
    counted = sorted(path for path in files if not path.startswith(DOCUMENTATION))
    aliases = [path.removeprefix("/usr") for path in counted]
    told = asked(client, image, "dpkg-query", "--search", *counted, *aliases)
    names: set[str] = set()
    owned: set[str] = set()
    for line in told.splitlines():
        owners, _, path = line.rpartition(": ")
        real = path if path in files else f"/usr{path}"
        if real in files and not owners.startswith(("diversion by", "local diversion")):
            names.update(name.partition(":")[0] for name in owners.split(", "))
            owned.add(real)
    versions = dict(
        line.split()
        for line in asked(
            client, image, "dpkg-query", "--show", "--showformat=${Package} ${Version}\n"
        ).splitlines()
    )
    return {f"{name} {versions[name]}" for name in names}, owned


def names(found: Iterable[Found], type: str) -> set[str]:
    return {f"{each.name} {each.version}" for each in found if each.type == type}


def comparable(found: Iterable[Found]) -> set[tuple[str, str, str]]:
    """Without the place, which each document writes down in its own way."""
    return {(each.type, each.name, each.version) for each in found}


@pytest.mark.parametrize(
    ("sample", "strategy"),
    [("flask", "minimal"), ("flask", "balanced"), ("nginx", "minimal"), ("express", "minimal")],
)
def test_a_scanner_finds_the_packages_that_are_left_and_no_others(
    sample: str,
    strategy: str,
    slimmed: Callable[..., Slimmed],
    client: docker.DockerClient,
    scanner: Trivy,
) -> None:
    result = slimmed(sample, "--strategy", strategy)
    found = scanner.archive(result.archive)
    expected, owned = debian_packages(client, result.original, result.files)
    assert names(found, "deb") == expected
    assert len(expected) > 5
    # Trivy names a Python or Node package of the system's twice: as the system's, and by itself.
    found = {each for each in found if each.file not in owned}
    if sample == "flask":
        assert names(found, "pypi") == distributions(client, result)
    if sample == "express":
        assert names(found, "npm") == node_packages(client, result, owned)
    assert comparable(result.sbom) == comparable(found)
    if shutil.which("dpkg"):
        packages, complaints = as_dpkg_sees(result.root)
        assert {f"{name} {version}" for name, version in packages.items()} == expected
        # Configuration files may differ from the packages', in the original already.
        assert [line for line in complaints.splitlines() if " c /" not in line] == []


def distributions(client: docker.DockerClient, result: Slimmed) -> set[str]:
    """Of the sample's virtual environment: those with files left, as the original's Python says;
    names as package URLs have them."""
    listed = json.loads(
        asked(client, result.original, "/srv/venv/bin/python", "-c", LIST_DISTRIBUTIONS)
    )
    left = {name for name, files in listed.items() if not result.files.isdisjoint(files)}
    assert left
    return {name.lower().replace("_", "-") for name in left}


def node_packages(client: docker.DockerClient, result: Slimmed, owned: set[str]) -> set[str]:
    """Those with files left below any node_modules, and the application itself."""
    listed = asked(client, result.original, "find", "/", "-xdev", "-name", "package.json")
    expected = {"/srv/board/package.json"} & result.files
    for manifest in set(listed.splitlines()) - owned:
        root = manifest.removesuffix("/package.json")
        if re.search(r"/node_modules/(@[^/]+/)?[^/]+$", root):
            own = (path for path in result.files if path.startswith(root + "/"))
            if any("/node_modules/" not in path[len(root) :] for path in own):
                expected.add(manifest)
    described = [
        json.loads((result.root / path.lstrip("/")).read_text())
        for path in expected
        # What a distribution package ships is that package's.
        if not path.startswith("/usr/share/")
    ]
    assert len(described) > 50
    return {f"{each['name']} {each['version']}" for each in described}


def test_the_sbom_in_the_image_adds_nothing_that_is_not_there(
    slimmed: Callable[..., Slimmed], scanner: Trivy
) -> None:
    """Scanners read the document and the databases: both must say the same."""
    result = slimmed("nginx", "--sbom-in-image")
    assert SBOM_PATH in result.files
    inside = packages_of(json.loads((result.root / SBOM_PATH.lstrip("/")).read_text()))
    assert inside == result.sbom
    assert comparable(scanner.archive(result.archive)) == comparable(result.sbom)


def test_the_debug_image_tells_of_its_tools(
    slim: Callable[..., Ran], client: docker.DockerClient, tmp_path: Path, scanner: Trivy
) -> None:
    tag = f"slimmer-test/{uuid.uuid4().hex[:10]}:slim"
    ran = slim("build", NGINX, "--http-probe", "/", "--tag", tag)
    assert ran.code == 0, ran.stderr
    saved, root = tmp_path / "debug.tar", tmp_path / "debug"
    try:
        with saved.open("wb") as file:
            file.writelines(client.images.get(f"{tag}-debug").save())
    finally:
        for name in (tag, f"{tag}-debug"):
            client.images.remove(name)
    unpack(saved, root)
    expected, _ = debian_packages(client, NGINX, files_in(root))
    assert {"bash", "coreutils"} <= {name.split()[0] for name in expected}
    assert names(scanner.archive(saved), "deb") == expected


def test_trivy_reads_the_databases_that_were_cut_down(tmp_path: Path, scanner: Trivy) -> None:
    """Alpine, gems, Java archives, Node packages and Python distributions in one tree."""
    original = OriginalTree(tmp_path)
    alpine(original)
    original.add("/etc/alpine-release", "3.20.3\n")
    bundle = "/usr/local/bundle"
    for name in ("rack", "unused"):
        original.add(
            f"{bundle}/specifications/{name}-3.1.7.gemspec",
            f'Gem::Specification.new do |s|\n  s.name = "{name}".freeze\n'
            '  s.version = "3.1.7"\nend\n',
        )
        original.add(f"{bundle}/gems/{name}-3.1.7/lib/main.rb")
    modules = "/app/node_modules"
    package(original, f"{modules}/plain", "plain", "index.js")
    package(original, f"{modules}/unused", "unused", "index.js")
    site = "/usr/local/lib/python3.12/site-packages"
    distribution(original, "Flask", "3.0.3", "flask/app.py", site=site)
    distribution(original, "unused", "1", "unused.py", site=site)
    original.add("/app/app.jar", archive(**properties("outer")))
    described = original.describe(
        *("/bin/busybox", "/etc/alpine-release", "/etc/os-release", "/app/app.jar"),
        *(f"{bundle}/gems/rack-3.1.7/lib/main.rb", f"{modules}/plain/index.js"),
        f"{site}/flask/app.py",
    )
    assert comparable(scanner.tree(described.slim)) == {
        ("apk", "busybox", "1.36.1-r29"),
        ("gem", "rack", "3.1.7"),
        ("maven", "org.example/outer", "1.2"),
        ("npm", "plain", "1.0"),
        ("pypi", "flask", "3.0.3"),
    }
