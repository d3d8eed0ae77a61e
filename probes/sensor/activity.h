/* What the target's threads do at this moment: whether it is at work, or waits. */
#ifndef SENSOR_ACTIVITY_H
#define SENSOR_ACTIVITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct activity {
    unsigned running;  /* threads that run, may run, or wait for a disk */
    unsigned waiting;  /* that wait without an end, for an event */
    unsigned limited;  /* that wait for some time, or of which nobody knows */
    unsigned in_calls; /* that are in a call which is recorded; not among the others */
    uint64_t left;     /* nanoseconds that each of `limited` goes on to wait at least */
    uint64_t used;     /* nanoseconds of processor time since the target's start */
    bool is_connected; /* to somebody who may answer: sockets_are_connected */
};

/* The first process and all that descend from it, which are all of its PID namespace but commands
 * that the engine has started there. `age` as in waits.h. `is_connected` is left alone. */
void activity_look(struct activity *activity, pid_t target, uint64_t age);

/* `count` threads more that wait for `left` nanoseconds at least. */
void activity_add_limited(struct activity *activity, unsigned count, uint64_t left);

#endif
