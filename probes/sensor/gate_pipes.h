/* The watcher's ends of the pipes to a gate that has no listener. */
#ifndef SENSOR_GATE_PIPES_H
#define SENSOR_GATE_PIPES_H

#include <stdbool.h>
#include <stdint.h>

#include "rendezvous.h"

struct gate_pipes {
    int go;   /* to the target's gate, which waits to be released; or -1 */
    int exit; /* from it: its command's exit status; or -1 */
};

/* To a gate that nobody waits for afterwards: go on. The descriptor is closed. */
bool gate_pipes_go(int go);

/* Takes both pipes of the target's gate, which still waits. */
bool gate_pipes_take(struct gate_pipes *pipes, const struct gate *gate, int go);

/* Lets the target's gate run its command. */
bool gate_pipes_start(const struct gate_pipes *pipes);

/* The command's exit status; false when the gate ended without telling. */
bool gate_pipes_status(const struct gate_pipes *pipes, int32_t *status);

/* Lets the target's gate end. */
void gate_pipes_release(struct gate_pipes *pipes);

#endif
