#include "listening.h"

#include <string.h>

enum {
    MILLISECOND = 1000000, /* nanoseconds */
    PERIOD_UNTOLD = 20 * MILLISECOND,
    PERIOD_TOLD = 250 * MILLISECOND,
    /* Looking unasked may take one part in so many of the time, however slow it is. */
    SHARE = 50,
    /* After a listen call: at 0, 1, 3, 7, … ms and up to 8 s, since a loaded machine may be slow to
     * let the call go on. Not only until one is found: several may be on their way. */
    CHECKS = 14,
};

struct look {
    struct listening *listening;
    struct records *records; /* NULL: only remember */
};

static void consider(const struct listening_socket *socket, void *context)
{
    struct look *look = context;
    struct listening *listening = look->listening;
    for (size_t index = 0; index < listening->count; index++)
        if (memcmp(&listening->known[index], socket, sizeof *socket) == 0)
            return;
    if (listening->count == LISTENING_LIMIT)
        return;
    listening->known[listening->count++] = *socket;
    if (look->records != NULL)
        records_listening(look->records, socket->family, socket->address, socket->port);
}

void listening_start(struct listening *listening, pid_t target, bool told)
{
    *listening = (struct listening){.period = told ? PERIOD_TOLD : PERIOD_UNTOLD};
    sockets_open(&listening->sockets, target);
    struct look look = {.listening = listening, .records = NULL};
    sockets_each_listening(&listening->sockets, consider, &look);
    listening->before = listening->count;
}

void listening_expect(struct listening *listening, uint64_t now)
{
    listening->checks_left = CHECKS;
    listening->next_check = now;
}

static bool is_periodic(const struct listening *listening)
{
    return listening->checks_left == 0 && listening->count == listening->before;
}

void listening_check(struct listening *listening, struct records *records)
{
    bool repeat = is_periodic(listening);
    uint64_t now = stream_now(&records->stream);
    if ((listening->checks_left == 0 && !repeat) || now < listening->next_check)
        return;
    struct look look = {.listening = listening, .records = records};
    sockets_each_listening(&listening->sockets, consider, &look);
    uint64_t after = stream_now(&records->stream);
    if (repeat) {
        uint64_t pause = (after - now) * SHARE;
        listening->next_check = after + (pause > listening->period ? pause : listening->period);
        return;
    }
    unsigned done = CHECKS - listening->checks_left;
    listening->checks_left--;
    listening->next_check = after + (uint64_t)MILLISECOND * (1U << done);
}

int listening_wait(const struct listening *listening, uint64_t now)
{
    if (listening->checks_left == 0 && !is_periodic(listening))
        return -1;
    if (listening->next_check <= now)
        return 0;
    return (int)((listening->next_check - now) / MILLISECOND + 1);
}
