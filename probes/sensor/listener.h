/* Calls that wait in the kernel until somebody answers: what a seccomp listener is for. */
#ifndef SENSOR_LISTENER_H
#define SENSOR_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "calls.h"

struct waiting_call {
    int listener;
    uint64_t id; /* of the kernel, for the answer */
    pid_t thread;
    const struct call *call; /* NULL: not one of the table */
    bool compat;             /* made by a 32-bit program */
    uint64_t arguments[6];
};

/* Asks the kernel for quick hand-overs on this listener, where it can do that. */
void listener_prepare(int listener);

/* One call, i386's bundled socket calls as the calls that they stand for. False when a signal took
 * it back: it will come again. */
bool listener_receive(int listener, struct waiting_call *waiting);

/* The call is still the one that was received: what was read in between is of this thread, and
 * not of another one that got its number. */
bool listener_still_waits(const struct waiting_call *waiting);

/* Lets the call go on. */
void listener_continue(int listener, uint64_t id);

#endif
