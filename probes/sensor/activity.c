#include "activity.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "procfs.h"
#include "waits.h"

enum {
    /* More than that is not looked at, as calls wait for us meanwhile: a quarter of a second. */
    PROCESSES_LIMIT = 2048,
    THREADS_LIMIT = 8192,
    DESCRIPTORS_LIMIT = 4096,
    SECOND = 1000000000, /* nanoseconds */
};

struct look {
    struct activity *activity;
    uint64_t age;
    uint64_t ticks; /* of processor time */
    unsigned threads;
    pid_t processes[PROCESSES_LIMIT]; /* in the order in which they were found */
    size_t found;
    pid_t process; /* that is looked at */
    bool has_children;
    bool waits_for_signal; /* and a time limit ends that */
    bool waits_for_event;
};

void activity_add_limited(struct activity *activity, unsigned count, uint64_t left)
{
    if (activity->limited == 0 || left < activity->left)
        activity->left = left;
    activity->limited += count;
}

static void find_children(struct look *look, pid_t thread)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)look->process, (int)thread);
    FILE *children = fopen(path, "re");
    if (children == NULL) {
        if (thread == look->process) /* a kernel without it; a thread may just be gone */
            activity_add_limited(look->activity, 1, 0);
        return;
    }
    for (int child; fscanf(children, "%d", &child) == 1;) {
        look->has_children = true;
        if (look->found < PROCESSES_LIMIT)
            look->processes[look->found++] = child;
        else
            activity_add_limited(look->activity, 1, 0);
    }
    fclose(children);
}

static void look_at_sleeping(struct look *look, pid_t thread)
{
    struct activity *activity = look->activity;
    struct sleeping_call call;
    if (!waits_read(thread, &call)) {
        activity_add_limited(activity, 1, 0);
        return;
    }
    const struct call *recorded = call_find(abi_audit_architecture(call.abi), call.number);
    if (recorded != NULL) {
        activity->in_calls++;
        return;
    }
    struct wait wait = waits_judge(&call, look->age);
    switch (wait.end) {
    case WAIT_ENDLESS:
        activity->waiting++;
        look->waits_for_event = true;
        break;
    case WAIT_SIGNAL:
        look->waits_for_signal = true;
        break;
    case WAIT_LIMITED:
        activity_add_limited(activity, 1, wait.left);
        break;
    }
}

static bool look_at_thread(pid_t thread, void *context)
{
    struct look *look = context;
    struct procfs_stat stat;
    if (++look->threads > THREADS_LIMIT) {
        activity_add_limited(look->activity, 1, 0);
        return false;
    }
    find_children(look, thread);
    if (!procfs_stat(thread, &stat))
        return true;
    switch (stat.state) {
    case 'Z':
    case 'X':
        break; /* it has ended */
    case 'T':
    case 't':
        look->activity->waiting++; /* somebody has stopped it */
        break;
    case 'S':
        look_at_sleeping(look, thread);
        break;
    default:
        look->activity->running++;
        break;
    }
    return true;
}

/* Whoever waits for an event may wait for a clock that is a descriptor. */
static void look_at_clock(struct look *look, const char *number)
{
    char name[32];
    char target[PATH_MAX];
    char text[1024];
    snprintf(name, sizeof name, "fd/%.20s", number);
    if (procfs_link(look->process, name, target) < 0 ||
        strcmp(target, "anon_inode:[timerfd]") != 0)
        return;
    snprintf(name, sizeof name, "fdinfo/%.20s", number);
    if (procfs_read(look->process, name, text, sizeof text) < 0)
        return;
    unsigned long long left[2];
    const char *value = strstr(text, "it_value: (");
    if (value == NULL || sscanf(value, "it_value: (%llu, %llu)", &left[0], &left[1]) != 2)
        return;
    if (left[0] != 0 || left[1] != 0)
        activity_add_limited(look->activity, 1, left[0] * SECOND + left[1]);
}

static void look_at_clocks(struct look *look)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)look->process);
    DIR *descriptors = opendir(path);
    if (descriptors == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(descriptors)) != NULL && count < DESCRIPTORS_LIMIT;
         count++)
        if (entry->d_name[0] != '.')
            look_at_clock(look, entry->d_name);
    closedir(descriptors);
    if (count == DESCRIPTORS_LIMIT)
        activity_add_limited(look->activity, 1, 0);
}

static void look_at_process(struct look *look)
{
    struct procfs_stat stat;
    look->has_children = false;
    look->waits_for_signal = false;
    look->waits_for_event = false;
    if (procfs_stat(look->process, &stat))
        look->ticks += stat.used;
    procfs_each(look->process, look_at_thread, look);
    if (look->waits_for_event)
        look_at_clocks(look);
    /* Inits wait for a signal of their children, a second at a time; with none, for the time. */
    if (look->waits_for_signal && look->has_children)
        look->activity->waiting++;
    else if (look->waits_for_signal)
        activity_add_limited(look->activity, 1, 0);
}

void activity_look(struct activity *activity, pid_t target, uint64_t age)
{
    static struct look look; /* too large for a stack */
    *activity = (struct activity){.left = UINT64_MAX};
    look = (struct look){.activity = activity, .age = age, .processes = {target}, .found = 1};
    for (size_t next = 0; next < look.found; next++) {
        look.process = look.processes[next];
        look_at_process(&look);
    }
    long per_second = sysconf(_SC_CLK_TCK);
    activity->used = per_second > 0 ? look.ticks * (SECOND / (uint64_t)per_second) : 0;
}
