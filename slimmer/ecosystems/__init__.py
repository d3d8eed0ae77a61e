"""Languages: each is a value in a file or folder of its own, and one line in the registry.

`RULEBOOK` is what decisions are made with: the system's rules and those of all ecosystems.
`package_readers` are the languages' part of what stage metadata reads.
"""

from slimmer.ecosystems.deno import DENO
from slimmer.ecosystems.findings import RULE, Component, Findings, Further, Generated, Installed
from slimmer.ecosystems.go import GO
from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.java import JAVA
from slimmer.ecosystems.node import NODE
from slimmer.ecosystems.ocaml import OCAML
from slimmer.ecosystems.perl import PERL
from slimmer.ecosystems.php import PHP
from slimmer.ecosystems.python import PYTHON, source_of
from slimmer.ecosystems.raku import RAKU
from slimmer.ecosystems.reader import MetadataRequest, Reader, encoded
from slimmer.ecosystems.ruby import RUBY
from slimmer.ecosystems.rust import RUST
from slimmer.keep import rulebook

ECOSYSTEMS: tuple[Ecosystem, ...] = (
    PYTHON,
    NODE,
    DENO,
    JAVA,
    RUBY,
    PHP,
    PERL,
    RAKU,
    OCAML,
    RUST,
    GO,
)
"""In the order in which their rules are asked."""

RULEBOOK = rulebook(
    languages=(rule for each in ECOSYSTEMS for rule in each.rules),
    landmarks=(landmark for each in ECOSYSTEMS for landmark in each.landmarks),
    sources=(ending for each in ECOSYSTEMS for ending in each.sources),
    own_packages=(each.own_packages for each in ECOSYSTEMS if each.own_packages),
)

PACKAGE_READERS = tuple(reader for each in ECOSYSTEMS for reader in each.readers)

DEPENDENCY_FOLDERS = frozenset(name for each in ECOSYSTEMS for name in each.folders)

__all__ = [
    "DEPENDENCY_FOLDERS",
    "ECOSYSTEMS",
    "PACKAGE_READERS",
    "RULE",
    "RULEBOOK",
    "Component",
    "Ecosystem",
    "Findings",
    "Further",
    "Generated",
    "Installed",
    "MetadataRequest",
    "Reader",
    "encoded",
    "source_of",
]
