from tests.unit.evidence.scanner import scanner
from tests.unit.metadata.original_tree import original

__all__ = ["original", "scanner"]
