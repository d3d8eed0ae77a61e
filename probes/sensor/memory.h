/* Reading the memory of a thread of the target, which may be bad, changing or gone. */
#ifndef SENSOR_MEMORY_H
#define SENSOR_MEMORY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All `size` bytes at `address`, or false. */
bool memory_read(pid_t thread, uint64_t address, void *bytes, size_t size);

/* The NUL-terminated path at `address`. Returns its length, or -1 when the kernel could not read
 * it either: a bad address, or no NUL within PATH_MAX bytes. */
ssize_t memory_read_path(pid_t thread, uint64_t address, char path[static PATH_MAX]);

#endif
