/* Finding the program that a command names, as a shell and the container engine do. */
#ifndef SENSOR_PROGRAM_SEARCH_H
#define SENSOR_PROGRAM_SEARCH_H

#include <limits.h>

/* Writes the path of the program to execute into `found`. A command with a slash is taken as it
 * is; any other is searched for in PATH. Returns 0, or the errno to report: ENOENT when there is
 * no such program, EACCES when there is one that may not be executed. */
int program_search(const char *command, char found[static PATH_MAX]);

#endif
