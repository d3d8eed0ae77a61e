#include "siphash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

struct siphash_key siphash_random_key(void)
{
    struct siphash_key key = {{0, 0}};
    if (getrandom(&key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
        /* Early in the life of a machine; hard to guess from inside of a container all the same. */
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        key.words[0] = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15U;
        key.words[1] = (uint64_t)(uintptr_t)&key ^ (uint64_t)now.tv_sec;
    }
    return key;
}

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return (word << bits) | (word >> (64 - bits));
}

static void rounds(uint64_t v[4], unsigned count)
{
    for (unsigned round = 0; round < count; round++) {
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t size)
{
    uint64_t v[4] = {
        key->words[0] ^ 0x736f6d6570736575U,
        key->words[1] ^ 0x646f72616e646f6dU,
        key->words[0] ^ 0x6c7967656e657261U,
        key->words[1] ^ 0x7465646279746573U,
    };
    const unsigned char *rest = bytes;
    uint64_t word = 0;
    for (size_t left = size; left >= sizeof word; left -= sizeof word, rest += sizeof word) {
        memcpy(&word, rest, sizeof word);
        v[3] ^= word;
        rounds(v, 2);
        v[0] ^= word;
    }
    word = 0;
    memcpy(&word, rest, size % sizeof word);
    word |= (uint64_t)size << 56;
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
