/* Every system call of the target, each written once in a phase: for seccomp profiles.
 *
 * Three small BPF programs do this in the kernel, at its tracepoints: which threads are the
 * target's is followed from fork to fork, and a call that its phase has had costs a lookup in a
 * hash table. Nothing waits for the watcher. */
#ifndef SENSOR_CENSUS_H
#define SENSOR_CENSUS_H

#include <stdbool.h>
#include <sys/types.h>

#include "explain.h"
#include "records.h"

struct census {
    int members;  /* map: the target's threads; -1: there is no census */
    int seen;     /* map: calls of this phase */
    int failures; /* map with one number: what did not fit into the others */
    int links[4];
};

#define CENSUS_NONE {.members = -1, .seen = -1, .failures = -1, .links = {-1, -1, -1, -1}}

/* Begins with the program that the waiting gate `target` executes. False with an explanation where
 * the kernel or the engine does not allow it. */
bool census_start(struct census *census, pid_t target, char explanation[static EXPLANATION_SIZE]);
/* Writes the calls of the phase that ends here, and forgets them. */
void census_write(struct census *census, struct records *records);
void census_stop(struct census *census);

#endif
