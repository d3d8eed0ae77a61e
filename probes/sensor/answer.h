/* What the file server says: all of it is written through one buffer. After a failure (the reader
 * is gone) nothing more is written; the next read from stdin ends the server. */
#ifndef SENSOR_ANSWER_H
#define SENSOR_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The paths of a request, in the order asked. */
struct path_list {
    char **paths;
    size_t count;
};

void answer_bytes(const void *bytes, size_t size);
void answer_integer(uint64_t value, size_t size);
/* False when this or an earlier write failed. */
bool answer_flush(void);
/* An answer begins with the letter of its request, and ends with the checksum of all its bytes. */
void answer_begin(char request);
bool answer_end(void);

#endif
