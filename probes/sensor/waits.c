#include "waits.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "memory.h"
#include "procfs.h"

enum {
    SECOND = 1000000000,   /* nanoseconds */
    MILLISECOND = 1000000,
    MICROSECOND = 1000,
};

/* A 64-bit program's stack is never below this, and a 32-bit program's always. */
static const uint64_t compat_end = UINT64_C(1) << 32;

/* How a call says when it ends by itself. */
enum limit {
    LIMIT_NONE,         /* never */
    LIMIT_MILLISECONDS, /* an argument, negative: never */
    LIMIT_TIMESPEC,     /* the argument's address has the time; no address: never */
    LIMIT_TIMEVAL,
    LIMIT_CLOCK,        /* as TIMESPEC, which may be a time of day */
    LIMIT_FUTEX,        /* as TIMESPEC, which may be a time of day; by its operation */
    LIMIT_UNTOLD,       /* as TIMESPEC; how long is not found out */
    LIMIT_SIGNAL,       /* as TIMESPEC; a signal is what it waits for */
    LIMIT_BY_FILE,      /* a read: of a file it ends, of a pipe or a terminal not */
};

struct waiting {
    int16_t number[ABI_COUNT]; /* as in calls.h */
    uint8_t limit;             /* enum limit */
    uint8_t argument;          /* that has it */
};

#define WAIT(name, limit, argument, x86_64, i386, aarch64, arm) \
    {{x86_64, i386, aarch64, arm}, limit, argument}

/* Whatever is not in this list may end by itself at any time: writing, connecting, and receiving,
 * as a socket may have a time limit of its own (SO_RCVTIMEO) and the answer be on its way. The
 * numbers are compared with the kernel's own headers by tests/sensor/test_calls.py. */
static const struct waiting waiting_calls[] = {
    /*   name                    limit               at x86_64 i386 aarch64 arm */
    WAIT("accept",               LIMIT_NONE,          0,   43,   -1,  202,  285),
    WAIT("accept4",              LIMIT_NONE,          0,  288,  364,  242,  366),
    WAIT("wait4",                LIMIT_NONE,          0,   61,  114,  260,  114),
    WAIT("waitpid",              LIMIT_NONE,          0,   -1,    7,   -1,   -1),
    WAIT("waitid",               LIMIT_NONE,          0,  247,  284,   95,  280),
    WAIT("pause",                LIMIT_NONE,          0,   34,   29,   -1,   29),
    WAIT("sigsuspend",           LIMIT_NONE,          0,   -1,   72,   -1,   72),
    WAIT("rt_sigsuspend",        LIMIT_NONE,          0,  130,  179,  133,  179),
    WAIT("rt_sigtimedwait",      LIMIT_SIGNAL,        2,  128,  177,  137,  177),
    WAIT("rt_sigtimedwait_time64", LIMIT_SIGNAL,      2,   -1,  421,   -1,  421),
    WAIT("poll",                 LIMIT_MILLISECONDS,  2,    7,  168,   -1,  168),
    WAIT("ppoll",                LIMIT_TIMESPEC,      2,  271,  309,   73,  336),
    WAIT("ppoll_time64",         LIMIT_UNTOLD,        2,   -1,  414,   -1,  414),
    WAIT("select",               LIMIT_TIMEVAL,       4,   23,   -1,   -1,   -1),
    WAIT("_newselect",           LIMIT_UNTOLD,        4,   -1,  142,   -1,  142),
    WAIT("pselect6",             LIMIT_TIMESPEC,      4,  270,  308,   72,  335),
    WAIT("pselect6_time64",      LIMIT_UNTOLD,        4,   -1,  413,   -1,  413),
    WAIT("epoll_wait",           LIMIT_MILLISECONDS,  3,  232,  256,   -1,  252),
    WAIT("epoll_pwait",          LIMIT_MILLISECONDS,  3,  281,  319,   22,  346),
    WAIT("epoll_pwait2",         LIMIT_TIMESPEC,      3,  441,  441,  441,  441),
    WAIT("nanosleep",            LIMIT_TIMESPEC,      0,   35,  162,  101,  162),
    WAIT("clock_nanosleep",      LIMIT_CLOCK,         2,  230,  267,  115,  265),
    WAIT("futex",                LIMIT_FUTEX,         3,  202,  240,   98,  240),
    WAIT("futex_time64",         LIMIT_UNTOLD,        3,   -1,  422,   -1,  422),
    WAIT("futex_waitv",          LIMIT_UNTOLD,        3,  449,  449,  449,  449),
    WAIT("read",                 LIMIT_BY_FILE,       0,    0,    3,   63,    3),
    WAIT("readv",                LIMIT_BY_FILE,       0,   19,  145,   65,  145),
    WAIT("msgrcv",               LIMIT_NONE,          0,   70,  401,  188,  302),
    WAIT("mq_timedreceive",      LIMIT_UNTOLD,        4,  243,  280,  183,  277),
    WAIT("semop",                LIMIT_NONE,          0,   65,   -1,  193,  298),
    WAIT("semtimedop",           LIMIT_UNTOLD,        3,  220,   -1,  192,  312),
};

