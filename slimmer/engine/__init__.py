"""The container engine: connection, containers, images, and what one run leaves in it."""

from slimmer.engine.addresses import addresses, own_names
from slimmer.engine.client import Engine, connect
from slimmer.engine.commands import RanCommand, run_command
from slimmer.engine.configuration import (
    SENSOR_PATH,
    argument_vector,
    as_user_would,
    exposed_ports,
    file_server,
    sidecar,
    traced,
)
from slimmer.engine.session import (
    OWNER_LABEL,
    ROLE_LABEL,
    SESSION_REPOSITORY,
    Session,
    owner,
    owner_is_alive,
    session_is_alive,
    uninterrupted,
)
from slimmer.engine.streams import STDERR, STDOUT, Attachment, Output

__all__ = [
    "OWNER_LABEL",
    "ROLE_LABEL",
    "SENSOR_PATH",
    "SESSION_REPOSITORY",
    "STDERR",
    "STDOUT",
    "Attachment",
    "Engine",
    "Output",
    "RanCommand",
    "Session",
    "addresses",
    "argument_vector",
    "as_user_would",
    "connect",
    "exposed_ports",
    "file_server",
    "own_names",
    "owner",
    "owner_is_alive",
    "run_command",
    "session_is_alive",
    "sidecar",
    "traced",
    "uninterrupted",
]
