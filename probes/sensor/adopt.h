/* Commands that the engine starts in the container later (`docker exec … sensor gate COMMAND`)
 * wait in a gate of their own, until the watcher looks for them. */
#ifndef SENSOR_ADOPT_H
#define SENSOR_ADOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rendezvous.h"

struct watch;

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
void adopt_expect(struct watch *watch);

/* Looks for gates that wait; gives up, with a record, when none has come in time. */
void adopt_check(struct watch *watch);

/* Milliseconds until adopt_check wants to be called; -1: no gate is expected. */
int adopt_wait(const struct watch *watch);

void adopt_remember(struct adopt *adopt, const struct gate *gate);

#endif
