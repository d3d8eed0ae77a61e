#include "watch_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MILLISECOND = 1000000, /* nanoseconds */
    PATIENCE = 10000,      /* milliseconds */
};

bool watch_options_parse(struct watch_options *options, char **arguments)
{
    *options = (struct watch_options){
        .want_notify = true,
        .want_fanotify = true,
        .patience = PATIENCE * (uint64_t)MILLISECOND,
    };
    bool known = true;
    for (; known && *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "--no-notify") == 0)
            options->want_notify = false;
        else if (strcmp(*arguments, "--no-fanotify") == 0)
            options->want_fanotify = false;
        else if (strcmp(*arguments, "--census") == 0)
            options->want_census = true;
        else if (strcmp(*arguments, "--limited-queue") == 0)
            options->limited_queue = true;
        else if (strcmp(*arguments, "--patience") == 0 && arguments[1] != NULL)
            options->patience = strtoull(*++arguments, NULL, 10) * MILLISECOND;
        else if (strcmp(*arguments, "--pid") == 0 && arguments[1] != NULL)
            known = (options->target = (pid_t)strtol(*++arguments, NULL, 10)) > 0;
        else
            known = false;
    }
    if (!known)
        fputs("slimmer: watch: usage: watch [--pid ID] [--no-notify] [--no-fanotify] "
              "[--census] [--limited-queue] [--patience MILLISECONDS]\n",
              stderr);
    return known;
}

pid_t watch_options_target(const char *line)
{
    static const char target[] = "target ";
    if (line == NULL || strncmp(line, target, strlen(target)) != 0)
        return -1;
    long id = strtol(line + strlen(target), NULL, 10);
    return id > 0 ? (pid_t)id : -1;
}
