/* What a directory holds, as the records of an index answer. */
#ifndef SENSOR_LISTING_H
#define SENSOR_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"

/* One thread's: it is filled, taken over by `listing_clear`'s caller, and filled again. */
struct listing {
    const struct path_list *not_entered; /* directories that are not told in `directories` */
    unsigned char *bytes;                /* records */
    size_t size;
    size_t space;
    uint64_t entries;
    char **directories; /* that are to be listed next; whoever takes one frees it */
    size_t directory_count;
    size_t directory_space;
    bool out_of_memory; /* records or directories are missing */
};

/* Adds the record of the path alone. */
void listing_add_path(struct listing *listing, const char *path);
/* Adds those of all that lies in the directory, or one that says why it could not be read. */
void listing_add_children(struct listing *listing, const char *directory);
/* Empties it; its memory is kept for the next directory. */
void listing_clear(struct listing *listing);
/* Frees its memory. */
void listing_free(struct listing *listing);

#endif
