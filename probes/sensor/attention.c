#include "attention.h"

#include <stdint.h>
#include <unistd.h>

/* The upper half of an event's data is what it is about, the lower half its descriptor. */
bool attention_pay(int events, int descriptor, enum about about)
{
    struct epoll_event event = {
        .events = EPOLLIN,
        .data.u64 = (uint64_t)about << 32 | (uint32_t)descriptor,
    };
    return epoll_ctl(events, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void attention_end(int events, int descriptor)
{
    (void)epoll_ctl(events, EPOLL_CTL_DEL, descriptor, NULL);
    close(descriptor);
}

enum about attention_about(const struct epoll_event *event)
{
    return (enum about)(event->data.u64 >> 32);
}

int attention_descriptor(const struct epoll_event *event)
{
    return (int)(uint32_t)event->data.u64;
}

bool attention_calls_wait(int events)
{
    struct epoll_event found[ATTENTION_EVENTS];
    int count = epoll_wait(events, found, ATTENTION_EVENTS, 0);
    for (int index = 0; index < count; index++)
        if (attention_about(&found[index]) == ABOUT_LISTENER &&
            (found[index].events & EPOLLIN) != 0)
            return true;
    return false;
}
