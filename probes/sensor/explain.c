#include "explain.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"

static const char *capability_name(enum capability capability)
{
    return capability == CAPABILITY_SYS_ADMIN ? "CAP_SYS_ADMIN" : "CAP_SYS_PTRACE";
}

/* In the first user namespace the map is the identity over all of 32 bits. */
static int in_nested_user_namespace(void)
{
    char map[256];
    unsigned long inside = 0;
    unsigned long outside = 0;
    unsigned long count = 0;
    if (procfs_read(getpid(), "uid_map", map, sizeof map) < 0)
        return 0;
    return sscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
           !(inside == 0 && outside == 0 && count >= 0xffffffffUL);
}

void explain_refusal(char text[static EXPLANATION_SIZE], const char *call, int error,
                     enum capability needed, const char *first_kernel)
{
    char status[8192];
    uint64_t effective = 0;
    uint64_t seccomp = 0;
    const char *name = capability_name(needed);
    int length = snprintf(text, EXPLANATION_SIZE, "%s failed: %s", call, strerror(error));
    char *rest = text + length;
    size_t space = EXPLANATION_SIZE - (size_t)length;

    if (error == ENOSYS || error == EINVAL) {
        snprintf(rest, space, " (it needs Linux %s or newer)", first_kernel);
        return;
    }
    if ((error != EPERM && error != EACCES) ||
        procfs_read(getpid(), "status", status, sizeof status) < 0)
        return;
    if (procfs_status_field(status, "CapEff:", 16, &effective) && !(effective >> needed & 1))
        snprintf(rest, space, " (the sidecar has no %s)", name);
    else if (in_nested_user_namespace())
        snprintf(rest, space, " (%s counts only in the first user namespace, and the engine runs "
                 "in another: it is rootless or remaps users)", name);
    else if (procfs_status_field(status, "Seccomp:", 10, &seccomp) && seccomp == 2)
        snprintf(rest, space, " (a seccomp profile of the engine is in force)");
    else
        snprintf(rest, space, " (%s is there; a security module may forbid it)", name);
}

void explain_missing_listener(char text[static EXPLANATION_SIZE], int error)
{
    if (error == 0)
        snprintf(text, EXPLANATION_SIZE, "the gate was started with --no-notify");
    else if (error == EBUSY)
        snprintf(text, EXPLANATION_SIZE,
                 "the target is under another seccomp listener already, and there can be only one");
    else
        snprintf(text, EXPLANATION_SIZE, "the gate could not install its filter: %s%s",
                 strerror(error),
                 error == ENOSYS || error == EINVAL ? " (it needs Linux 5.6 or newer)" : "");
}
