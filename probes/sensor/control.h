/* What the other side asks for: one line each on the watcher's standard input. */
#ifndef SENSOR_CONTROL_H
#define SENSOR_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTROL_LINE = 1024 };

struct control {
    char line[CONTROL_LINE];
    size_t used;
    bool too_long; /* the rest of the line is skipped */
};

/* `line` NULL: one that was too long. */
typedef void control_visitor(const char *line, void *context);

/* Reads what is there and shows each complete line. False when the other side is gone. */
bool control_read(struct control *control, control_visitor *visit, void *context);

#endif
