"""Packed images as files for others: the archive that `docker load` takes, and OCI layouts."""

from slimmer.pack.outputs.compressed import with_compressed_layers
from slimmer.pack.outputs.docker_archive import docker_archive, write_docker_archive
from slimmer.pack.outputs.oci_layout import write_oci_layout
from slimmer.pack.outputs.output import OutputForm, OutputTarget, output_target, write_output
from slimmer.pack.outputs.platforms import add_platform_index, move_layout, platform_index
from slimmer.pack.outputs.referrers import Attachment

__all__ = [
    "Attachment",
    "OutputForm",
    "OutputTarget",
    "add_platform_index",
    "docker_archive",
    "move_layout",
    "output_target",
    "platform_index",
    "with_compressed_layers",
    "write_docker_archive",
    "write_oci_layout",
    "write_output",
]
