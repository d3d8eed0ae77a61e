/* The file server: tells what is in the original's root file system, then the bytes of the
 * files that are asked for, or the digests of those. It runs in a container of its own in which nothing else runs. */
#ifndef SENSOR_SERVE_H
#define SENSOR_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum serve_status {
    SERVE_DONE = 0,
    SERVE_USAGE = 2,
    SERVE_BROKEN = 5, /* the request is not of this protocol, or there is no memory */
};

/* Answers requests from stdin on stdout until stdin ends. Takes no arguments. */
int serve_main(char **arguments);

/* The paths of a request, in the order asked. */
struct path_list {
    char **paths;
    size_t count;
};

/* Answers, all written through this buffer. After a failure (the reader is gone) nothing more
 * is written; the next read from stdin ends the server. */
void answer_bytes(const void *bytes, size_t size);
void answer_integer(uint64_t value, size_t size);
void answer_flush(void);

/* The answers to the three requests. False when there is no memory. */
bool serve_index(const struct path_list *not_entered);
bool serve_files(const struct path_list *asked);
bool serve_digests(const struct path_list *asked);

#endif
