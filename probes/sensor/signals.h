/* What a stop signal would do to the target: caught, blocked (and maybe waited for), or ignored. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include <sys/types.h>

#include "records.h"

/* Writes the SIGNALS record. */
void signals_report(pid_t target, struct records *records);

#endif
