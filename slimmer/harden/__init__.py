"""Running with as few rights as do: found by trial, and written in everybody's form.

Knows no engine: who runs the containers is handed in.
"""

from slimmer.harden.accounts import groups_of_users
from slimmer.harden.applied import applied, granted_capabilities
from slimmer.harden.candidate import Attempt, Candidate
from slimmer.harden.forms import (
    APPARMOR_NAME,
    COMPOSE_NAME,
    KUBERNETES_NAME,
    LANDLOCK_NAME,
    RUN_NAME,
    texts_of,
)
from slimmer.harden.places import Ground, executed_new_in, written_in
from slimmer.harden.scripts import announced_in
from slimmer.harden.search import Setting, find_hardening

__all__ = [
    "APPARMOR_NAME",
    "COMPOSE_NAME",
    "KUBERNETES_NAME",
    "LANDLOCK_NAME",
    "RUN_NAME",
    "Attempt",
    "Candidate",
    "Ground",
    "Setting",
    "announced_in",
    "applied",
    "executed_new_in",
    "find_hardening",
    "granted_capabilities",
    "groups_of_users",
    "texts_of",
    "written_in",
]
