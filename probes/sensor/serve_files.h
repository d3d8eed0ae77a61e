/* The answers about files that are asked for. Each returns false when there is no memory. */
#ifndef SENSOR_SERVE_FILES_H
#define SENSOR_SERVE_FILES_H

#include <stdbool.h>

#include "answer.h"

bool serve_files(const struct path_list *asked);
bool serve_digests(const struct path_list *asked);

#endif
