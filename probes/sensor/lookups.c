#include "lookups.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "memory.h"
#include "procfs.h"

struct decoded_flags {
    bool no_follow;
    bool empty_path; /* an empty path names the descriptor itself */
    bool in_root;    /* openat2: absolute paths start at the descriptor */
    bool create;
};

static struct decoded_flags decode_open(uint64_t flags)
{
    bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return (struct decoded_flags){
        .no_follow = (flags & O_NOFOLLOW) != 0,
        .create = creates,
    };
}

static struct decoded_flags decode_flags(const struct waiting_call *waiting)
{
    const struct call *call = waiting->call;
    struct decoded_flags decoded = {.no_follow = call->flags == FLAGS_NO_FOLLOW};
    if (call->flags_argument < 0)
        return decoded;
    uint64_t flags = waiting->arguments[call->flags_argument];
    switch (call->flags) {
    case FLAGS_AT:
        decoded.no_follow = (flags & AT_SYMLINK_NOFOLLOW) != 0;
        decoded.empty_path = (flags & AT_EMPTY_PATH) != 0;
        break;
    case FLAGS_AT_FOLLOW:
        decoded.no_follow = (flags & AT_SYMLINK_FOLLOW) == 0;
        decoded.empty_path = (flags & AT_EMPTY_PATH) != 0;
        break;
    case FLAGS_OPEN:
        decoded = decode_open(flags);
        break;
    case FLAGS_OPEN_HOW: {
        struct open_how how = {.flags = 0};
        if (memory_read(waiting->thread, flags, &how, sizeof how)) {
            decoded = decode_open(how.flags);
            decoded.in_root = (how.resolve & RESOLVE_IN_ROOT) != 0;
        }
        break;
    }
    default:
        break;
    }
    return decoded;
}

/* What the path is relative to, as text of a link in /proc; empty for "/". -1: unknown. */
static ssize_t base_directory(const struct lookups *lookups, pid_t thread, bool absolute,
                              int directory, char base[static PATH_MAX])
{
    char name[32] = "cwd";
    if (absolute)
        snprintf(name, sizeof name, "root");
    else if (directory != AT_FDCWD)
        snprintf(name, sizeof name, "fd/%d", directory);

    base[0] = '\0';
    if (absolute && !lookups->roots_differ)
        return 0;
    ssize_t length = procfs_link(thread, name, base);
    if (length <= 0 || base[0] != '/')
        return -1; /* a pipe, a socket, or gone */
    return length == 1 ? 0 : length;
}

static void record_path(const struct lookups *lookups, struct records *records,
                        const struct waiting_call *waiting, const struct path_argument *argument,
                        struct decoded_flags flags)
{
    const struct call *call = waiting->call;
    char path[PATH_MAX];
    char base[PATH_MAX];
    uint64_t address = waiting->arguments[argument->path];
    if (address == 0)
        return; /* the descriptor itself, or EFAULT */

    struct lookup lookup = {
        .thread = waiting->thread,
        .call = call,
        .access = flags.create ? ACCESS_CREATE : (enum access)call->access,
        .flags = (waiting->compat ? (unsigned)LOOKUP_COMPAT : 0) | (flags.no_follow ? (unsigned)LOOKUP_NO_FOLLOW : 0),
        .directory = base,
        .path = path,
    };
    ssize_t length = memory_read_path(waiting->thread, address, path);
    /* A descriptor that is named without a path was recorded when it was opened; only its
     * execution is news. A path that is empty without that flag is ENOENT. */
    if (length == 0 && !(flags.empty_path && call->access == ACCESS_EXECUTE))
        return;
    if (length < 0) {
        lookup.flags |= LOOKUP_UNREADABLE;
    } else {
        bool absolute = path[0] == '/' && !flags.in_root;
        int directory = argument->directory < 0
                            ? AT_FDCWD
                            : (int)(uint32_t)waiting->arguments[argument->directory];
        ssize_t base_length = base_directory(lookups, waiting->thread, absolute, directory, base);
        if (base_length < 0)
            lookup.flags |= LOOKUP_NO_DIRECTORY;
        else
            lookup.directory_size = (size_t)base_length;
        lookup.path_size = (size_t)length;
    }
    if (listener_still_waits(waiting))
        records_lookup(records, &lookup);
}

/* bind and connect on a path: a socket that is in the file system. */
static void record_address(const struct lookups *lookups, struct records *records,
                           const struct waiting_call *waiting)
{
    uint64_t size = waiting->arguments[2] & 0xffffffff;
    struct sockaddr_un socket;
    char base[PATH_MAX];
    memset(&socket, 0, sizeof socket);
    if (size > sizeof socket)
        size = sizeof socket;
    if (size <= offsetof(struct sockaddr_un, sun_path) ||
        !memory_read(waiting->thread, waiting->arguments[1], &socket, (size_t)size) ||
        socket.sun_family != AF_UNIX || socket.sun_path[0] == '\0')
        return;
    bool absolute = socket.sun_path[0] == '/';
    ssize_t base_length = base_directory(lookups, waiting->thread, absolute, AT_FDCWD, base);
    struct lookup lookup = {
        .thread = waiting->thread,
        .call = waiting->call,
        .access = (enum access)waiting->call->access,
        .flags = (waiting->compat ? (unsigned)LOOKUP_COMPAT : 0) | (base_length < 0 ? (unsigned)LOOKUP_NO_DIRECTORY : 0),
        .directory = base,
        .directory_size = base_length < 0 ? 0 : (size_t)base_length,
        .path = socket.sun_path,
        .path_size = strnlen(socket.sun_path, size - offsetof(struct sockaddr_un, sun_path)),
    };
    if (listener_still_waits(waiting))
        records_lookup(records, &lookup);
}

void lookups_record(struct lookups *lookups, struct records *records,
                    const struct waiting_call *waiting)
{
    const struct call *call = waiting->call;
    if (call->kind == CALL_ADDRESS) {
        record_address(lookups, records, waiting);
        return;
    }
    if (call->kind == CALL_ROOT)
        lookups->roots_differ = true;
    struct decoded_flags flags = decode_flags(waiting);
    for (size_t index = 0; index < 2; index++)
        if (call->paths[index].path >= 0)
            record_path(lookups, records, waiting, &call->paths[index], flags);
    if (call->access == ACCESS_EXECUTE)
        records_forget_programs(records);
}
