"""The container engine: connection, containers, images, and what one run leaves in it."""

from slimmer.engine.addresses import addresses, environment, own_names
from slimmer.engine.broken import BrokenAnswerError, TimedOutError, broken_connection
from slimmer.engine.commands import give_input, run_command
from slimmer.engine.configuration import (
    SENSOR_PATH,
    argument_vector,
    as_user_would,
    exposed_ports,
    file_server,
    sidecar,
    stop_signal,
    traced,
    with_input,
)
from slimmer.engine.docker import connect
from slimmer.engine.interface import Engine
from slimmer.engine.logs import LogReader
from slimmer.engine.ownership import end_owner, owner, owner_is_alive, session_is_alive
from slimmer.engine.privileges import Loan, loan
from slimmer.engine.session import (
    OWNER_LABEL,
    PROJECT_PREFIX,
    PURPOSE_LABEL,
    SESSION_REPOSITORY,
    Session,
    uninterrupted,
)
from slimmer.engine.streams import STDERR, STDOUT, Attachment, Output

__all__ = [
    "OWNER_LABEL",
    "PROJECT_PREFIX",
    "PURPOSE_LABEL",
    "SENSOR_PATH",
    "SESSION_REPOSITORY",
    "STDERR",
    "STDOUT",
    "Attachment",
    "BrokenAnswerError",
    "Engine",
    "Loan",
    "LogReader",
    "Output",
    "Session",
    "TimedOutError",
    "addresses",
    "argument_vector",
    "as_user_would",
    "broken_connection",
    "connect",
    "end_owner",
    "environment",
    "exposed_ports",
    "file_server",
    "give_input",
    "loan",
    "own_names",
    "owner",
    "owner_is_alive",
    "run_command",
    "session_is_alive",
    "sidecar",
    "stop_signal",
    "traced",
    "uninterrupted",
    "with_input",
]
