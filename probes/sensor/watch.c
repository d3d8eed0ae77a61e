#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "activity.h"
#include "adopt.h"
#include "attention.h"
#include "census.h"
#include "control.h"
#include "ending.h"
#include "explain.h"
#include "gate_pipes.h"
#include "listener.h"
#include "listening.h"
#include "lookups.h"
#include "opens.h"
#include "procfs.h"
#include "records.h"
#include "rendezvous.h"
#include "signals.h"
#include "watch_options.h"

enum {
    /* Events of the second source between two looks at the first, where programs wait for us. */
    OPENS_AT_ONCE = 64,
};

/* What all steps know; each is given its own part and what else it needs. */
struct watch {
    struct watch_options options;
    bool notifying;    /* the target's gate has a listener and its calls are recorded */
    bool finished;     /* the trailer is written: go on answering, write nothing */
    bool stopping;     /* nobody reads or controls us any more */
    int events;        /* epoll */
    struct gate_pipes pipes;
    struct records records;
    struct lookups lookups;
    struct opens opens;
    struct census census;
    struct listening listening;
    struct ending ending;
    struct adopt adopt;
    struct control control;
};

/* Takes a gate's listener or its pipes and lets it go on. False with an explanation when its
 * descriptors cannot be had. */
static bool take(struct watch *watch, const struct gate *gate,
                 char explanation[static EXPLANATION_SIZE])
{
    int descriptor = rendezvous_take(gate, gate->descriptor);
    if (descriptor < 0) {
        explain_refusal(explanation, "pidfd_getfd", -descriptor, CAPABILITY_SYS_PTRACE, "5.6");
        return false;
    }
    if (gate->mode == RENDEZVOUS_PIPES && gate->id != watch->options.target)
        return gate_pipes_go(descriptor);
    if (gate->mode == RENDEZVOUS_PIPES)
        return gate_pipes_take(&watch->pipes, gate, descriptor) &&
               attention_pay(watch->events, watch->pipes.exit, ABOUT_EXIT_PIPE) &&
               gate_pipes_start(&watch->pipes);
    listener_prepare(descriptor);
    return attention_pay(watch->events, descriptor, ABOUT_LISTENER);
}

/* Both sources, then the first records, then the gate may go on: nothing of what it does from
 * there can be missed. */
static enum watch_status start(struct watch *watch)
{
    struct gate gate;
    char no_notify[EXPLANATION_SIZE] = "";
    char no_fanotify[EXPLANATION_SIZE] = "switched off by --no-fanotify";
    char no_census[EXPLANATION_SIZE] = "";
    if (!rendezvous_await(watch->options.target, &gate)) {
        fprintf(stderr, "slimmer: watch: process %d is not a waiting gate of this sensor\n",
                (int)watch->options.target);
        return WATCH_NO_GATE;
    }
    char root[PATH_MAX];
    watch->lookups.roots_differ = procfs_link(watch->options.target, "root", root) != 1;
    watch->notifying = watch->options.want_notify && gate.mode == RENDEZVOUS_LISTENER;
    if (!watch->options.want_notify)
        snprintf(no_notify, sizeof no_notify, "switched off by --no-notify");
    else if (gate.mode == RENDEZVOUS_PIPES)
        explain_missing_listener(no_notify, gate.error);
    bool fanotify = watch->options.want_fanotify &&
                    opens_start(&watch->opens, watch->options.target,
                                watch->options.limited_queue, no_fanotify);

    bool census = watch->options.want_census &&
                  census_start(&watch->census, watch->options.target, no_census);

    struct hello hello = {
        .sources = (watch->notifying ? (unsigned)SOURCE_NOTIFY : 0) |
                   (fanotify ? (unsigned)SOURCE_FANOTIFY : 0),
        .census = census,
        .as_entitled = rendezvous_is_as_entitled(&gate),
        .target = watch->options.target,
        .no_notify = no_notify,
        .no_fanotify = fanotify ? "" : no_fanotify,
    };
    records_hello(&watch->records, &hello);
    if (no_census[0] != '\0')
        records_note(&watch->records, no_census);
    records_phase(&watch->records, "boot", strlen("boot"));
    records_flush(&watch->records);
    if (hello.sources == 0) {
        fprintf(stderr, "slimmer: watch: no source: notification: %s; fanotify: %s\n", no_notify,
                no_fanotify);
        return WATCH_NO_SOURCE;
    }

