/* Commands that the engine starts in the container later (`docker exec … sensor gate COMMAND`)
 * wait in a gate of their own, until the watcher looks for them. */
#ifndef SENSOR_ADOPT_H
#define SENSOR_ADOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rendezvous.h"

enum { ADOPT_REMEMBERED = 64 };

struct adopt {
    unsigned wanted;   /* gates that are announced and have not been found */
    uint64_t patience; /* nanoseconds that a gate may take to appear */
    uint64_t expected; /* when it was announced, nanoseconds of the stream's clock */
    struct {
        pid_t id;
        uint64_t start_time;
    } taken[ADOPT_REMEMBERED]; /* gates keep their name for a moment after they were taken */
    size_t next;
};

/* One more gate is about to appear. */
void adopt_expect(struct adopt *adopt, uint64_t now);

/* The next expected gate that waits, counted as taken from here on; `target` is none. False when
 * there is none. */
bool adopt_next(struct adopt *adopt, pid_t target, struct gate *gate);

/* True, once, when the gates that were expected have not come in time. */
bool adopt_gives_up(struct adopt *adopt, uint64_t now);

/* Milliseconds until one of the two wants to be asked; -1: no gate is expected. */
int adopt_wait(const struct adopt *adopt, uint64_t now);

void adopt_remember(struct adopt *adopt, const struct gate *gate);

#endif
