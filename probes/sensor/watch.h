/* The watcher: takes the gate's listener, marks the file system, and writes the trace. */
#ifndef SENSOR_WATCH_H
#define SENSOR_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "adopt.h"
#include "control.h"
#include "ending.h"
#include "listening.h"
#include "opens.h"
#include "records.h"

struct watch {
    pid_t target; /* PID 1, but for tests */
    bool want_notify;
    bool want_fanotify;
    bool limited_queue; /* for tests of what happens when fanotify loses events */
    bool notifying;    /* the target's gate has a listener and its calls are recorded */
    bool roots_differ; /* some process may have another root directory than the target */
    bool finished;     /* the trailer is written: go on answering, write nothing */
    bool stopping;     /* nobody reads or controls us any more */
    int events;        /* epoll */
    int go_pipe;       /* to a gate without listener, which waits to be released; or -1 */
    int exit_pipe;     /* from it: its command's exit status; or -1 */
    struct records records;
    struct opens opens;
    struct listening listening;
    struct ending ending;
    struct adopt adopt;
    struct control control;
};

enum watch_status {
    WATCH_DONE = 0,
    WATCH_USAGE = 2,
    WATCH_NO_GATE = 3,   /* the target does not start with this sensor's gate */
    WATCH_NO_SOURCE = 4, /* neither notification nor fanotify can be had */
};

/* `arguments`: [--pid ID] [--no-notify] [--no-fanotify] [--limited-queue] [--patience
 * MILLISECONDS], NULL-terminated. Returns an exit status. */
int watch_main(char **arguments);

/* A gate was found: takes its listener or its pipes and lets it go on. False with an
 * explanation when its descriptors cannot be had. */
bool watch_take(struct watch *watch, const struct gate *gate,
                char explanation[static EXPLANATION_SIZE]);

/* Ends the trace: what is queued, then the trailer; whatever is held goes on. */
void watch_finish(struct watch *watch);

#endif