    listening_start(&watch->listening, watch->options.target, watch->notifying);
    if (fanotify)
        attention_pay(watch->events, watch->opens.descriptor, ABOUT_OPENS);
    if (!attention_pay(watch->events, STDIN_FILENO, ABOUT_CONTROL))
        watch->stopping = true; /* a file or /dev/null: nobody controls us */
    attention_pay(watch->events, rendezvous_end(&gate), ABOUT_TARGET);
    adopt_remember(&watch->adopt, &gate);
    if (!take(watch, &gate, no_notify)) {
        fprintf(stderr, "slimmer: watch: cannot take over from the gate: %s\n", no_notify);
        return WATCH_NO_SOURCE;
    }
    return WATCH_DONE;
}

static void serve_exit_pipe(struct watch *watch)
{
    int32_t status = 0;
    if (gate_pipes_status(&watch->pipes, &status) && !watch->finished)
        ending_report(&watch->ending, &watch->records, status);
    attention_end(watch->events, watch->pipes.exit);
    watch->pipes.exit = -1;
}

static void release(struct watch *watch)
{
    ending_release(&watch->ending);
    gate_pipes_release(&watch->pipes);
}

/* Ends the trace: what is queued, then the trailer; whatever is held goes on. */
static void finish(struct watch *watch)
{
    opens_drain(&watch->opens, &watch->records, 0);
    census_write(&watch->census, &watch->records);
    census_stop(&watch->census);
    records_trailer(&watch->records);
    watch->finished = true;
    opens_stop(&watch->opens);
    release(watch);
}

static uint64_t now(const struct watch *watch) { return stream_now(&watch->records.stream); }

/* Records a call. True when it must not be answered now. Where this source is switched off, calls
 * wait for us all the same, and of some we need to know. */
static bool record(struct watch *watch, const struct waiting_call *waiting)
{
    switch ((enum call_kind)waiting->call->kind) {
    case CALL_LISTEN:
        listening_expect(&watch->listening, now(watch));
        return false;
    case CALL_EXIT:
    case CALL_EXIT_GROUP:
        records_forget_programs(&watch->records); /* the thread's number is free soon */
        return ending_hold(&watch->ending, &watch->records, waiting);
    default:
        if (watch->notifying)
            lookups_record(&watch->lookups, &watch->records, waiting);
        return false;
    }
}

static void serve_listener(struct watch *watch, int listener)
{
    struct waiting_call waiting;
    bool hold = false;
    if (!listener_receive(listener, &waiting))
        return;
    if (!watch->finished) {
        watch->records.notifications++;
        if (waiting.call != NULL)
            hold = record(watch, &waiting);
        /* The record is out before the call goes on: what the target did is in the trace even if
         * the next thing that happens is a SIGKILL to all of us. */
        records_flush(&watch->records);
    }
    if (!hold)
        listener_continue(listener, waiting.id);
}

static void start_phase(struct watch *watch, const char *name)
{
    /* What is queued belongs to the phase that ends here. */
    opens_drain(&watch->opens, &watch->records, 0);
    census_write(&watch->census, &watch->records);
    records_phase(&watch->records, name, strlen(name));
    opens_forget(&watch->opens);
}

static void report_activity(struct watch *watch)
{
    struct activity activity;
    activity_look(&activity, watch->options.target, now(watch));
    activity.is_connected = sockets_are_connected(&watch->listening.sockets);
    /* Who is in a call that is recorded either waits for us, or goes on and waits for a file. */
    if (activity.in_calls > 0 && attention_calls_wait(watch->events))
        activity.running += activity.in_calls;
    else if (activity.in_calls > 0)
        activity_add_limited(&activity, activity.in_calls, 0);
    records_activity(&watch->records, &activity);
}

