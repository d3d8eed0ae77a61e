/* What the watcher waits for: descriptors with something to read, and what each is about. */
#ifndef SENSOR_ATTENTION_H
#define SENSOR_ATTENTION_H

#include <stdbool.h>
#include <sys/epoll.h>

enum about { ABOUT_LISTENER, ABOUT_OPENS, ABOUT_CONTROL, ABOUT_EXIT_PIPE, ABOUT_TARGET };

enum { ATTENTION_EVENTS = 64 };

/* `events` is an epoll's descriptor. False when this descriptor cannot be waited for. */
bool attention_pay(int events, int descriptor, enum about about);

/* No longer; the descriptor is closed. */
void attention_end(int events, int descriptor);

/* What an event is about, and its descriptor. */
enum about attention_about(const struct epoll_event *event);
int attention_descriptor(const struct epoll_event *event);

/* Whether calls of the target or of adopted commands wait to be received. */
bool attention_calls_wait(int events);

#endif
