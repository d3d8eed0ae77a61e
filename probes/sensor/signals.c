#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "memory.h"
#include "procfs.h"

/* Signals that a thread waits for by sigwait count as blocked, but while it waits, /proc shows
 * them unblocked; PID 1 of many an image (tini) does nothing else. The set is in its memory. */
static uint64_t awaited_signals(pid_t thread)
{
    char text[256];
    long number = -1;
    unsigned long long set = 0;
    uint64_t signals = 0;
    if (procfs_read(thread, "syscall", text, sizeof text) > 0 &&
        sscanf(text, "%ld %llx", &number, &set) == 2 && number == SYS_rt_sigtimedwait)
        (void)memory_read(thread, set, &signals, sizeof signals);
    return signals;
}

void signals_report(pid_t target, struct records *records)
{
    char status[8192];
    uint64_t caught = 0;
    uint64_t blocked = 0;
    uint64_t ignored = 0;
    if (procfs_read(target, "status", status, sizeof status) > 0) {
        procfs_status_field(status, "SigCgt:", 16, &caught);
        procfs_status_field(status, "SigBlk:", 16, &blocked);
        procfs_status_field(status, "SigIgn:", 16, &ignored);
    }
    blocked |= awaited_signals(target);
    records_signals(records, caught, blocked, ignored);
}

void signals_outlive(void)
{
    static const int own_faults[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    sigset_t signals; /* SIGPIPE among them: a reader that is gone is an error of write */
    sigfillset(&signals);
    for (size_t index = 0; index < sizeof own_faults / sizeof own_faults[0]; index++)
        sigdelset(&signals, own_faults[index]);
    sigprocmask(SIG_SETMASK, &signals, NULL);
}
