#include "answer.h"

#include <string.h>
#include <unistd.h>

#include "descriptor.h"

enum { BUFFER = 1 << 17 };

static struct {
    unsigned char bytes[BUFFER];
    size_t used;
    bool failed;
} answer;

bool answer_flush(void)
{
    if (!answer.failed && !descriptor_write_all(STDOUT_FILENO, answer.bytes, answer.used))
        answer.failed = true;
    answer.used = 0;
    return !answer.failed;
}

void answer_bytes(const void *bytes, size_t size)
{
    if (size == 0)
        return; /* bytes may be NULL */
    if (size > BUFFER - answer.used)
        (void)answer_flush();
    if (size > BUFFER) {
        if (!answer.failed && !descriptor_write_all(STDOUT_FILENO, bytes, size))
            answer.failed = true;
        return;
    }
    memcpy(answer.bytes + answer.used, bytes, size);
    answer.used += size;
}

void answer_integer(uint64_t value, size_t size)
{
    unsigned char bytes[8];
    for (size_t index = 0; index < size; index++)
        bytes[index] = (unsigned char)(value >> (8 * index));
    answer_bytes(bytes, size);
}