static void obey(const char *line, void *context)
{
    static const char phase[] = "phase ";
    struct watch *watch = context;
    if (watch->options.target == 0)
        watch->options.target = watch_options_target(line);
    else if (line == NULL)
        records_note(&watch->records, "a control line is too long and was skipped");
    else if (watch->finished)
        return;
    else if (strncmp(line, phase, strlen(phase)) == 0)
        start_phase(watch, line + strlen(phase));
    else if (strcmp(line, "adopt") == 0)
        adopt_expect(&watch->adopt, now(watch));
    else if (strcmp(line, "signals") == 0)
        signals_report(watch->options.target, &watch->records);
    else if (strcmp(line, "activity") == 0)
        report_activity(watch);
    else if (strcmp(line, "finish") == 0)
        finish(watch);
    else
        records_note(&watch->records, "a control line is unknown and was skipped");
}

static void adopt_gates(struct watch *watch)
{
    struct gate gate;
    while (adopt_next(&watch->adopt, watch->options.target, &gate)) {
        char explanation[EXPLANATION_SIZE] = "";
        bool taken = take(watch, &gate, explanation);
        records_adopted(&watch->records, taken ? gate.id : 0, explanation);
    }
    if (adopt_gives_up(&watch->adopt, now(watch)))
        records_adopted(&watch->records, 0, "no gate appeared in time");
}

static void serve(struct watch *watch, const struct epoll_event *event)
{
    int descriptor = attention_descriptor(event);
    switch (attention_about(event)) {
    case ABOUT_LISTENER:
        if ((event->events & EPOLLIN) != 0)
            serve_listener(watch, descriptor);
        else
            /* The last process under that filter has ended. */
            attention_end(watch->events, descriptor);
        break;
    case ABOUT_OPENS:
        if (watch->opens.descriptor >= 0)
            opens_drain(&watch->opens, &watch->records, OPENS_AT_ONCE);
        break;
    case ABOUT_CONTROL:
        if (!control_read(&watch->control, obey, watch))
            watch->stopping = true;
        break;
    case ABOUT_EXIT_PIPE:
        serve_exit_pipe(watch);
        break;
    case ABOUT_TARGET:
        if (!watch->finished)
            finish(watch);
        watch->stopping = true;
        break;
    }
}

static int sooner(int one, int other)
{
    if (one < 0)
        return other;
    return other < 0 || one < other ? one : other;
}

static void run(struct watch *watch)
{
    while (!watch->stopping) {
        struct epoll_event events[ATTENTION_EVENTS];
        int wait = -1;
        if (!watch->finished)
            wait = sooner(adopt_wait(&watch->adopt, now(watch)),
                          listening_wait(&watch->listening, now(watch)));
        int count = epoll_wait(watch->events, events, ATTENTION_EVENTS, wait);
        for (int index = 0; index < count; index++)
            serve(watch, &events[index]);
        if (!watch->finished) {
            adopt_gates(watch);
            listening_check(&watch->listening, &watch->records);
            records_flush(&watch->records);
            watch->stopping = watch->stopping || watch->records.stream.closed;
        }
    }
}

int watch_main(char **arguments)
{
    static struct watch watch = {
        .pipes = {.go = -1, .exit = -1},
        .opens.descriptor = -1,
        .census = CENSUS_NONE,
    };
    if (!watch_options_parse(&watch.options, arguments))
        return WATCH_USAGE;
    signals_outlive();
    watch.adopt.patience = watch.options.patience;
    watch.events = epoll_create1(EPOLL_CLOEXEC);
    if (watch.events < 0 || !records_open(&watch.records, STDOUT_FILENO)) {
        fprintf(stderr, "slimmer: watch: cannot start: %s\n", strerror(errno));
        return WATCH_NO_SOURCE;
    }
    while (watch.options.target == 0)
        if (!control_read(&watch.control, obey, &watch))
            return WATCH_DONE;
    watch.ending.target = watch.options.target;

    enum watch_status status = start(&watch);
    if (status != WATCH_DONE)
        return (int)status;
    run(&watch);
    release(&watch);
    return WATCH_DONE;
}
