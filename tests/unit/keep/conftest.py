from tests.unit.keep.image_tree import tree

__all__ = ["tree"]
