/* How a gate and the watcher meet, without a socket, a volume or a file: the waiting gate's
 * process name says what it waits with, and the watcher takes descriptors out of the gate.
 *
 *     slim:L:99:0      the seccomp listener is descriptor 99; its execve waits in the kernel
 *     slim:L:99:13     the same, after errno 13 without no_new_privs, which is set now
 *     slim:P:97:38     pipes 97 and 98, because seccomp answered errno 38 (0: asked to)
 *
 * Any process can take such a name. So the watcher takes only processes that run the very same
 * binary as itself, in the target's PID namespace, and that come from outside of it, as PID 1 and
 * what `docker exec` starts do. */
#ifndef SENSOR_RENDEZVOUS_H
#define SENSOR_RENDEZVOUS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    /* Descriptors from here on are hardly ever in use, and below any usual limit. */
    RENDEZVOUS_DESCRIPTOR = 97,
};

enum rendezvous_mode { RENDEZVOUS_LISTENER = 'L', RENDEZVOUS_PIPES = 'P' };

struct gate {
    pid_t id;
    uint64_t start_time; /* tells this process from a later one with the same id */
    enum rendezvous_mode mode;
    int descriptor; /* in the gate: the listener, or the go pipe's end for writing */
    int error;      /* why there is no listener, or not without no_new_privs; 0: nothing of it */
};

/* What the watcher writes into the go pipe. */
enum { RENDEZVOUS_GO = 'G', RENDEZVOUS_RELEASE = 'R' };

/* In the gate: moves a close-on-exec descriptor to a number at or above `lowest` where the
 * limits permit, and returns its number. */
int rendezvous_move(int descriptor, int lowest);

/* In the gate: takes the name that the watcher looks for. */
void rendezvous_announce(enum rendezvous_mode mode, int descriptor, int error);

/* In the watcher: is this process a waiting gate of ours? */
bool rendezvous_recognize(pid_t id, struct gate *gate);

/* The same, for up to some ten seconds: the gate may still be on its way to its waiting place. */
bool rendezvous_await(pid_t id, struct gate *gate);

/* In the watcher: whether the gate left its command what it may do. With a listener it says so
 * itself: where there is no_new_privs, the user may have asked for it. */
bool rendezvous_is_as_entitled(const struct gate *gate);

/* In the watcher: a descriptor that can be read once the gate's process, which its command goes on
 * in, has ended; or -errno. */
int rendezvous_end(const struct gate *gate);

/* In the watcher: a duplicate of the gate's descriptor, or -errno. */
int rendezvous_take(const struct gate *gate, int descriptor);

#endif
