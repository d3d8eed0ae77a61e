#include "descriptor.h"

#include <errno.h>
#include <unistd.h>

void descriptor_close_owned(int *descriptor) { descriptor_close(descriptor); }

void descriptor_close(int *descriptor)
{
    int saved = errno;
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
    errno = saved;
}

bool descriptor_write_all(int descriptor, const void *bytes, size_t size)
{
    const char *rest = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor, rest, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        rest += written;
        size -= (size_t)written;
    }
    return true;
}

ssize_t descriptor_read_all(int descriptor, void *bytes, size_t size)
{
    char *rest = bytes;
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(descriptor, rest + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}
