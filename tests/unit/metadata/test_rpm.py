"""What is told of rpm's packages."""

from __future__ import annotations

from pathlib import Path

from tests.unit.files.test_rpm import SHOP, installed
from tests.unit.metadata.original_tree import OriginalTree

__all__ = ["installed"]


def test_the_sbom_names_the_packages_that_are_left(original: OriginalTree, installed: Path) -> None:
    database = "/usr/lib/sysimage/rpm/rpmdb.sqlite"
    for file in installed.glob("rpmdb.sqlite*"):
        original.add(f"/usr/lib/sysimage/rpm/{file.name}", file.read_bytes())
    for path in (*SHOP, "/usr/bin/tool"):
        original.add(path)
    described = original.describe("/usr/bin/shop")
    assert described.components("rpm") == {"shop@1.5-3.el9": (1, len(SHOP))}
    assert described.installed("rpm") == {"shop": True, "shop-tool": False}
    assert database in described.added()
    (component,) = described.metadata.components
    assert ("epoch", "2") in component.qualifiers
