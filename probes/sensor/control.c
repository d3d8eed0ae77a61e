#include "control.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"
#include "procfs.h"
#include "watch.h"

static void start_phase(struct watch *watch, const char *name)
{
    /* What is queued belongs to the phase that ends here. */
    opens_drain(&watch->opens, &watch->records, 0);
    records_phase(&watch->records, name, strlen(name));
    opens_forget(&watch->opens);
}

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

static void report_signals(struct watch *watch)
{
    char status[8192];
    uint64_t caught = 0;
    uint64_t blocked = 0;
    uint64_t ignored = 0;
    if (procfs_read(watch->target, "status", status, sizeof status) > 0) {
        procfs_status_field(status, "SigCgt:", 16, &caught);
        procfs_status_field(status, "SigBlk:", 16, &blocked);
        procfs_status_field(status, "SigIgn:", 16, &ignored);
    }
    blocked |= awaited_signals(watch->target);
    records_signals(&watch->records, caught, blocked, ignored);
}

static void obey(struct watch *watch, const char *line)
{
    static const char phase[] = "phase ";
    if (watch->finished)
        return;
    if (strncmp(line, phase, strlen(phase)) == 0)
        start_phase(watch, line + strlen(phase));
    else if (strcmp(line, "adopt") == 0)
        adopt_expect(watch);
    else if (strcmp(line, "signals") == 0)
        report_signals(watch);
    else if (strcmp(line, "finish") == 0)
        watch_finish(watch);
    else
        records_note(&watch->records, "a control line is unknown and was skipped");
}

static void take(struct watch *watch, char byte)
{
    struct control *control = &watch->control;
    if (byte != '\n') {
        if (control->used == sizeof control->line - 1)
            control->too_long = true;
        else
            control->line[control->used++] = byte;
        return;
    }
    control->line[control->used] = '\0';
    if (control->too_long)
        records_note(&watch->records, "a control line is too long and was skipped");
    else
        obey(watch, control->line);
    control->used = 0;
    control->too_long = false;
}

void control_serve(struct watch *watch)
{
    char bytes[4096];
    ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0)
        watch->stopping = true;
    for (ssize_t index = 0; index < size; index++)
        take(watch, bytes[index]);
}