bool waits_read(pid_t thread, struct sleeping_call *call)
{
    char text[256];
    unsigned long long word[7];
    *call = (struct sleeping_call){.thread = thread, .number = -1, .abi = abi_native()};
    /* "running"; -1, and no arguments, of a thread that sleeps outside of any call. */
    if (procfs_read(thread, "syscall", text, sizeof text) <= 0 ||
        sscanf(text, "%d %llx %llx %llx %llx %llx %llx %llx", &call->number, &word[0], &word[1],
               &word[2], &word[3], &word[4], &word[5], &word[6]) != 8)
        return false;
    for (size_t index = 0; index < 6; index++)
        call->arguments[index] = word[index];
    if (word[6] < compat_end) /* where its stack is */
        call->abi = abi_compat();
    return true;
}

/* Where a time cannot be read, the call may end now. */
static uint64_t read_time(const struct sleeping_call *call, uint64_t address, unsigned unit)
{
    int64_t time[2] = {0, 0};
    if (call->abi == abi_compat() || !memory_read(call->thread, address, time, sizeof time) ||
        time[0] < 0 || time[1] < 0)
        return 0;
    if (time[0] >= INT64_MAX / SECOND)
        return INT64_MAX;
    return (uint64_t)time[0] * SECOND + (uint64_t)time[1] * unit;
}

static uint64_t beyond(uint64_t time, uint64_t past) { return time > past ? time - past : 0; }

static struct wait until(uint64_t left)
{
    return (struct wait){.end = WAIT_LIMITED, .left = left};
}

static struct wait until_moment(const struct sleeping_call *call, uint64_t address,
                                clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) < 0)
        return until(0);
    uint64_t passed = (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
    return until(beyond(read_time(call, address, 1), passed));
}

static struct wait judge_futex(const struct sleeping_call *call, uint64_t address, uint64_t age)
{
    unsigned operation = (unsigned)call->arguments[1];
    bool is_realtime = (operation & FUTEX_CLOCK_REALTIME) != 0;
    switch (operation & (unsigned)FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
        return until(beyond(read_time(call, address, 1), age));
    case FUTEX_WAIT_BITSET:
        return until_moment(call, address, is_realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC);
    default:
        return until(0);
    }
}

/* A read by the kind of what is read. The time stamps of a file that another machine serves are
 * not asked for, which could take for ever. */
static struct wait judge_read(const struct sleeping_call *call)
{
    char path[64];
    struct statx status;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)call->thread, (int)call->arguments[0]);
    if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &status) < 0)
        return until(0);
    switch (status.stx_mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK:
    case S_IFSOCK:
        return until(0);
    default: /* pipes, terminals, and what has no name: events, signals, inotify */
        return (struct wait){.end = WAIT_ENDLESS};
    }
}

static const struct waiting *find(const struct sleeping_call *call)
{
    for (size_t index = 0; index < sizeof waiting_calls / sizeof waiting_calls[0]; index++)
        if (waiting_calls[index].number[call->abi] == call->number)
            return &waiting_calls[index];
    return NULL;
}

struct wait waits_judge(const struct sleeping_call *call, uint64_t age)
{
    static const struct wait endless = {.end = WAIT_ENDLESS};
    const struct waiting *waiting = call->number < 0 ? NULL : find(call);
    if (waiting == NULL)
        return until(0);
    uint64_t argument = call->arguments[waiting->argument];
    switch ((enum limit)waiting->limit) {
    case LIMIT_NONE:
        return endless;
    case LIMIT_BY_FILE:
        return judge_read(call);
    case LIMIT_MILLISECONDS:
        if ((int32_t)argument < 0)
            return endless;
        return until(beyond((uint64_t)(int32_t)argument * MILLISECOND, age));
    default:
        break;
    }
    if (argument == 0)
        return endless;
    switch ((enum limit)waiting->limit) {
    case LIMIT_TIMESPEC:
        return until(beyond(read_time(call, argument, 1), age));
    case LIMIT_TIMEVAL:
        return until(beyond(read_time(call, argument, MICROSECOND), age));
    case LIMIT_CLOCK:
        if ((call->arguments[1] & TIMER_ABSTIME) != 0)
            return until_moment(call, argument, (clockid_t)call->arguments[0]);
        return until(beyond(read_time(call, argument, 1), age));
    case LIMIT_FUTEX:
        return judge_futex(call, argument, age);
    case LIMIT_SIGNAL:
        return (struct wait){.end = WAIT_SIGNAL};
    default:
        return until(0);
    }
}
