/* The first source: calls that wait in the kernel until they are recorded. */
#ifndef SENSOR_NOTIFY_H
#define SENSOR_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct watch;

/* Asks the kernel for quick hand-overs on this listener, where it can do that. */
void notify_prepare(int listener);

/* Receives one call, records it and lets it go on. */
void notify_serve(struct watch *watch, int listener);

void notify_continue(int listener, uint64_t id);

#endif
