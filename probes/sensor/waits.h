/* What a thread waits for that sleeps in a system call, and for how long. */
#ifndef SENSOR_WAITS_H
#define SENSOR_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "calls.h"

/* /proc/ID/syscall of a thread that sleeps. */
struct sleeping_call {
    pid_t thread;
    enum abi abi;
    int number;
    uint64_t arguments[6];
};

enum wait_end {
    WAIT_ENDLESS, /* only an event ends it */
    WAIT_SIGNAL,  /* a signal ends it, or a time limit */
    WAIT_LIMITED, /* it ends by itself, or may do so */
};

struct wait {
    enum wait_end end;
    uint64_t left; /* nanoseconds that it lasts at least from now on, but for an event */
};

/* False when the thread does not sleep in a call by now, or may not be looked at. */
bool waits_read(pid_t thread, struct sleeping_call *call);

/* `age`: nanoseconds since before the target's command began, so no wait is older. */
struct wait waits_judge(const struct sleeping_call *call, uint64_t age);

#endif
