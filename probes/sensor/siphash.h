/* SipHash-2-4 (Aumasson and Bernstein, 2012): a hash that is safe against chosen input. The
 * watched program chooses every path, and must not be able to make two of them collide. */
#ifndef SENSOR_SIPHASH_H
#define SENSOR_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t words[2];
};

/* A random key from the kernel. */
struct siphash_key siphash_random_key(void);

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t size);

#endif
