#include "memory.h"

#include <string.h>
#include <sys/uio.h>

/* The smallest page of our architectures: a read that ends at its border cannot fail because of
 * an unmapped page behind the string. */
enum { PAGE = 4096 };

static ssize_t read_some(pid_t thread, uint64_t address, void *bytes, size_t size)
{
    struct iovec local = {.iov_base = bytes, .iov_len = size};
    /* Through an integer, since the address means nothing in this process. */
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
    return process_vm_readv(thread, &local, 1, &remote, 1, 0);
}

bool memory_read(pid_t thread, uint64_t address, void *bytes, size_t size)
{
    return read_some(thread, address, bytes, size) == (ssize_t)size;
}

ssize_t memory_read_path(pid_t thread, uint64_t address, char path[static PATH_MAX])
{
    size_t length = 0;
    while (length < PATH_MAX) {
        uint64_t position = address + length;
        size_t chunk = PAGE - position % PAGE;
        if (chunk > PATH_MAX - length)
            chunk = PATH_MAX - length;
        ssize_t got = read_some(thread, position, path + length, chunk);
        if (got <= 0)
            return -1;
        const char *end = memchr(path + length, '\0', (size_t)got);
        if (end != NULL)
            return end - path;
        length += (size_t)got;
    }
    return -1;
}
