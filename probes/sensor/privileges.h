/* Capabilities that the target's container has for the gate alone. With them the trace is armed
 * without no_new_privs, and what the user's own programs may do stays as it was. */
#ifndef SENSOR_PRIVILEGES_H
#define SENSOR_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

/* Reads names as in `SETPCAP,SYS_ADMIN` into a set of bits, by capability number. */
bool privileges_parse(const char *names, uint64_t *set);

/* What this process is permitted takes effect: a file's capabilities come without effect, so that
 * the file can be executed where they cannot be had. */
void privileges_use(void);

/* Takes a set out of the bounding set and all others, and another one out of all others alone: some
 * engines make what a container is given ambient. What execve makes of the rest is what it would
 * have made without the gate. False where the command or what it starts could get them back: a
 * seccomp profile may forbid to give up what it does not forbid to have. */
bool privileges_give_up(uint64_t set, uint64_t lower);

/* Whether the bounding set has this capability, by number. */
bool privileges_bounded(unsigned capability);

#endif
