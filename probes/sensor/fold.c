#include "fold.h"

#include <sys/mman.h>

bool fold_open(struct fold *fold)
{
    void *slots = mmap(NULL, FOLD_SLOTS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fold->slots = slots == MAP_FAILED ? NULL : slots;
    fold->used = 0;
    return fold->slots != NULL;
}

bool fold_seen(struct fold *fold, uint64_t hash)
{
    if (hash == 0)
        hash = 1; /* zero marks an empty slot */
    for (size_t slot = hash % FOLD_SLOTS;; slot = (slot + 1) % FOLD_SLOTS) {
        if (fold->slots[slot] == hash)
            return true;
        if (fold->slots[slot] == 0) {
            if (fold->used < FOLD_CAPACITY) {
                fold->slots[slot] = hash;
                fold->used++;
            }
            return false;
        }
    }
}

void fold_clear(struct fold *fold)
{
    /* Gives the pages back, which is quicker than zeroing 4 MiB of which few are in use. */
    madvise(fold->slots, FOLD_SLOTS * sizeof(uint64_t), MADV_DONTNEED);
    fold->used = 0;
}
