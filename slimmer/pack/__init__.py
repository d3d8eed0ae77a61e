"""Kept paths → layers → images as files: pure, reproducible, and without an engine.

`plan_layers` decides what lies where, `pack_image` writes it, `docker_archive` and
`write_output` hand it on. Layers exist as files only, whatever their size.
"""

from slimmer.pack.blobs import verified_chunks
from slimmer.pack.configuration import DEFAULT_PATH
from slimmer.pack.content import CombinedContent
from slimmer.pack.descriptors import NamedImage
from slimmer.pack.directories import plans_above
from slimmer.pack.image import assemble, pack_debug_image, pack_image
from slimmer.pack.layer_writer import write_layer
from slimmer.pack.layering import (
    LayerPlanning,
    is_of_the_host,
    laid_over,
    layers_of,
    plan_layer,
    plan_layers,
    storable_entries,
)
from slimmer.pack.outputs import (
    Attachment,
    OutputForm,
    add_platform_index,
    docker_archive,
    move_layout,
    output_target,
    platform_index,
    with_compressed_layers,
    write_output,
)
from slimmer.pack.placement import APPLICATION, DEPENDENCIES
from slimmer.pack.tar_header import clamped_seconds

__all__ = [
    "APPLICATION",
    "DEFAULT_PATH",
    "DEPENDENCIES",
    "Attachment",
    "CombinedContent",
    "LayerPlanning",
    "NamedImage",
    "OutputForm",
    "add_platform_index",
    "assemble",
    "clamped_seconds",
    "docker_archive",
    "is_of_the_host",
    "laid_over",
    "layers_of",
    "move_layout",
    "output_target",
    "pack_debug_image",
    "pack_image",
    "plan_layer",
    "plan_layers",
    "plans_above",
    "platform_index",
    "storable_entries",
    "verified_chunks",
    "with_compressed_layers",
    "write_layer",
    "write_output",
]
