#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptor.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum { CHUNK = 1 << 17 };

/* Never waits (a FIFO) and never follows a link: what is asked for is an entry of the index. */
static int open_entry(const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_NO_SYMLINKS,
    };
    long file = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    /* Linux before 5.6, or an engine whose seccomp profile does not know the call. */
    if (file < 0 && (errno == ENOSYS || errno == EPERM))
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    return (int)file;
}

/* Answers exactly `size` bytes; returns 0 or the errno of the read that failed. */
static int answer_content(int file, uint64_t size)
{
    static unsigned char chunk[CHUNK];
    int error = 0;
    while (size > 0) {
        size_t wanted = size < CHUNK ? (size_t)size : CHUNK;
        ssize_t got = error == 0 ? read(file, chunk, wanted) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            /* Zeros for the rest, so that the client finds the next answer where it expects it. */
            if (error == 0)
                error = got < 0 ? errno : ENODATA;
            memset(chunk, 0, wanted);
            got = (ssize_t)wanted;
        }
        answer_bytes(chunk, (size_t)got);
        size -= (uint64_t)got;
    }
    return error;
}

static void answer_file(const char *path)
{
    owned_descriptor int file = open_entry(path);
    struct stat status;
    int error = 0;
    if (file < 0 || fstat(file, &status) < 0)
        error = errno;
    else if (!S_ISREG(status.st_mode))
        error = EINVAL;
    answer_integer((uint32_t)error, 4);
    if (error != 0)
        return;
    answer_integer((uint64_t)status.st_size, 8);
    answer_integer((uint32_t)answer_content(file, (uint64_t)status.st_size), 4);
}

bool serve_files(const struct path_list *asked)
{
    answer_integer('F', 1);
    for (size_t index = 0; index < asked->count; index++)
        answer_file(asked->paths[index]);
    return true;
}
