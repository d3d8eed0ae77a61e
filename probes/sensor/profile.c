#include "profile.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>

#ifndef CAP_PERFMON /* Linux 5.8 */
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                 CLONE_NEWPID | CLONE_NEWNET,
};

/* By number in the ABIs x86-64, i386, arm64, arm. */
const struct profile_call profile_calls[] = {
    {{321, 357, 280, 386}, EPERM, CAP_BPF, 0},          /* bpf */
    {{56, 120, 220, 120}, EPERM, 0, NAMESPACES},        /* clone */
    {{435, 435, 435, 435}, ENOSYS, 0, 0},               /* clone3: C libraries then use clone */
    {{300, 338, 262, 367}, EPERM, 0, 0},                /* fanotify_init */
    {{431, 431, 431, 431}, EPERM, 0, 0},                /* fsconfig */
    {{432, 432, 432, 432}, EPERM, 0, 0},                /* fsmount */
    {{430, 430, 430, 430}, EPERM, 0, 0},                /* fsopen */
    {{433, 433, 433, 433}, EPERM, 0, 0},                /* fspick */
    {{212, 253, 18, 249}, EPERM, 0, 0},                 /* lookup_dcookie */
    {{165, 21, 40, 21}, EPERM, 0, 0},                   /* mount */
    {{442, 442, 442, 442}, EPERM, 0, 0},                /* mount_setattr */
    {{429, 429, 429, 429}, EPERM, 0, 0},                /* move_mount */
    {{428, 428, 428, 428}, EPERM, 0, 0},                /* open_tree */
    {{298, 336, 241, 364}, EPERM, CAP_PERFMON, 0},      /* perf_event_open */
    {{179, 131, 60, 131}, EPERM, 0, 0},                 /* quotactl */
    {{443, 443, 443, 443}, EPERM, 0, 0},                /* quotactl_fd */
    {{171, 121, 162, 121}, EPERM, 0, 0},                /* setdomainname */
    {{170, 74, 161, 74}, EPERM, 0, 0},                  /* sethostname */
    {{308, 346, 268, 375}, EPERM, 0, 0},                /* setns */
    {{103, 103, 116, 103}, EPERM, CAP_SYSLOG, 0},       /* syslog */
    {{-1, 22, -1, -1}, EPERM, 0, 0},                    /* umount */
    {{166, 52, 39, 52}, EPERM, 0, 0},                   /* umount2 */
    {{272, 310, 97, 337}, EPERM, 0, 0},                 /* unshare */
};

const size_t profile_calls_count = sizeof profile_calls / sizeof profile_calls[0];
