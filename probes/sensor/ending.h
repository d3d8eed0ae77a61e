/* The end of the target's PID 1. It would take the PID namespace and thereby the watcher with it,
 * so it is held at its last system call until the trace is finished. */
#ifndef SENSOR_ENDING_H
#define SENSOR_ENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "listener.h"
#include "records.h"

enum { ENDING_HELD_LIMIT = 16, ENDING_LEAVING_LIMIT = 1024 };

struct held_call {
    int listener;
    uint64_t id;
};

struct leaving_thread {
    pid_t id;
    uint64_t start_time;
};

struct ending {
    pid_t target;
    bool reported;
    struct held_call held[ENDING_HELD_LIMIT];
    size_t held_count;
    /* Threads of the target whose exit was let through; they may still be there for a moment. */
    struct leaving_thread leaving[ENDING_LEAVING_LIMIT];
    size_t leaving_count;
};

/* Called for exit and exit_group. True when the call must not be answered now. */
bool ending_hold(struct ending *ending, struct records *records,
                 const struct waiting_call *waiting);

/* Writes the EXITING record, once. */
void ending_report(struct ending *ending, struct records *records, int status);

/* Lets everything go that is held. */
void ending_release(struct ending *ending);

#endif
