#include "serve_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "blake2b.h"
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

/* The regular file of an entry, or -1; its errno (0) is answered. */
static int open_asked(const char *path, struct stat *status)
{
    int file = open_entry(path);
    int error = 0;
    if (file < 0 || fstat(file, status) < 0)
        error = errno;
    else if (!S_ISREG(status->st_mode))
        error = EINVAL;
    answer_integer((uint32_t)error, 4);
    if (error != 0 && file >= 0)
        close(file);
    return error != 0 ? -1 : file;
}

static ssize_t read_some(int file, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(file, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Answers exactly `size` bytes; returns 0 or the errno of the read that failed. */
static int answer_content(int file, uint64_t size)
{
    static unsigned char chunk[CHUNK];
    int error = 0;
    while (size > 0) {
        size_t wanted = size < CHUNK ? (size_t)size : CHUNK;
        ssize_t got = error == 0 ? read_some(file, chunk, wanted) : 0;
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
    struct stat status;
    owned_descriptor int file = open_asked(path, &status);
    if (file < 0)
        return;
    answer_integer((uint64_t)status.st_size, 8);
    answer_integer((uint32_t)answer_content(file, (uint64_t)status.st_size), 4);
}

static void answer_digest(const char *path)
{
    static unsigned char chunk[CHUNK];
    unsigned char digest[BLAKE2B_DIGEST];
    struct blake2b hash;
    struct stat status;
    uint64_t size = 0;
    ssize_t got;
    owned_descriptor int file = open_asked(path, &status);
    if (file < 0)
        return;
    blake2b_begin(&hash);
    while ((got = read_some(file, chunk, sizeof chunk)) > 0) {
        blake2b_add(&hash, chunk, (size_t)got);
        size += (uint64_t)got;
    }
    int error = got < 0 ? errno : 0;
    blake2b_end(&hash, digest);
    answer_integer(size, 8);
    answer_bytes(digest, sizeof digest);
    answer_integer((uint32_t)error, 4);
}

bool serve_files(const struct path_list *asked)
{
    for (size_t index = 0; index < asked->count; index++)
        answer_file(asked->paths[index]);
    return true;
}

bool serve_digests(const struct path_list *asked)
{
    for (size_t index = 0; index < asked->count; index++)
        answer_digest(asked->paths[index]);
    return true;
}
