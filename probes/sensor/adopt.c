#include "adopt.h"

#include "procfs.h"

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

void adopt_expect(struct adopt *adopt, uint64_t now)
{
    adopt->wanted++;
    adopt->expected = now;
}

struct search {
    const struct adopt *adopt;
    pid_t target;
    struct gate *gate;
    bool found;
};

static bool consider(pid_t id, void *context)
{
    struct search *search = context;
    struct procfs_stat stat;
    if (id == search->target || !rendezvous_recognize(id, search->gate) ||
        was_taken(search->adopt, search->gate))
        return true;
    /* The engine's commands have their parent outside of the namespace. A program of the target
     * that calls itself a gate has not, and must not take a place; nor must one of another
     * container. */
    uint64_t pid_namespace = procfs_pid_namespace(search->target);
    search->found = procfs_pid_namespace(id) == pid_namespace && procfs_stat(id, &stat) &&
                    !procfs_is_within(stat.parent, pid_namespace);
    return !search->found;
}

bool adopt_next(struct adopt *adopt, pid_t target, struct gate *gate)
{
    struct search search = {.adopt = adopt, .target = target, .gate = gate};
    if (adopt->wanted == 0)
        return false;
    procfs_each(0, consider, &search);
    if (search.found) {
        adopt->wanted--;
        adopt_remember(adopt, gate);
    }
    return search.found;
}

bool adopt_gives_up(struct adopt *adopt, uint64_t now)
{
    if (adopt->wanted == 0 || now - adopt->expected <= adopt->patience)
        return false;
    adopt->wanted = 0;
    return true;
}

int adopt_wait(const struct adopt *adopt, uint64_t now)
{
    if (adopt->wanted == 0)
        return -1;
    return now - adopt->expected < soon ? 1 : 10;
}
