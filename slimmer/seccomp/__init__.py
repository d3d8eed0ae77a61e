"""seccomp profiles: what of the kernel an application may call, from what it was seen to call.

Pure: system calls and profiles in, a profile out. docs/seccomp.md explains the result.
"""

from slimmer.seccomp.comparison import DOCKER_DEFAULT, Comparison, compare
from slimmer.seccomp.document import from_document, to_document
from slimmer.seccomp.names import architecture_of, call_name
from slimmer.seccomp.profile import Additions, Profile, ProfileInForce, compose_profile, join
from slimmer.seccomp.superset import FALLS_BACK, GROUPS, Group
from slimmer.seccomp.writing import check_place, write_profile

__all__ = [
    "DOCKER_DEFAULT",
    "FALLS_BACK",
    "GROUPS",
    "Additions",
    "Comparison",
    "Group",
    "Profile",
    "ProfileInForce",
    "architecture_of",
    "call_name",
    "check_place",
    "compare",
    "compose_profile",
    "from_document",
    "join",
    "to_document",
    "write_profile",
]
