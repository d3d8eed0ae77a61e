#include "listener.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"

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

/* bind, connect and listen follow each other in the bundle, and among i386's own calls. */
enum { SOCKETCALL_BIND = 2, SOCKETCALL_LISTEN = 4, I386_BIND = 361 };

/* The C libraries disagree about the type of a request: int or unsigned long. */
static long notify_control(int listener, unsigned long request, void *argument)
{
    return syscall(SYS_ioctl, listener, request, argument);
}

void listener_prepare(int listener)
{
    /* Linux 6.6: the waiting program is woken on this processor, right when we go to sleep. */
    (void)syscall(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
                  SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

/* The call that i386's bundle stands for, with its arguments, which lie in memory. */
static void unbundle(struct waiting_call *waiting, uint32_t architecture)
{
    uint32_t arguments[3];
    uint64_t which = waiting->arguments[0];
    bool read = memory_read(waiting->thread, waiting->arguments[1], arguments, sizeof arguments);
    waiting->call = NULL;
    if (which < SOCKETCALL_BIND || which > SOCKETCALL_LISTEN ||
        (!read && which != SOCKETCALL_LISTEN)) /* of whose arguments none counts */
        return;
    waiting->call = call_find(architecture, I386_BIND + (int)(which - SOCKETCALL_BIND));
    for (size_t index = 0; read && index < 3; index++)
        waiting->arguments[index] = arguments[index];
}

bool listener_receive(int listener, struct waiting_call *waiting)
{
    /* A newer kernel may have longer structures; it refuses a buffer that is not zero. */
    union {
        struct seccomp_notif request;
        unsigned char space[512];
    } received;
    memset(&received, 0, sizeof received);
    if (notify_control(listener, SECCOMP_IOCTL_NOTIF_RECV, &received.request) < 0)
        return false; /* ENOENT */
    const struct seccomp_data *data = &received.request.data;
    *waiting = (struct waiting_call){
        .listener = listener,
        .id = received.request.id,
        .thread = (pid_t)received.request.pid,
        .call = call_find(data->arch, data->nr),
        .compat = data->arch != abi_audit_architecture(abi_native()),
    };
    for (size_t index = 0; index < 6; index++)
        waiting->arguments[index] = data->args[index];
    if (waiting->call != NULL && waiting->call->kind == CALL_SOCKETCALL)
        unbundle(waiting, data->arch);
    return true;
}

bool listener_still_waits(const struct waiting_call *waiting)
{
    uint64_t id = waiting->id;
    return notify_control(waiting->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void listener_continue(int listener, uint64_t id)
{
    struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    /* ENOENT: the caller is gone. */
    while (notify_control(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 && errno == EINTR)
        continue;
}
