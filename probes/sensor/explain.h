/* Why the kernel refused the watcher something: EPERM alone helps nobody. */
#ifndef SENSOR_EXPLAIN_H
#define SENSOR_EXPLAIN_H

enum { EXPLANATION_SIZE = 512 };

enum capability { CAPABILITY_SYS_PTRACE = 19, CAPABILITY_SYS_ADMIN = 21 };

/* Writes one sentence: the call, the error, and what this process lacks, as found in /proc. */
void explain_refusal(char text[static EXPLANATION_SIZE], const char *call, int error,
                     enum capability needed, const char *first_kernel);

/* Why a gate waits with pipes: `error` is what it met, 0 when it was asked to. */
void explain_missing_listener(char text[static EXPLANATION_SIZE], int error);

#endif
