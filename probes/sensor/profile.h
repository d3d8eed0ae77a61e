/* System calls that an engine's own seccomp profile opens to containers with CAP_SYS_ADMIN alone.
 * A container that has the capability for its gate only gets them as well; the gate's filter closes
 * them again with the profile's answer. */
#ifndef SENSOR_PROFILE_H
#define SENSOR_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "calls.h"

struct profile_call {
    int16_t number[ABI_COUNT]; /* -1: the ABI has no such call */
    uint8_t error;             /* the errno that it fails with */
    uint8_t unless;            /* a capability that opens it too; 0: none */
    uint32_t flags;            /* closed only with one of these in the first argument; 0: always */
};

extern const struct profile_call profile_calls[];
extern const size_t profile_calls_count;

#endif
