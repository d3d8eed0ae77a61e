#include "blake2b.h"

#include <string.h>

enum { ROUNDS = 12 };

static const uint64_t initial_state[8] = {
    0x6a09e667f3bcc908U, 0xbb67ae8584caa73bU, 0x3c6ef372fe94f82bU, 0xa54ff53a5f1d36f1U,
    0x510e527fade682d1U, 0x9b05688c2b3e6c1fU, 0x1f83d9abfb41bd6bU, 0x5be0cd19137e2179U,
};

/* Which word of the message goes where in each round; rounds 10 and 11 repeat 0 and 1. */
static const unsigned char order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotate_right(uint64_t word, unsigned bits)
{
    return (word >> bits) | (word << (64 - bits));
}

static uint64_t little_endian(const unsigned char *bytes)
{
    uint64_t word = 0;
    for (unsigned index = 0; index < 8; index++)
        word |= (uint64_t)bytes[index] << (8 * index);
    return word;
}

static inline void mix(uint64_t v[16], unsigned a, unsigned b, unsigned c, unsigned d, uint64_t x,
                       uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = rotate_right(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate_right(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 63);
}

static void hash_block(struct blake2b *hash, const unsigned char *block, size_t size, int is_last)
{
    uint64_t m[16], v[16];
    hash->hashed += size;
    for (unsigned index = 0; index < 16; index++)
        m[index] = little_endian(block + 8 * index);
    memcpy(v, hash->state, sizeof hash->state);
    memcpy(v + 8, initial_state, sizeof initial_state);
    v[12] ^= hash->hashed;
    if (is_last)
        v[14] = ~v[14];
    for (unsigned round = 0; round < ROUNDS; round++) {
        const unsigned char *at = order[round % 10];
        mix(v, 0, 4, 8, 12, m[at[0]], m[at[1]]);
        mix(v, 1, 5, 9, 13, m[at[2]], m[at[3]]);
        mix(v, 2, 6, 10, 14, m[at[4]], m[at[5]]);
        mix(v, 3, 7, 11, 15, m[at[6]], m[at[7]]);
        mix(v, 0, 5, 10, 15, m[at[8]], m[at[9]]);
        mix(v, 1, 6, 11, 12, m[at[10]], m[at[11]]);
        mix(v, 2, 7, 8, 13, m[at[12]], m[at[13]]);
        mix(v, 3, 4, 9, 14, m[at[14]], m[at[15]]);
    }
    for (unsigned index = 0; index < 8; index++)
        hash->state[index] ^= v[index] ^ v[index + 8];
}

void blake2b_begin(struct blake2b *hash)
{
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, initial_state, sizeof initial_state);
    hash->state[0] ^= 0x01010000U ^ BLAKE2B_DIGEST; /* no key; one leaf; the digest's length */
}

void blake2b_add(struct blake2b *hash, const void *bytes, size_t size)
{
    const unsigned char *rest = bytes;
    while (size > 0) {
        if (hash->used == BLAKE2B_BLOCK) {
            hash_block(hash, hash->block, BLAKE2B_BLOCK, 0);
            hash->used = 0;
        }
        for (; hash->used == 0 && size > BLAKE2B_BLOCK; rest += BLAKE2B_BLOCK, size -= BLAKE2B_BLOCK)
            hash_block(hash, rest, BLAKE2B_BLOCK, 0);
        size_t taken = BLAKE2B_BLOCK - hash->used < size ? BLAKE2B_BLOCK - hash->used : size;
        memcpy(hash->block + hash->used, rest, taken);
        hash->used += taken;
        rest += taken;
        size -= taken;
    }
}

void blake2b_end(struct blake2b *hash, unsigned char digest[BLAKE2B_DIGEST])
{
    memset(hash->block + hash->used, 0, BLAKE2B_BLOCK - hash->used);
    hash_block(hash, hash->block, hash->used, 1);
    for (unsigned index = 0; index < BLAKE2B_DIGEST; index++)
        digest[index] = (unsigned char)(hash->state[index / 8] >> (8 * (index % 8)));
}
