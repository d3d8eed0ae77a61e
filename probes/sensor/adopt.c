#include "adopt.h"

#include <stdio.h>

#include "procfs.h"
#include "watch.h"

/* A gate comes within some 100 milliseconds of its announcement, as engines go. Where it takes
 * longer it is less urgent, and there may be many processes to look through. */
static const uint64_t soon = 300 * UINT64_C(1000000);

static bool was_taken(const struct adopt *adopt, const struct gate *gate)
{
    for (size_t index = 0; index < ADOPT_REMEMBERED; index++)
        if (adopt->taken[index].id == gate->id &&
            adopt->taken[index].start_time == gate->start_time)
            return true;
    return false;
}

void adopt_remember(struct adopt *adopt, const struct gate *gate)
{
    adopt->taken[adopt->next].id = gate->id;
    adopt->taken[adopt->next].start_time = gate->start_time;
    adopt->next = (adopt->next + 1) % ADOPT_REMEMBERED;
}

void adopt_expect(struct watch *watch)
{
    watch->adopt.wanted++;
    watch->adopt.expected = stream_now(&watch->records.stream);
}

static bool consider(pid_t id, void *context)
{
    struct watch *watch = context;
    struct gate gate;
    struct procfs_stat stat;
    char explanation[EXPLANATION_SIZE] = "";
    if (id == watch->target || !rendezvous_recognize(id, &gate) || was_taken(&watch->adopt, &gate))
        return true;
    /* The engine's commands have their parent outside of the namespace. A program of the target
     * that calls itself a gate has not, and must not take a place. */
    if (watch->target == 1 && (!procfs_stat(id, &stat) || stat.parent != 0))
        return true;

    bool taken = watch_take(watch, &gate, explanation);
    adopt_remember(&watch->adopt, &gate);
    records_adopted(&watch->records, taken ? id : 0, explanation);
    watch->adopt.wanted--;
    return watch->adopt.wanted > 0;
}

void adopt_check(struct watch *watch)
{
    if (watch->adopt.wanted == 0)
        return;
    procfs_each(0, consider, watch);
    uint64_t waited = stream_now(&watch->records.stream) - watch->adopt.expected;
    if (watch->adopt.wanted > 0 && waited > watch->adopt.patience) {
        records_adopted(&watch->records, 0, "no gate appeared in time");
        watch->adopt.wanted = 0;
    }
}

int adopt_wait(const struct watch *watch)
{
    if (watch->adopt.wanted == 0)
        return -1;
    return stream_now(&watch->records.stream) - watch->adopt.expected < soon ? 1 : 10;
}
