"""Which layer a path goes to, and that each layer stands on its own."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.errors import PackingError
from slimmer.pack import LayerPlanning, layers_of, plan_layers
from slimmer.values import Entry, EntryType, LayerPlan


class Image:
    """An index made of paths: those that end in `/` are directories."""

    def __init__(self, *paths: str, owned: str = "") -> None:
        self.entries: dict[str, Entry] = {}
        self.owned = set(owned.split())
        for path in ("/", *paths):
            plain = path.rstrip("/") or "/"
            parts = plain.split("/")
            for depth in range(2, len(parts)):
                self.add("/".join(parts[:depth]), EntryType.DIRECTORY)
            self.add(plain, EntryType.DIRECTORY if path.endswith("/") else EntryType.FILE)

    def add(self, path: str, type_: EntryType, **values: object) -> None:
        if path in self.entries and not values:
            return
        fields = {"mode": 0o755, "uid": 0, "gid": 0, "size": 0, "mtime_ns": 0, **values}
        self.entries[path] = Entry(path=path, type=type_, **fields)  # type: ignore[arg-type]

    def plan(self, *kept: str, working_directory: str = "") -> LayerPlanning:
        return plan_layers(
            self.entries.get,
            kept or tuple(self.entries),
            lambda path: "package" if path in self.owned else None,
            dependency_folders=DEPENDENCY_FOLDERS,
            working_directory=working_directory,
        )

    def files(self, working_directory: str = "") -> dict[str, str]:
        """path of each thing that is no directory → name of its layer."""
        return {
            entry.path: layer.name
            for layer in self.plan(working_directory=working_directory).layers
            for entry in layer.entries
            if entry.type is not EntryType.DIRECTORY
        }


def seen(layers: Sequence[LayerPlan]) -> dict[str, Entry]:
    """What a container sees: of each path what the topmost layer says that has it."""
    return {entry.path: entry for layer in layers for entry in layer.entries}


def test_system_dependencies_and_application_of_a_python_image() -> None:
    image = Image(
        "/usr/bin/python3.11",
        "/usr/lib/python3.11/os.py",
        "/usr/lib/python3.11/__pycache__/os.cpython-311.pyc",
        "/usr/lib/python3/dist-packages/apt/__init__.py",
        "/usr/local/lib/python3.11/dist-packages/flask/app.py",
        "/usr/local/bin/gunicorn",
        "/etc/ld.so.cache",
        "/etc/passwd",
        "/etc/my-app.conf",
        "/app/server.py",
        "/srv/data.json",
        owned="/usr/bin/python3.11 /usr/lib/python3.11/os.py "
        "/usr/lib/python3/dist-packages/apt/__init__.py",
    )

    assert image.files() == {
        "/usr/bin/python3.11": "system",
        "/usr/lib/python3.11/os.py": "system",
        "/usr/lib/python3.11/__pycache__/os.cpython-311.pyc": "system",
        "/usr/lib/python3/dist-packages/apt/__init__.py": "system",
        "/etc/ld.so.cache": "system",
        "/etc/passwd": "system",
        "/usr/local/lib/python3.11/dist-packages/flask/app.py": "dependencies",
        "/usr/local/bin/gunicorn": "dependencies",
        "/etc/my-app.conf": "application",
        "/app/server.py": "application",
        "/srv/data.json": "application",
    }


def test_a_virtual_environment_is_known_by_its_configuration_file() -> None:
    image = Image("/opt/my-app/pyvenv.cfg", "/opt/my-app/bin/gunicorn", "/opt/other/bin/tool")

    layers = image.files()

    assert layers["/opt/my-app/bin/gunicorn"] == "dependencies"
    assert layers["/opt/other/bin/tool"] == "application"


def test_the_virtual_environment_is_known_even_if_its_marker_is_not_kept() -> None:
    image = Image("/srv/env/pyvenv.cfg", "/srv/env/bin/python")

    (layer,) = image.plan("/srv/env/bin/python").layers

    assert layer.name == "dependencies"


def test_node_modules_below_the_application_are_dependencies() -> None:
    image = Image("/app/node_modules/express/index.js", "/app/index.js")

    assert image.files("/app") == {
        "/app/node_modules/express/index.js": "dependencies",
        "/app/index.js": "application",
    }


def test_the_working_directory_is_the_applications_even_in_a_system_place() -> None:
    image = Image("/var/lib/apt/www/index.html", "/usr/share/nginx/html/a", "/usr/bin/nginx")

    assert image.files("/usr/share/nginx/html//")["/usr/share/nginx/html/a"] == "application"
    # A WORKDIR like this says nothing about where the application lies.
    assert image.files("/usr")["/usr/bin/nginx"] == "system"
    assert image.files("/")["/usr/bin/nginx"] == "system"


def test_only_what_composer_installed_makes_a_vendor_folder_a_dependency() -> None:
    image = Image(
        "/site/static/admin/js/vendor/jquery/jquery.js",
        "/srv/vendor/composer/installed.json",
        "/srv/vendor/acme/package/Main.php",
    )

    layers = image.files("/site")

    assert layers["/site/static/admin/js/vendor/jquery/jquery.js"] == "application"
    assert layers["/srv/vendor/acme/package/Main.php"] == "dependencies"


def test_shared_data_nobody_owns_is_the_applications_where_packages_own_the_rest() -> None:
    paths = ("/usr/share/site/index.html", "/usr/bin/nginx")

    assert Image(*paths, owned="/usr/bin/nginx").files()[paths[0]] == "application"
    assert Image(*paths).files()[paths[0]] == "system"


def test_a_bare_directory_among_shared_data_stays_with_the_system() -> None:
    image = Image("/usr/share/locale/", "/usr/bin/tool", "/app/main", owned="/usr/bin/tool")

    system, application = image.plan().layers

    assert "/usr/share/locale" in {entry.path for entry in system.entries}
    assert "/usr/share/locale" not in {entry.path for entry in application.entries}


def test_each_layer_has_the_parents_of_its_entries() -> None:
    image = Image("/var/lib/my-app/state", "/var/lib/dpkg/status")
    image.add("/var/lib/my-app", EntryType.DIRECTORY, mode=0o2750, uid=33)

    layers = image.plan().layers

    for layer in layers:
        present = {entry.path for entry in layer.entries}
        for path in present - {"/"}:
            assert os.path.dirname(path) in present
        assert [entry.path for entry in layer.entries] == sorted(present, key=os.fsencode)
    assert seen(layers) == image.entries


def test_a_directory_is_left_to_the_layer_that_fills_it() -> None:
    image = Image("/app/server.py", "/usr/bin/x", "/usr/lib/")

    application = image.plan().layers[-1]

    assert [entry.path for entry in application.entries] == ["/", "/app", "/app/server.py"]


def test_directories_alone_make_no_layer_of_their_own() -> None:
    image = Image("/bin/tool", "/home/", "/opt/empty/")

    (layer,) = image.plan().layers

    assert layer.name == "system"
    assert {"/home", "/opt/empty"} <= {entry.path for entry in layer.entries}


def test_all_names_of_an_inode_are_in_the_lowest_of_their_layers() -> None:
    image = Image("/app/copy", "/usr/bin/tool", "/app/other")
    for path in ("/app/copy", "/usr/bin/tool"):
        image.add(path, EntryType.FILE, inode=7, link_count=2)

    assert image.files() == {
        "/app/copy": "system",
        "/usr/bin/tool": "system",
        "/app/other": "application",
    }


@pytest.mark.parametrize(
    ("path", "type_", "word"),
    [
        ("/run/app.sock", EntryType.SOCKET, "socket"),
        ("/data/.wh.secret", EntryType.FILE, "deleted"),
        ("/data/hole", EntryType.CHARACTER_DEVICE, "deleted"),
    ],
)
def test_what_no_layer_can_hold_is_left_out_with_a_note(
    path: str, type_: EntryType, word: str
) -> None:
    image = Image("/bin/tool")
    image.add("/" + path.split("/")[1], EntryType.DIRECTORY)
    image.add(path, type_, device=(0, 0))

    planning = image.plan()

    assert path not in {entry.path for layer in planning.layers for entry in layer.entries}
    (note,) = planning.notes
    assert path in note
    assert word in note


def test_attributes_of_the_host_stay_behind_and_those_of_the_image_come_along() -> None:
    image = Image("/bin/")
    image.add(
        "/bin/ping",
        EntryType.FILE,
        xattrs=(
            ("security.capability", b"\x01"),
            ("security.selinux", b"host"),
            ("trusted.overlay.origin", b"host"),
            ("user.a=b", b"unwritable"),
        ),
    )

    planning = image.plan()

    (entry,) = (each for each in planning.layers[0].entries if each.path == "/bin/ping")
    assert entry.xattrs == (("security.capability", b"\x01"),)
    (note,) = planning.notes
    assert "user.a=b" in note


def test_a_path_outside_the_index_is_an_error() -> None:
    with pytest.raises(PackingError, match="/missing"):
        Image("/bin/tool").plan("/missing")


def test_a_path_of_two_thousand_folders_is_planned() -> None:
    deep = "/d" * 2000 + "/file"

    assert Image(deep).files() == {deep: "application"}


def test_the_layer_of_a_path_of_the_application_is_told_without_placing_all_others() -> None:
    """One line of the source is another one, and 15,000 files of the original are as they were."""
    others = [f"/usr/lib/x/{number}" for number in range(1_000)]
    image = Image(*others, "/srv/app.py", "/var/lib/dpkg/status", owned=" ".join(others))
    asked: list[str] = []

    def owner(path: str) -> str | None:
        asked.append(path)
        return "package" if path in image.owned else None

    def layer(path: str) -> str:
        (told,) = layers_of(
            image.entries.get, [path], image.entries, owner, dependency_folders=DEPENDENCY_FOLDERS
        ).values()
        return told

    assert layer("/srv/app.py") == "application"
    assert len(asked) < 20
    assert layer("/usr/lib/x/1") == "system"
    # What was changed after the packages were installed is in another layer than its like.
    image.add("/var/lib/dpkg/status", EntryType.FILE, mtime_ns=1)
    image.add("/usr/lib/x/1", EntryType.FILE, mtime_ns=5_000_000_000)
    assert layer("/usr/lib/x/1") == image.files()["/usr/lib/x/1"] == "application"
