"""The container engine: connection, containers, images, and what one run leaves in it."""

from slimmer.engine.client import Engine, connect
from slimmer.engine.session import (
    OWNER_LABEL,
    ROLE_LABEL,
    SESSION_LABEL,
    Session,
    owner_is_alive,
    uninterrupted,
)
from slimmer.engine.streams import STDERR, STDOUT, Attachment

__all__ = [
    "OWNER_LABEL",
    "ROLE_LABEL",
    "SESSION_LABEL",
    "STDERR",
    "STDOUT",
    "Attachment",
    "Engine",
    "Session",
    "connect",
    "owner_is_alive",
    "uninterrupted",
]
