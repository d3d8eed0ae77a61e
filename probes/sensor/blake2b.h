/* BLAKE2b (RFC 7693), unkeyed, 32 bytes long: `b2sum --length=256` of a file, and Python's
 * hashlib.blake2b(digest_size=32). It is as strong as SHA-256 and three times as fast where the
 * code may count on no instructions for hashing, which a portable static program may not. */
#ifndef SENSOR_BLAKE2B_H
#define SENSOR_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

enum { BLAKE2B_BLOCK = 128, BLAKE2B_DIGEST = 32 };

struct blake2b {
    uint64_t state[8];
    uint64_t hashed; /* bytes; 16 exabytes must do */
    unsigned char block[BLAKE2B_BLOCK];
    size_t used; /* bytes of `block`: a full one waits, as the last block is hashed differently */
};

void blake2b_begin(struct blake2b *hash);
void blake2b_add(struct blake2b *hash, const void *bytes, size_t size);
void blake2b_end(struct blake2b *hash, unsigned char digest[BLAKE2B_DIGEST]);

#endif
