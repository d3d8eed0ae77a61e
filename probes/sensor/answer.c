#include "answer.h"

#include <string.h>
#include <unistd.h>

#include "checksum.h"
#include "descriptor.h"

enum { BUFFER = 1 << 17 };

static struct {
    unsigned char bytes[BUFFER];
    size_t used;
    uint32_t checksum;
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
    answer.checksum = checksum(answer.checksum, bytes, size);
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

void answer_begin(char request)
{
    answer.checksum = 0;
    answer_bytes(&request, 1);
}

bool answer_end(void)
{
    answer_integer(answer.checksum, 4);
    return answer_flush();
}
