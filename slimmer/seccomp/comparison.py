"""How much less a profile allows than the one that Docker gives every container."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from slimmer.seccomp.names import TABLES, names_of
from slimmer.seccomp.profile import Profile
from slimmer.words import count

DOCKER_DEFAULT: Final = "docker_default.txt"
"""The calls of Docker's default profile, with their source and its version."""
_DANGEROUS: Final = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd"),
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at"),
    *("name_to_handle_at", "mknod", "mknodat", "bpf", "perf_event_open", "userfaultfd"),
    *("keyctl", "add_key", "request_key", "init_module", "finit_module", "kexec_load"),
    *("io_uring_setup", "memfd_secret", "modify_ldt", "personality", "seccomp", "fanotify_mark"),
    *("remap_file_pages", "io_submit", "vmsplice", "msgsnd", "semtimedop", "execveat", "clone3"),
)
"""Those that break-outs and exploits of the kernel began with, or that reach other processes."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A profile beside Docker's default one, of the calls that the architecture has."""

    allowed: int
    """Calls that the profile allows."""
    default: int
    """Calls that Docker's default profile allows."""
    dangerous_gone: tuple[str, ...]
    """Allowed by Docker's, and not by this one."""
    dangerous_left: tuple[str, ...]
    """Allowed by this one."""

    @property
    def share(self) -> float:
        """0 to 1, and above where it allows more."""
        return self.allowed / self.default

    @property
    def words(self) -> str:
        """One line."""
        gone = f"; without {', '.join(self.dangerous_gone)}" if self.dangerous_gone else ""
        left = f"; with {', '.join(self.dangerous_left)}" if self.dangerous_left else ""
        return (
            f"{count(self.allowed, 'system call')} allowed, Docker's default profile allows "
            f"{self.default:,} ({self.share:.0%}){gone}{left}"
        )


def compare(profile: Profile) -> Comparison:
    """The comparison; calls of 32-bit programs are left out on both sides."""
    present = names_of(TABLES[profile.architecture][0])
    ours, theirs = present & profile.allowed.keys(), present & _docker_default()
    return Comparison(
        allowed=len(ours),
        default=len(theirs),
        dangerous_gone=tuple(name for name in _DANGEROUS if name in theirs - ours),
        dangerous_left=tuple(name for name in _DANGEROUS if name in ours),
    )


@cache
def _docker_default() -> frozenset[str]:
    text = files("slimmer.seccomp").joinpath(DOCKER_DEFAULT).read_text("ascii")
    return frozenset(
        name for line in text.splitlines() if not line.startswith("#") for name in line.split()
    )
