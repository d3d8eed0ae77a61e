#include "ending.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"

static bool is_thread_of(pid_t target, pid_t thread)
{
    char path[64];
    if (thread == target)
        return true;
    snprintf(path, sizeof path, "/proc/%d/task/%d", (int)target, (int)thread);
    return access(path, F_OK) == 0;
}

static bool is_leaving(const struct ending *ending, pid_t thread, uint64_t start_time)
{
    for (size_t index = 0; index < ending->leaving_count; index++)
        if (ending->leaving[index].id == thread && ending->leaving[index].start_time == start_time)
            return true;
    return false;
}

struct search {
    const struct ending *ending;
    pid_t except;
    bool found;
};

static bool find_staying(pid_t thread, void *context)
{
    struct search *search = context;
    struct procfs_stat stat;
    if (thread != search->except && procfs_stat(thread, &stat) && stat.state != 'Z' &&
        stat.state != 'X' && !is_leaving(search->ending, thread, stat.start_time))
        search->found = true;
    return !search->found;
}

/* A process also ends when its last thread does. */
static bool is_last_thread(struct ending *ending, pid_t thread)
{
    struct search search = {.ending = ending, .except = thread, .found = false};
    procfs_each(ending->target, find_staying, &search);
    return !search.found;
}

static void remember_leaving(struct ending *ending, pid_t thread)
{
    struct procfs_stat stat;
    if (ending->leaving_count == ENDING_LEAVING_LIMIT) {
        /* Those that left long ago matter no more. */
        size_t half = ENDING_LEAVING_LIMIT / 2;
        memmove(ending->leaving, ending->leaving + half, half * sizeof ending->leaving[0]);
        ending->leaving_count = half;
    }
    if (procfs_stat(thread, &stat))
        ending->leaving[ending->leaving_count++] =
            (struct leaving_thread){.id = thread, .start_time = stat.start_time};
}

void ending_report(struct ending *ending, struct records *records, int status)
{
    if (ending->reported)
        return;
    ending->reported = true;
    records_exiting(records, status);
}

bool ending_hold(struct ending *ending, struct records *records,
                 const struct waiting_call *waiting)
{
    pid_t thread = waiting->thread;
    if (!is_thread_of(ending->target, thread))
        return false;
    if (waiting->call->kind == CALL_EXIT && !is_last_thread(ending, thread)) {
        remember_leaving(ending, thread);
        return false;
    }
    ending_report(ending, records, (int)(waiting->arguments[0] & 0xff));
    /* Of more callers than this, none needs an answer: the first that goes ends them all. */
    if (ending->held_count < ENDING_HELD_LIMIT)
        ending->held[ending->held_count++] =
            (struct held_call){.listener = waiting->listener, .id = waiting->id};
    return true;
}

void ending_release(struct ending *ending)
{
    for (size_t index = 0; index < ending->held_count; index++)
        listener_continue(ending->held[index].listener, ending->held[index].id);
    ending->held_count = 0;
}
