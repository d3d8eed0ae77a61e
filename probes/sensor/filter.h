/* The seccomp filter that makes every call of the table wait for the watcher. */
#ifndef SENSOR_FILTER_H
#define SENSOR_FILTER_H

/* Installs the filter on the calling thread, which has to have no_new_privs set.
 * Returns the listener's descriptor (close-on-exec), or -errno: -EBUSY when this process is
 * under another filter with a listener already, -EINVAL or -ENOSYS on kernels that are too old. */
int filter_install(void);

#endif
