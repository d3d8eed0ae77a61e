/* What /proc tells about a process or thread of the target. Every answer may be gone by the
 * time it is used: processes die at any moment, and that is never an error here. */
#ifndef SENSOR_PROCFS_H
#define SENSOR_PROCFS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Text of the link /proc/ID/NAME, NUL-terminated, into `target` (PATH_MAX bytes): `exe`, `cwd`,
 * `root`, `fd/5`. Returns its length, or -1. */
ssize_t procfs_link(pid_t id, const char *name, char target[static PATH_MAX]);

/* The first `size - 1` bytes of /proc/ID/NAME, NUL-terminated. Returns their number, or -1. */
ssize_t procfs_read(pid_t id, const char *name, char *text, size_t size);

struct procfs_stat {
    char state;          /* R, S, D, Z, … */
    pid_t parent;        /* 0 for a process whose parent is outside of the PID namespace */
    uint64_t start_time; /* clock ticks since boot: with the id, names a process for good */
    uint64_t used;       /* processor time of the process and its reaped children, in clock ticks */
};

/* False when the process is gone. */
bool procfs_stat(pid_t id, struct procfs_stat *result);

/* A hexadecimal or decimal field of /proc/ID/status such as "CapEff:", or false. */
bool procfs_status_field(const char *status, const char *field, int base, uint64_t *value);

/* A process' PID namespace, or 0 when the process is gone or may not be looked at. */
uint64_t procfs_pid_namespace(pid_t id);

/* Whether a process is in this PID namespace or in one below it. */
bool procfs_is_within(pid_t id, uint64_t pid_namespace);

/* Calls `visit` for each id in /proc or in /proc/ID/task (`id` > 0), until it returns false. */
void procfs_each(pid_t id, bool (*visit)(pid_t found, void *context), void *context);

#endif
