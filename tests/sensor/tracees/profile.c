/* Stands for an engine: puts itself under a filter, and becomes the gate. The filter allows all, or,
 * with `no-capset` before the gate, all but to give up capabilities. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_capset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    int forbids = count > 2 && strcmp(arguments[1], "no-capset") == 0;
    struct sock_filter *first = forbids ? instructions : instructions + 3;
    struct sock_fprog program = {.len = forbids ? 4 : 1, .filter = first};
    if (count < 2 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 1;
    arguments += forbids ? 2 : 1;
    execv(arguments[0], arguments);
    return 2;
}
