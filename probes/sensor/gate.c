#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "descriptor.h"
#include "filter.h"
#include "gate_parent.h"
#include "privileges.h"
#include "program_search.h"
#include "rendezvous.h"

enum { STATUS_USAGE = 2, STATUS_FAILED = 125, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

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
static int arm(bool seal)
{
    if (kernel_is_too_old())
        return ENOSYS;
    int confined = 0;
    int listener = filter_install(seal);
    if (listener == -EACCES) {
        /* Without CAP_SYS_ADMIN, only a process that can gain no privileges may filter itself. */
        confined = EACCES;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
            return errno;
        listener = filter_install(seal);
    }
    if (listener < 0)
        return -listener;
    listener = rendezvous_move(listener, RENDEZVOUS_DESCRIPTOR);
    rendezvous_announce(RENDEZVOUS_LISTENER, listener, confined);
    return 0;
}

struct options {
    bool notify;
    bool seal;        /* close what the engine's profile has opened for our capabilities */
    uint64_t give_up; /* capabilities that are ours and not the command's */
    uint64_t lower;   /* those that its setuid programs may have, and it has not by itself */
};

/* Returns the command and what follows it, or NULL. */
static char **parse(char **arguments, struct options *options)
{
    for (; *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "--no-notify") == 0)
            options->notify = false;
        else if (strcmp(*arguments, "--seal") == 0)
            options->seal = true;
        else if (strcmp(*arguments, "--give-up") == 0 && arguments[1] != NULL &&
                 privileges_parse(arguments[1], &options->give_up))
            arguments++;
        else if (strcmp(*arguments, "--lower") == 0 && arguments[1] != NULL &&
                 privileges_parse(arguments[1], &options->lower))
            arguments++;
        else
            break;
    }
    if (*arguments != NULL && strcmp(*arguments, "--") == 0)
        arguments++;
    return *arguments == NULL ? NULL : arguments;
}

int gate_main(char **arguments)
{
    struct options options = {.notify = true};
    arguments = parse(arguments, &options);
    if (arguments == NULL) {
        fputs("slimmer: gate: no command\n", stderr);
        return STATUS_USAGE;
    }

    /* Searched before the trace is armed: the failed tries in PATH are ours, not the command's. */
    char program[PATH_MAX];
    int error = program_search(*arguments, program);
    if (error != 0)
        return cannot_run(*arguments, error);

    /* An engine without a profile, or told to use none, has opened nothing. */
    bool seal = options.seal && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0;
    privileges_use();
    int unarmed = options.notify ? arm(seal) : 0;
    if (!privileges_give_up(options.give_up, options.lower)) {
        fputs("slimmer: gate: cannot give up the capabilities that were lent\n", stderr);
        return STATUS_FAILED;
    }
    if (!options.notify || unarmed != 0) {
        int status = gate_parent(unarmed);
        if (status >= 0)
            return status;
    }

    /* Armed, this call waits in the kernel until the watcher has come. */
    execve(program, arguments, environ);
    return cannot_run(*arguments, errno);
}
