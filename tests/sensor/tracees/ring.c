/* Opens /ring-opened by io_uring: no system call of this program names the path. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct io_uring_params parameters;
    memset(&parameters, 0, sizeof parameters);
    int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
    if (ring < 0) {
        puts("no io_uring");
        return 0;
    }
    size_t entries_size = parameters.sq_entries * sizeof(struct io_uring_sqe);
    size_t queue_size = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
    struct io_uring_sqe *entries = mmap(NULL, entries_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                                        ring, IORING_OFF_SQES);
    char *queue = mmap(NULL, queue_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
                       IORING_OFF_SQ_RING);
    if (entries == MAP_FAILED || queue == MAP_FAILED)
        return 1;

    memset(entries, 0, sizeof *entries);
    entries->opcode = IORING_OP_OPENAT;
    entries->fd = AT_FDCWD;
    entries->addr = (unsigned long)"/ring-opened";
    entries->open_flags = O_RDONLY;
    unsigned *tail = (unsigned *)(queue + parameters.sq_off.tail);
    ((unsigned *)(queue + parameters.sq_off.array))[*tail & 3] = 0;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    long done = syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    puts(done == 1 ? "opened" : "failed");
    return 0;
}
