"""Stage base: a slim image that stands on the layers of another image, by digest.

`read_base` makes a value of that image, `Comparison.lay` tells what our layers have to hold above
it, `with_packages_of` fits what describes the packages, and `check_platform`, `check_library` and
`shadowed_libraries` tell what does not go together. Knows no engine.
"""

from slimmer.base.fitness import Shadowed, check_library, check_platform, shadowed_libraries
from slimmer.base.image import LAYER, BaseImage, read_base
from slimmer.base.overlay import Comparison, Overlay
from slimmer.base.packages import told_by, with_packages_of

__all__ = [
    "LAYER",
    "BaseImage",
    "Comparison",
    "Overlay",
    "Shadowed",
    "check_library",
    "check_platform",
    "read_base",
    "shadowed_libraries",
    "told_by",
    "with_packages_of",
]
