"""Kept paths → layers → images as files: pure, reproducible, and without an engine.

`plan_layers` decides what lies where, `pack_image` writes it, `docker_archive` and
`write_output` hand it on. Layers exist as files only, whatever their size.
"""

from slimmer.pack.content import CombinedContent
from slimmer.pack.descriptors import NamedImage
from slimmer.pack.disk import file_beside, space_errors
from slimmer.pack.docker_archive import docker_archive, write_docker_archive
from slimmer.pack.image import assemble, pack_debug_image, pack_image, verify_image
from slimmer.pack.layer_writer import write_layer
from slimmer.pack.layering import LayerPlanning, plan_layer, plan_layers
from slimmer.pack.oci_layout import write_oci_layout
from slimmer.pack.output import OutputForm, OutputTarget, output_target, write_output

__all__ = [
    "CombinedContent",
    "LayerPlanning",
    "NamedImage",
    "OutputForm",
    "OutputTarget",
    "assemble",
    "docker_archive",
    "file_beside",
    "output_target",
    "pack_debug_image",
    "pack_image",
    "plan_layer",
    "plan_layers",
    "space_errors",
    "verify_image",
    "write_docker_archive",
    "write_layer",
    "write_oci_layout",
    "write_output",
]
