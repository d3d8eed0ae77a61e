#include "rendezvous.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptor.h"
#include "procfs.h"

/* Older C libraries' headers lack them; the numbers are the same on all architectures. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

int rendezvous_move(int descriptor, int lowest)
{
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
    if (moved < 0)
        return descriptor; /* a small RLIMIT_NOFILE; any number will do */
    close(descriptor);
    return moved;
}

void rendezvous_announce(enum rendezvous_mode mode, int descriptor, int error)
{
    char name[16]; /* the kernel keeps 15 characters */
    snprintf(name, sizeof name, "slim:%c:%d:%d", (char)mode, descriptor, error);
    prctl(PR_SET_NAME, name);
}

/* Compares bytes and not inodes: the target and the sidecar have a copy each. */
static bool same_binary(pid_t id)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)id);
    owned_descriptor int theirs = open(path, O_RDONLY | O_CLOEXEC);
    owned_descriptor int ours = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat their_stat;
    struct stat our_stat;
    if (theirs < 0 || ours < 0 || fstat(theirs, &their_stat) < 0 || fstat(ours, &our_stat) < 0)
        return false;
    if (!S_ISREG(their_stat.st_mode) || their_stat.st_size != our_stat.st_size)
        return false;
    for (;;) {
        char their_bytes[16384];
        char our_bytes[16384];
        ssize_t their_size = descriptor_read_all(theirs, their_bytes, sizeof their_bytes);
        ssize_t our_size = descriptor_read_all(ours, our_bytes, sizeof our_bytes);
        if (their_size != our_size || our_size < 0)
            return false;
        if (our_size == 0)
            return true;
        if (memcmp(their_bytes, our_bytes, (size_t)our_size) != 0)
            return false;
    }
}

bool rendezvous_recognize(pid_t id, struct gate *gate)
{
    char name[64];
    char mode = 0;
    *gate = (struct gate){.id = id, .descriptor = -1};
    if (procfs_read(id, "comm", name, sizeof name) < 0)
        return false;
    if (sscanf(name, "slim:%c:%d:%d", &mode, &gate->descriptor, &gate->error) < 2)
        return false;
    if (mode != RENDEZVOUS_LISTENER && mode != RENDEZVOUS_PIPES)
        return false;
    gate->mode = (enum rendezvous_mode)mode;

    struct procfs_stat stat;
    if (!procfs_stat(id, &stat) || stat.state == 'Z')
        return false;
    gate->start_time = stat.start_time;
    return gate->descriptor >= 0 && same_binary(id);
}

bool rendezvous_await(pid_t id, struct gate *gate)
{
    for (unsigned attempt = 0; attempt < 10000; attempt++) {
        if (rendezvous_recognize(id, gate))
            return true;
        if (kill(id, 0) < 0 && errno == ESRCH)
            return false;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

bool rendezvous_is_as_entitled(const struct gate *gate)
{
    char status[8192];
    uint64_t confined = 1;
    if (gate->mode == RENDEZVOUS_LISTENER)
        return gate->error == 0;
    if (procfs_read(gate->id, "status", status, sizeof status) > 0)
        procfs_status_field(status, "NoNewPrivs:", 10, &confined);
    return confined == 0;
}

int rendezvous_end(const struct gate *gate)
{
    int process = (int)syscall(SYS_pidfd_open, gate->id, 0);
    return process < 0 ? -errno : process;
}

int rendezvous_take(const struct gate *gate, int descriptor)
{
    owned_descriptor int process = rendezvous_end(gate);
    if (process >= 0) {
        int taken = (int)syscall(SYS_pidfd_getfd, process, descriptor, 0);
        if (taken >= 0)
            return taken;
    }
    int error = errno;
    if (gate->mode == RENDEZVOUS_LISTENER)
        return -error;

    /* Pipes, unlike listeners, can be opened a second time by their name in /proc. */
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)gate->id, descriptor);
    int opened = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    return opened < 0 ? -error : opened;
}
