/* The second source: fanotify sees every open on the target's root file system, whoever asks
 * for it and however: io_uring, the kernel's own opens of interpreters, processes that are not
 * under the filter. */
#ifndef SENSOR_OPENS_H
#define SENSOR_OPENS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "explain.h"
#include "records.h"

struct opens {
    int descriptor; /* -1: this source is missing */
    uint64_t pid_namespace; /* the target's: who opens files outside of it is nobody */
};

/* Marks the file system of the target's root. `limited_queue`: let the kernel drop events when
 * thousands wait, as a test needs it. False with an explanation when it cannot. */
bool opens_start(struct opens *opens, pid_t target, bool limited_queue,
                 char explanation[static EXPLANATION_SIZE]);

/* Writes a record for what is in the queue now, at most `limit` events (0: all). */
void opens_drain(struct opens *opens, struct records *records, unsigned limit);

/* Files that were opened before are reported once more from here on. */
void opens_forget(struct opens *opens);

/* Nothing is reported any more. */
void opens_stop(struct opens *opens);

#endif
