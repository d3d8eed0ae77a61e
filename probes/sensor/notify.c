#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "calls.h"
#include "memory.h"
#include "procfs.h"
#include "watch.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* Linux 5.5; in the headers of the C libraries a little later. */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE (1UL << 0)
#endif

enum {
    SOCKETCALL_BIND = 2,
    SOCKETCALL_CONNECT = 3,
    SOCKETCALL_LISTEN = 4,
};

/* The C libraries disagree about the type of a request: int or unsigned long. */
static long notify_control(int listener, unsigned long request, void *argument)
{
    return syscall(SYS_ioctl, listener, request, argument);
}

void notify_prepare(int listener)
{
    /* Linux 6.6: the waiting program is woken on this processor, right when we go to sleep. */
    (void)syscall(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
                  SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

void notify_continue(int listener, uint64_t id)
{
    struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    /* ENOENT: the caller is gone. */
    while (notify_control(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 && errno == EINTR)
        continue;
}

/* The call is still the one that was received: what was read in between is of this thread, and
 * not of another one that got its number. */
static bool still_waits(int listener, uint64_t id)
{
    return notify_control(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

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

static struct decoded_flags decode_flags(const struct call *call,
                                         const struct seccomp_notif *request)
{
    struct decoded_flags decoded = {.no_follow = call->flags == FLAGS_NO_FOLLOW};
    if (call->flags_argument < 0)
        return decoded;
    uint64_t flags = request->data.args[call->flags_argument];
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
        if (memory_read((pid_t)request->pid, flags, &how, sizeof how)) {
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
static ssize_t base_directory(const struct watch *watch, pid_t thread, bool absolute, int directory,
                              char base[static PATH_MAX])
{
    char name[32] = "cwd";
    if (absolute)
        snprintf(name, sizeof name, "root");
    else if (directory != AT_FDCWD)
        snprintf(name, sizeof name, "fd/%d", directory);

    base[0] = '\0';
    if (absolute && !watch->roots_differ)
        return 0;
    ssize_t length = procfs_link(thread, name, base);
    if (length <= 0 || base[0] != '/')
        return -1; /* a pipe, a socket, or gone */
    return length == 1 ? 0 : length;
}

static unsigned abi_flags(const struct seccomp_notif *request)
{
    bool native = request->data.arch == abi_audit_architecture(abi_native());
    return native ? 0 : (unsigned)LOOKUP_COMPAT;
}

static void record_path(struct watch *watch, const struct call *call,
                        const struct seccomp_notif *request, int listener,
                        const struct path_argument *argument, struct decoded_flags flags)
{
    char path[PATH_MAX];
    char base[PATH_MAX];
    pid_t thread = (pid_t)request->pid;
    uint64_t address = request->data.args[argument->path];
    if (address == 0)
        return; /* the descriptor itself, or EFAULT */

    struct lookup lookup = {
        .thread = thread,
        .call = call,
        .access = flags.create ? ACCESS_CREATE : (enum access)call->access,
        .flags = abi_flags(request) | (flags.no_follow ? (unsigned)LOOKUP_NO_FOLLOW : 0),
        .directory = base,
        .path = path,
    };
    ssize_t length = memory_read_path(thread, address, path);
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
                            : (int)(uint32_t)request->data.args[argument->directory];
        ssize_t base_length = base_directory(watch, thread, absolute, directory, base);
        if (base_length < 0)
            lookup.flags |= LOOKUP_NO_DIRECTORY;
        else
            lookup.directory_size = (size_t)base_length;
        lookup.path_size = (size_t)length;
    }
    if (still_waits(listener, request->id))
        records_lookup(&watch->records, &lookup);
}

/* bind and connect on a path: a socket that is in the file system. */
static void record_address(struct watch *watch, const struct call *call,
                           const struct seccomp_notif *request, int listener, uint64_t address,
                           uint64_t size)
{
    struct sockaddr_un socket;
    char base[PATH_MAX];
    memset(&socket, 0, sizeof socket);
    if (size > sizeof socket)
        size = sizeof socket;
    if (size <= offsetof(struct sockaddr_un, sun_path) ||
        !memory_read((pid_t)request->pid, address, &socket, (size_t)size) ||
        socket.sun_family != AF_UNIX || socket.sun_path[0] == '\0')
        return;
    bool absolute = socket.sun_path[0] == '/';
    ssize_t base_length = base_directory(watch, (pid_t)request->pid, absolute, AT_FDCWD, base);
    struct lookup lookup = {
        .thread = (pid_t)request->pid,
        .call = call,
        .access = (enum access)call->access,
        .flags = abi_flags(request) | (base_length < 0 ? (unsigned)LOOKUP_NO_DIRECTORY : 0),
        .directory = base,
        .directory_size = base_length < 0 ? 0 : (size_t)base_length,
        .path = socket.sun_path,
        .path_size = strnlen(socket.sun_path, size - offsetof(struct sockaddr_un, sun_path)),
    };
    if (still_waits(listener, request->id))
        records_lookup(&watch->records, &lookup);
}

static const struct call *call_named(const char *name)
{
    for (size_t index = 0; index < calls_count; index++)
        if (strcmp(calls[index].name, name) == 0)
            return &calls[index];
    return NULL;
}

static void serve_socketcall(struct watch *watch, const struct seccomp_notif *request, int listener)
{
    uint32_t arguments[3];
    uint64_t number = request->data.args[0];
    if (number == SOCKETCALL_LISTEN) {
        listening_expect(&watch->listening, stream_now(&watch->records.stream));
        return;
    }
    if (!watch->notifying || (number != SOCKETCALL_BIND && number != SOCKETCALL_CONNECT) ||
        !memory_read((pid_t)request->pid, request->data.args[1], arguments, sizeof arguments))
        return;
    record_address(watch, call_named(number == SOCKETCALL_BIND ? "bind" : "connect"), request,
                   listener, arguments[1], arguments[2]);
}

/* True when the call must not be answered now. Where this source is switched off, calls wait for
 * us all the same, and of some we need to know. */
static bool record(struct watch *watch, const struct call *call,
                   const struct seccomp_notif *request, int listener)
{
    enum call_kind kind = (enum call_kind)call->kind;
    if (!watch->notifying && (kind == CALL_PATHS || kind == CALL_ROOT || kind == CALL_ADDRESS))
        return false;
    switch (kind) {
    case CALL_ROOT:
        watch->roots_differ = true;
        /* fall through */
    case CALL_PATHS: {
        struct decoded_flags flags = decode_flags(call, request);
        for (size_t index = 0; index < 2; index++)
            if (call->paths[index].path >= 0)
                record_path(watch, call, request, listener, &call->paths[index], flags);
        if (call->access == ACCESS_EXECUTE)
            records_forget_programs(&watch->records);
        break;
    }
    case CALL_ADDRESS:
        record_address(watch, call, request, listener, request->data.args[1],
                       request->data.args[2] & 0xffffffff);
        break;
    case CALL_SOCKETCALL:
        serve_socketcall(watch, request, listener);
        break;
    case CALL_LISTEN:
        listening_expect(&watch->listening, stream_now(&watch->records.stream));
        break;
    case CALL_EXIT:
    case CALL_EXIT_GROUP:
        records_forget_programs(&watch->records); /* the thread's number is free soon */
        return ending_hold(&watch->ending, &watch->records, call, request, listener);
    }
    return false;
}

void notify_serve(struct watch *watch, int listener)
{
    /* A newer kernel may have longer structures; it refuses a buffer that is not zero. */
    union {
        struct seccomp_notif request;
        unsigned char space[512];
    } received;
    memset(&received, 0, sizeof received);
    if (notify_control(listener, SECCOMP_IOCTL_NOTIF_RECV, &received.request) < 0)
        return; /* ENOENT: a signal took the call back, and it will come again */

    const struct seccomp_notif *request = &received.request;
    bool hold = false;
    if (!watch->finished) {
        const struct call *call = call_find(request->data.arch, request->data.nr);
        watch->records.notifications++;
        if (call != NULL)
            hold = record(watch, call, request, listener);
        /* The record is out before the call goes on: what the target did is in the trace even if
         * the next thing that happens is a SIGKILL to all of us. */
        records_flush(&watch->records);
    }
    if (!hold)
        notify_continue(listener, request->id);
}
