"""Repairs are wants like any other's; what is withheld comes by them alone."""

from __future__ import annotations

from slimmer.ecosystems import RULEBOOK
from slimmer.files import read_packages
from slimmer.keep import KeepRequest, rules_for
from slimmer.values import Repair, Strategy
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, rules_of, seen, trace_of


def repair(path: str, *, whole: bool = False) -> Repair:
    return Repair(path=path, program="/bin/app", phase="boot", whole=whole)


def test_a_repair_brings_what_it_implies(tree: ImageTree) -> None:
    tree.add("/usr/bin/interpreter", mode=0o755)
    tree.link("/bin", "usr/bin")
    tree.add("/opt/script", "#!/bin/interpreter\n", mode=0o755)
    kept = tree.decide(repairs=(repair("/opt/script"),))
    assert rules_of(kept, "/opt/script") == {"repair"}
    assert rules_of(kept, "/usr/bin/interpreter") == {"shebang"}
    assert "/bin" in kept.reasons
    assert kept.reasons["/opt/script"][0].detail == (
        "looked up and not found by /bin/app in phase boot of the slim image"
    )


def test_a_whole_directory(tree: ImageTree) -> None:
    tree.add("/opt/package/part/one")
    assert "/opt/package/part" not in tree.decide(repairs=(repair("/opt/package"),)).reasons
    kept = tree.decide(repairs=(repair("/opt/package", whole=True),)).reasons
    assert kept["/opt/package/part/one"][0].because == "/opt/package"


def test_exclude_wins(tree: ImageTree) -> None:
    tree.add("/opt/one")
    kept = tree.decide(repairs=(repair("/opt/one"),), excludes=("/opt",))
    assert "/opt" not in kept.reasons


def test_what_is_withheld_comes_by_repair_alone(tree: ImageTree) -> None:
    tree.add("/opt/one")
    tree.link("/opt/link", "one")
    sightings = seen("/opt/link")
    assert "/opt/one" in tree.decide(*sightings).reasons
    withheld = tree.decide(*sightings, includes=("/opt/one",), withheld=("/opt/one",)).reasons
    assert "/opt/one" not in withheld
    repaired = tree.decide(*sightings, withheld=("/opt/one",), repairs=(repair("/opt/one"),))
    assert "repair" in rules_of(repaired, "/opt/one")


def test_who_asks_for_a_repaired_path_gets_it(tree: ImageTree) -> None:
    """A rule's reason stands beside the repair's once the path is there."""
    tree.add("/opt/interpreter", mode=0o755)
    tree.add("/opt/script", "#!/opt/interpreter\n", mode=0o755)
    kept = tree.decide(
        *seen("/opt/script"),
        withheld=("/opt/interpreter",),
        repairs=(repair("/opt/interpreter"),),
    )
    assert rules_of(kept, "/opt/interpreter") == {"repair", "shebang"}


def test_the_rule_that_would_have_kept_a_path(tree: ImageTree) -> None:
    tree.add("/start", "#!/bin/sh\n[ -e /never ] && cat /etc/settings\n", mode=0o755)
    tree.add("/bin/sh", mode=0o755)
    tree.add("/bin/cat", mode=0o755)
    tree.add("/etc/settings")
    tree.add("/nobody/knows")
    with indexed(tree.root, tree.root.parent / "spool") as (index, content):
        request = KeepRequest(
            index=index,
            content=content,
            packages=read_packages(index, content),
            trace=trace_of(seen("/start")),
            config={"Entrypoint": ["/start"]},
            strategy=Strategy.MINIMAL,
        )
        assert rules_for(request, RULEBOOK, ["/etc/settings", "/nobody/knows"]) == {
            "/etc/settings": "entrypoint-scripts"
        }
