/* Ownership of file descriptors, visible at their declaration. */
#ifndef SENSOR_DESCRIPTOR_H
#define SENSOR_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* `owned_descriptor int fd = open(…)` is closed when it goes out of scope; -1 means none. */
#define owned_descriptor __attribute__((cleanup(descriptor_close_owned)))

void descriptor_close_owned(int *descriptor);

/* Closes `*descriptor`, if any, and makes it -1. errno is kept. */
void descriptor_close(int *descriptor);

/* Writes everything. False when the reader is gone or the device is full; errno says why. */
bool descriptor_write_all(int descriptor, const void *bytes, size_t size);

/* Reads until `size` bytes or the end. Returns the number of bytes, or -1. */
ssize_t descriptor_read_all(int descriptor, void *bytes, size_t size);

#endif
