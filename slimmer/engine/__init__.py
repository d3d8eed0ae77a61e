"""The container engine: connection, containers, images, and what one run leaves in it."""

from slimmer.engine.addresses import addresses, environment, own_names
from slimmer.engine.broken import BrokenAnswerError, TimedOutError, broken_connection
from slimmer.engine.commands import MOMENT, give_input, run_command
from slimmer.engine.configuration import (
    SENSOR_PATH,
    argument_vector,
    as_user_would,
    exposed_ports,
    file_server,
    helper,
    sidecar,
    stop_signal,
    traced,
    with_input,
)
from slimmer.engine.connection import connect
from slimmer.engine.direct import DirectStreams
from slimmer.engine.interface import Engine
from slimmer.engine.logs import LogReader
from slimmer.engine.own_container import network_note
from slimmer.engine.ownership import (
    end_owner,
    names_session,
    owner,
    owner_is_alive,
    owner_is_of_this_boot,
    session_is_alive,
)
from slimmer.engine.privileges import Loan, loan
from slimmer.engine.registry import Registry
from slimmer.engine.session import PROJECT_PREFIX, SESSION_REPOSITORY, Session
from slimmer.engine.session_containers import is_of_session, remove_containers_of
from slimmer.engine.ssh import address_for_others
from slimmer.engine.streams import STDERR, STDOUT, Attachment, Output

__all__ = [
    "MOMENT",
    "PROJECT_PREFIX",
    "SENSOR_PATH",
    "SESSION_REPOSITORY",
    "STDERR",
    "STDOUT",
    "Attachment",
    "BrokenAnswerError",
    "DirectStreams",
    "Engine",
    "Loan",
    "LogReader",
    "Output",
    "Registry",
    "Session",
    "TimedOutError",
    "address_for_others",
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
    "helper",
    "is_of_session",
    "loan",
    "names_session",
    "network_note",
    "own_names",
    "owner",
    "owner_is_alive",
    "owner_is_of_this_boot",
    "remove_containers_of",
    "run_command",
    "session_is_alive",
    "sidecar",
    "stop_signal",
    "traced",
    "with_input",
]
