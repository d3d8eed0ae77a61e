"""seccomp profiles: what of the kernel an application may call, from what it was seen to call.

Pure: system calls and profiles in, a profile out. docs/seccomp.md explains the result.
"""

from slimmer.seccomp.comparison import DOCKER_DEFAULT, Comparison, compare
from slimmer.seccomp.document import from_document, to_document
from slimmer.seccomp.names import architecture_of, call_name
from slimmer.seccomp.profile import Additions, Profile, ProfileInForce, compose_profile, join
from slimmer.seccomp.superset import GROUPS, Group

__all__ = [
    "DOCKER_DEFAULT",
    "GROUPS",
    "Additions",
    "Comparison",
    "Group",
    "Profile",
    "ProfileInForce",
    "architecture_of",
    "call_name",
    "compare",
    "compose_profile",
    "from_document",
    "join",
    "to_document",
]
