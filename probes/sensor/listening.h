/* When to look which TCP ports the target listens on, and what is new. */
#ifndef SENSOR_LISTENING_H
#define SENSOR_LISTENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "records.h"
#include "sockets.h"

enum { LISTENING_LIMIT = 256 };

struct listening {
    struct sockets sockets;
    struct listening_socket known[LISTENING_LIMIT];
    size_t count;
    size_t before;   /* how many of them were there before the target's command started */
    uint64_t period; /* nanoseconds between looks while nothing listens */
    unsigned checks_left;
    uint64_t next_check; /* nanoseconds of the stream's clock */
};

/* Remembers what listens already: on a shared network (host), that is not the target. `told`:
 * listen calls will be seen, so looking unasked matters less (io_uring can listen as well). */
void listening_start(struct listening *listening, pid_t target, bool told);

/* A listen call goes on right now; look again in a moment. */
void listening_expect(struct listening *listening, uint64_t now);

/* Looks, if it is time to, and writes a record for each new socket. */
void listening_check(struct listening *listening, struct records *records);

/* Milliseconds until listening_check wants to be called; -1: no time is set. */
int listening_wait(const struct listening *listening, uint64_t now);

#endif
