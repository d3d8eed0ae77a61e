/* The answer about everything below "/". */
#ifndef SENSOR_SERVE_INDEX_H
#define SENSOR_SERVE_INDEX_H

#include <stdbool.h>

#include "answer.h"

/* `not_entered`: directories whose content is not listed. False when there is no memory. */
bool serve_index(const struct path_list *not_entered);

#endif
