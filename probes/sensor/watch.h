/* The watcher: takes the gate's listener, marks the file system, and writes the trace. */
#ifndef SENSOR_WATCH_H
#define SENSOR_WATCH_H

enum watch_status {
    WATCH_DONE = 0,
    WATCH_USAGE = 2,
    WATCH_NO_GATE = 3,   /* the target does not start with this sensor's gate */
    WATCH_NO_SOURCE = 4, /* neither notification nor fanotify can be had */
};

/* `arguments`: [--pid ID] [--no-notify] [--no-fanotify] [--limited-queue] [--patience
 * MILLISECONDS], NULL-terminated. Returns an exit status. */
int watch_main(char **arguments);

#endif
