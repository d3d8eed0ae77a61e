/* Folding: what was written once in a phase is not written again.
 *
 * Only 64-bit keyed hashes are held. With the 400,000 that fit, the chance that any two distinct
 * lookups of a phase share one is below 1 in 200 million; the key is random and secret, so a
 * program cannot look for such a pair. */
#ifndef SENSOR_FOLD_H
#define SENSOR_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FOLD_SLOTS = 1 << 19, /* 4 MiB, of which only the touched pages take memory */
    FOLD_CAPACITY = 400000,
};

struct fold {
    uint64_t *slots;
    size_t used;
};

/* False when there is no memory. */
bool fold_open(struct fold *fold);

/* True when this hash was seen since the last clearing. A full set answers false from then on:
 * records are repeated, none is lost. */
bool fold_seen(struct fold *fold, uint64_t hash);

void fold_clear(struct fold *fold);

#endif
