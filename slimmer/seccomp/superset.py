"""What a profile allows beside what was seen, and why: a run cannot show all that the C library,
the container runtime and the application's language do, and a call that is missing kills.

Nothing here lets a process out of its container: what does (namespaces, mounts, tracing others,
kernel keys, modules, BPF) is allowed only where it was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Group:
    """Calls that are allowed for one reason."""

    title: str
    reason: str
    calls: tuple[str, ...]
    arguments: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Call → the values of its deciding argument, for those that have one."""
    with_any: tuple[str, ...] = ()
    """Only where one of these was seen; empty: always."""
    ordinary: bool = False
    """Whether the strategy `minimal` leaves it out."""


def _calls(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GROUPS: Final = (
    Group(
        title="signals",
        reason="a handler's end and the restart of what it interrupted are calls of their own; "
        "abort() and crash handlers send signals",
        calls=_calls(
            "rt_sigreturn sigreturn restart_syscall rt_sigaction rt_sigprocmask sigprocmask "
            "sigaltstack kill tgkill rt_sigtimedwait rt_sigtimedwait_time64 rt_sigsuspend"
        ),
    ),
    Group(
        title="threads and ends",
        reason="threads begin, wait and end when there is load; clone is allowed without new "
        "namespaces, and clone3 answers that it does not exist, as its flags lie in memory, which "
        "no filter reads: C libraries then use clone",
        calls=_calls(
            "exit exit_group clone futex futex_time64 set_robust_list "
            "set_tid_address rseq gettid sched_yield sched_getaffinity "
            "sched_getparam sched_getscheduler set_tls"
        ),
        arguments={"clone": (0,)},
    ),
    Group(
        title="memory",
        reason="allocators choose by size and load",
        calls=_calls("brk mmap mmap2 munmap mprotect mremap madvise"),
    ),
    Group(
        title="time",
        reason="what the vDSO answers is a call on machines whose clock it cannot read",
        calls=_calls(
            "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time "
            "getcpu nanosleep clock_nanosleep clock_nanosleep_time64"
        ),
    ),
    Group(
        title="start of a program",
        reason="the dynamic loader and the C library, of whichever version",
        calls=_calls(
            "execve arch_prctl open openat read pread64 close fstat fstat64 newfstatat fstatat64 "
            "stat stat64 lstat lstat64 statx access faccessat readlink readlinkat getrandom "
            "prlimit64 getrlimit ugetrlimit uname cacheflush"
        ),
    ),
    Group(
        title="container runtime",
        reason="without no-new-privileges the profile is in force before the runtime has set user, "
        "groups and capabilities and executed the command; so it is at each `exec` (runc, crun)",
        calls=_calls(
            "capget capset chdir close_range dup3 epoll_create1 epoll_ctl epoll_pwait execve "
            "faccessat2 fchown fcntl fcntl64 fstatfs fstatfs64 getcwd getdents64 getpid getppid "
            "lseek _llseek openat2 pipe2 prctl setgid setgid32 setgroups setgroups32 setresgid "
            "setresgid32 setresuid setresuid32 setsid setuid setuid32 statfs statfs64 umask write"
        ),
        # PR_SET_PDEATHSIG, GET_PDEATHSIG, GET_KEEPCAPS, SET_KEEPCAPS, SET_NAME, GET_NAME,
        # CAPBSET_READ, CAPBSET_DROP, SET_NO_NEW_PRIVS, GET_NO_NEW_PRIVS, CAP_AMBIENT, SET_VMA
        arguments={"prctl": (1, 2, 7, 8, 15, 16, 23, 24, 38, 39, 47, 0x53564D41)},
    ),
    Group(
        title="open descriptors",
        reason="whatever was opened is read and written in several ways",
        calls=_calls(
            "readv writev preadv pwritev pwrite64 dup dup2 fcntl ioctl poll ppoll ppoll_time64 "
            "select _newselect pselect6 pselect6_time64"
        ),
        # TCGETS, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, FIOASYNC
        arguments={
            "ioctl": (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x5452),
        },
    ),
    Group(
        title="questions about oneself",
        reason="they change nothing",
        calls=_calls(
            "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getgroups "
            "getgroups32 getresuid getresuid32 getresgid getresgid32 getpgid getpgrp "
            "getrusage sysinfo times"
        ),
    ),
    Group(
        title="files",
        reason="error paths, logs, uploads and caches touch files as no probe did",
        ordinary=True,
        calls=_calls(
            "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat "
            "symlink symlinkat ftruncate ftruncate64 fallocate fsync fdatasync "
            "fadvise64 fadvise64_64 flock chmod fchmod fchmodat chown chown32 "
            "fchown32 fchownat utimensat utimensat_time64 "
            "fchdir sendfile sendfile64 copy_file_range getxattr lgetxattr "
            "listxattr llistxattr"
        ),
        # FICLONE
        arguments={"ioctl": (0x40049409,)},
    ),
    Group(
        title="further processes",
        reason="helpers, shells and workers are started when something asks for them",
        ordinary=True,
        calls=_calls(
            "fork vfork wait4 waitid waitpid pipe setpgid prctl pidfd_open pidfd_send_signal "
            "socketpair"
        ),
        # PR_SET_DUMPABLE, GET_DUMPABLE, SET_CHILD_SUBREAPER, GET_CHILD_SUBREAPER
        arguments={"prctl": (3, 4, 36, 37), "socketpair": (1,)},
    ),
    Group(
        title="memory on demand",
        reason="garbage collectors, caches and databases share, lock and look at memory when a "
        "setting says so",
        ordinary=True,
        calls=_calls("memfd_create membarrier mincore mlock munlock msync"),
    ),
    Group(
        title="timers",
        reason="limits of time are set where a request or a setting has one",
        ordinary=True,
        calls=_calls(
            "alarm setitimer timer_create timer_settime timer_settime64 timer_delete "
            "timerfd_create timerfd_settime timerfd_settime64"
        ),
    ),
    Group(
        title="event loops",
        reason="a library takes the newest form that its kernel has",
        ordinary=True,
        calls=_calls("epoll_wait epoll_pwait2 eventfd eventfd2"),
    ),
    Group(
        title="sockets",
        reason="whoever speaks TCP or to a local socket resolves names and lists interfaces, too: "
        "local, IPv4, IPv6 and netlink sockets, and no other family",
        ordinary=True,
        with_any=("socket", "socketcall", "accept", "accept4"),
        calls=_calls(
            "socket connect bind listen accept accept4 getsockname getpeername getsockopt "
            "setsockopt send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg "
            "recvmmsg_time64 shutdown ioctl"
        ),
        # SIOCGIFNAME, GIFCONF, GIFFLAGS, GIFADDR, GIFBRDADDR, GIFNETMASK, GIFMTU, GIFHWADDR,
        # GIFINDEX; SIOCATMARK
        arguments={
            "socket": (1, 2, 10, 16),
            "ioctl": (
                *(0x8910, 0x8912, 0x8913, 0x8915, 0x8919, 0x891B, 0x8921, 0x8927, 0x8933),
                0x8905,
            ),
        },
    ),
)
"""In the order in which they are documented."""

FALLS_BACK: Final = (
    *("clone3", "faccessat2", "fchmodat2", "openat2", "close_range", "statx", "rseq", "mseal"),
    *("futex_waitv", "futex_wait", "futex_wake", "futex_requeue", "epoll_pwait2", "cachestat"),
    *("memfd_secret", "copy_file_range", "renameat2", "preadv2", "pwritev2", "pidfd_open"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "map_shadow_stack"),
)
"""Newer calls that programs try first: where they are not allowed they answer ENOSYS, as an older
kernel does, and the older way is taken. EPERM would be taken for a failure."""
