/* The first source: the paths of calls that wait in the kernel until they are recorded. */
#ifndef SENSOR_LOOKUPS_H
#define SENSOR_LOOKUPS_H

#include <stdbool.h>

#include "listener.h"
#include "records.h"

struct lookups {
    bool roots_differ; /* some process may have another root directory than the target */
};

/* For calls with paths or an address: a record for each path. */
void lookups_record(struct lookups *lookups, struct records *records,
                    const struct waiting_call *waiting);

#endif
