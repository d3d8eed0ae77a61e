/* The seccomp filter that makes every call of the table wait for the watcher. */
#ifndef SENSOR_FILTER_H
#define SENSOR_FILTER_H

#include <stdbool.h>

/* Installs the filter on the calling thread; with `seal` it also closes the calls of profile.h.
 * Returns the listener's descriptor (close-on-exec), or -errno: -EACCES without both
 * CAP_SYS_ADMIN and no_new_privs, -EBUSY when this process is under another filter with a listener
 * already, -EINVAL or -ENOSYS on kernels that are too old. */
int filter_install(bool seal);

#endif
