/* What signals do to the target, and to the watcher beside it. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include <sys/types.h>

#include "records.h"

/* Writes the SIGNALS record: what the target catches, blocks (or waits for) and ignores. */
void signals_report(pid_t target, struct records *records);

/* A program that is PID 1 may signal its process group, 1, and with that everybody in the
 * namespace: kill(-1). Apache does when it stops. Only SIGKILL is for us. */
void signals_outlive(void);

#endif
