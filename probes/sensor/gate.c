#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "descriptor.h"
#include "filter.h"
#include "gate_parent.h"
#include "program_search.h"
#include "rendezvous.h"

enum { STATUS_USAGE = 2, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

extern char **environ;

static int cannot_run(const char *command, int error)
{
    const char *reason = strerror(error);
    if (error == ENOENT && strchr(command, '/') == NULL)
        reason = "not found in PATH";
    fprintf(stderr, "slimmer: cannot run %s: %s\n", command, reason);
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* The watcher needs pidfd_getfd (Linux 5.6) to take the listener, and cannot be asked before
 * the filter is in place, so the gate looks at the version. */
static bool kernel_is_too_old(void)
{
    struct utsname name;
    int major = 0;
    int minor = 0;
    if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2)
        return false;
    return major < 5 || (major == 5 && minor < 6);
}

/* Returns 0 when every path call from here on waits for the watcher, else why not. */
static int arm(void)
{
    if (kernel_is_too_old())
        return ENOSYS;
    /* Without it, only a privileged process may filter itself. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return errno;
    int listener = filter_install();
    if (listener < 0)
        return -listener;
    listener = rendezvous_move(listener, RENDEZVOUS_DESCRIPTOR);
    rendezvous_announce(RENDEZVOUS_LISTENER, listener, 0);
    return 0;
}

int gate_main(char **arguments)
{
    bool notify = true;
    if (*arguments != NULL && strcmp(*arguments, "--no-notify") == 0) {
        notify = false;
        arguments++;
    }
    if (*arguments != NULL && strcmp(*arguments, "--") == 0)
        arguments++;
    if (*arguments == NULL) {
        fputs("slimmer: gate: no command\n", stderr);
        return STATUS_USAGE;
    }

    /* Searched before the trace is armed: the failed tries in PATH are ours, not the command's. */
    char program[PATH_MAX];
    int error = program_search(*arguments, program);
    if (error != 0)
        return cannot_run(*arguments, error);

    int unarmed = notify ? arm() : 0;
    if (!notify || unarmed != 0) {
        int status = gate_parent(unarmed);
        if (status >= 0)
            return status;
    }

    /* Armed, this call waits in the kernel until the watcher has come. */
    execve(program, arguments, environ);
    return cannot_run(*arguments, errno);
}
