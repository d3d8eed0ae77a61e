/* What the other side asks for: one line each on the watcher's standard input. */
#ifndef SENSOR_CONTROL_H
#define SENSOR_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

struct watch;

enum { CONTROL_LINE = 1024 };

struct control {
    char line[CONTROL_LINE];
    size_t used;
    bool too_long; /* the rest of the line is skipped */
};

/* Reads what is there and does what complete lines ask for. */
void control_serve(struct watch *watch);

#endif
