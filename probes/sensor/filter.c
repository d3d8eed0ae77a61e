#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "privileges.h"
#include "profile.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { X32_BIT = 0x40000000, CAPACITY = 1024 };

struct program {
    struct sock_filter instructions[CAPACITY];
    unsigned short length;
};

static void append(struct program *program, struct sock_filter instruction)
{
    if (program->length < CAPACITY)
        program->instructions[program->length++] = instruction;
}

static void load(struct program *program, size_t offset)
{
    append(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void answer(struct program *program, unsigned action)
{
    append(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void when_number(struct program *program, int number, unsigned char skipped)
{
    append(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0,
                                                 skipped));
}

/* Of two filters that refuse a call, the one that was installed last says with which errno. */
static void seal_calls(struct program *program, enum abi abi)
{
    for (size_t index = 0; index < profile_calls_count; index++) {
        const struct profile_call *call = &profile_calls[index];
        int number = call->number[abi];
        if (number < 0 || (call->unless != 0 && privileges_bounded(call->unless)))
            continue;
        when_number(program, number, call->flags == 0 ? 1 : 4);
        if (call->flags != 0) {
            load(program, offsetof(struct seccomp_data, args));
            append(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, call->flags,
                                                         0, 1));
        }
        answer(program, SECCOMP_RET_ERRNO | call->error);
        if (call->flags != 0)
            load(program, offsetof(struct seccomp_data, nr));
    }
}

/* One comparison per call: since Linux 5.11 the kernel runs a filter once per number and
 * remembers the numbers that are always allowed, so a search tree would gain nothing. */
static void notify_calls(struct program *program, enum abi abi, bool seal)
{
    load(program, offsetof(struct seccomp_data, nr));
    if (abi == ABI_X86_64) {
        /* x32 calls share the architecture but not the numbers: refuse them, as kernels
         * without x32 do, since they would pass unseen. */
        append(program,
               (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, X32_BIT, 0, 1));
        answer(program, SECCOMP_RET_ERRNO | ENOSYS);
    }
    if (seal)
        seal_calls(program, abi);
    for (size_t index = 0; index < calls_count; index++) {
        int number = calls[index].number[abi];
        if (number < 0)
            continue;
        when_number(program, number, 1);
        answer(program, SECCOMP_RET_USER_NOTIF);
    }
    answer(program, SECCOMP_RET_ALLOW);
}

/* Numbers mean nothing without their architecture, so that comes first. */
static void build(struct program *program, bool seal)
{
    struct program compat = {.length = 0};

    notify_calls(&compat, abi_compat(), seal);

    load(program, offsetof(struct seccomp_data, arch));
    append(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                 abi_audit_architecture(abi_compat()), 0, 1));
    /* The block is longer than the 255 instructions that a conditional jump can skip. */
    append(program, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
    append(program, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, compat.length));
    for (unsigned short index = 0; index < compat.length; index++)
        append(program, compat.instructions[index]);
    append(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                 abi_audit_architecture(abi_native()), 1, 0));
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
    notify_calls(program, abi_native(), seal);
}

int filter_install(bool seal)
{
    struct program program = {.length = 0};
    build(&program, seal);
    if (program.length >= CAPACITY)
        return -E2BIG;

    struct sock_fprog installed = {.len = program.length, .filter = program.instructions};
    /* WAIT_KILLABLE_RECV (Linux 5.19): once the watcher has a call, only a fatal signal takes it
     * back; without it a program that signals itself every millisecond may never get through. */
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                            flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &installed);
    if (listener < 0 && errno == EINVAL)
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &installed);
    return listener < 0 ? -errno : (int)listener;
}
