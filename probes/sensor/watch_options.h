/* What the watcher is asked for on its command line. */
#ifndef SENSOR_WATCH_OPTIONS_H
#define SENSOR_WATCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct watch_options {
    pid_t target; /* the target's first process, as we see it; 0: a control line will tell */
    bool want_notify;
    bool want_fanotify;
    bool want_census; /* every system call is counted as well */
    bool limited_queue; /* for tests of what happens when fanotify loses events */
    uint64_t patience;  /* nanoseconds that an announced gate may take to appear */
};

/* False, with the usage on stderr, when they cannot be understood. */
bool watch_options_parse(struct watch_options *options, char **arguments);

/* The target that the first control line names: `target ID`. -1, which no process is, for any other
 * line: whoever wrote it speaks another version. */
pid_t watch_options_target(const char *line);

#endif
