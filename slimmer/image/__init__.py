"""Names and configuration of images as values; knows no engine."""

from slimmer.image.labels import (
    ORIGINAL_LABEL,
    OWNER_LABEL,
    PURPOSE_LABEL,
    SESSION_LABEL,
    image_labels,
)
from slimmer.image.layers import layer_paths
from slimmer.image.naming import debug_tag, slim_tag, usual_results
from slimmer.image.original import read_original, repository_tags
from slimmer.image.reference import Reference, is_image_id, parse_reference, parse_tag
from slimmer.image.similar import similar_names

__all__ = [
    "ORIGINAL_LABEL",
    "OWNER_LABEL",
    "PURPOSE_LABEL",
    "SESSION_LABEL",
    "Reference",
    "debug_tag",
    "image_labels",
    "is_image_id",
    "layer_paths",
    "parse_reference",
    "parse_tag",
    "read_original",
    "repository_tags",
    "similar_names",
    "slim_tag",
    "usual_results",
]
