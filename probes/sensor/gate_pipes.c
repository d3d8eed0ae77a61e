#include "gate_pipes.h"

#include <sys/types.h>

#include "descriptor.h"

static bool say(int go, char word) { return descriptor_write_all(go, &word, 1); }

bool gate_pipes_go(int go)
{
    bool said = say(go, RENDEZVOUS_GO);
    descriptor_close(&go);
    return said;
}

bool gate_pipes_take(struct gate_pipes *pipes, const struct gate *gate, int go)
{
    int taken = rendezvous_take(gate, gate->descriptor + 1);
    if (taken < 0)
        return false;
    *pipes = (struct gate_pipes){.go = go, .exit = taken};
    return true;
}

bool gate_pipes_start(const struct gate_pipes *pipes) { return say(pipes->go, RENDEZVOUS_GO); }

bool gate_pipes_status(const struct gate_pipes *pipes, int32_t *status)
{
    return descriptor_read_all(pipes->exit, status, sizeof *status) == (ssize_t)sizeof *status;
}

void gate_pipes_release(struct gate_pipes *pipes)
{
    if (pipes->go < 0)
        return;
    (void)say(pipes->go, RENDEZVOUS_RELEASE);
    descriptor_close(&pipes->go);
}
