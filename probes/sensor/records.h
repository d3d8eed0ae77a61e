/* The records of a trace, one function each; WIRE.md says what each field means. */
#ifndef SENSOR_RECORDS_H
#define SENSOR_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "activity.h"
#include "calls.h"
#include "fold.h"
#include "siphash.h"
#include "stream.h"

enum record_type {
    RECORD_HELLO = 1,
    RECORD_PROGRAM = 2,
    RECORD_CALL = 3,
    RECORD_LOOKUP = 4,
    RECORD_OPENED = 5,
    RECORD_PHASE = 6,
    RECORD_LISTENING = 7,
    RECORD_EXITING = 8,
    RECORD_SIGNALS = 9,
    RECORD_ADOPTED = 10,
    RECORD_NOTE = 11,
    RECORD_LOSS = 12,
    RECORD_TRAILER = 13,
    RECORD_SYSTEM_CALL = 14,
    RECORD_ACTIVITY = 15,
};

enum source { SOURCE_NOTIFY = 1, SOURCE_FANOTIFY = 2, SOURCE_CENSUS = 8 };

enum { HELLO_AS_ENTITLED = 4 }; /* beside the sources */

enum lookup_flags {
    LOOKUP_NO_FOLLOW = 1,  /* a final link is used itself, not what it points to */
    LOOKUP_UNREADABLE = 2, /* the path's address is bad; the call fails with EFAULT */
    LOOKUP_COMPAT = 4,     /* the call of a 32-bit program */
    LOOKUP_NO_DIRECTORY = 8, /* relative to something that has no path */
};

enum {
    PROGRAM_SLOTS = 4096,
    PROGRAM_CAPACITY = 2048,
    THREAD_SLOTS = 256,
    CALLS_LIMIT = 128,
};

/* What a thread ran a moment ago. */
struct running {
    pid_t thread;
    uint32_t program;
    uint64_t until; /* nanoseconds of the stream's clock */
};

struct records {
    struct stream stream;
    struct fold fold;
    struct siphash_key key;
    uint64_t programs[PROGRAM_SLOTS]; /* hash of the program with number slot + 1; 0: empty */
    size_t programs_used;
    struct running running[THREAD_SLOTS]; /* by thread number, modulo */
    bool calls_written[CALLS_LIMIT];
    /* Figures of the trailer. */
    uint64_t notifications;
    uint64_t opens;
    uint64_t folded;
};

struct hello {
    unsigned sources; /* enum source, or-ed */
    bool census;      /* every system call is counted */
    bool as_entitled; /* what the target may do is what the engine and the user allow */
    pid_t target;
    const char *no_notify;   /* why a source is missing; empty when it is not */
    const char *no_fanotify;
};

struct lookup {
    pid_t thread;
    const struct call *call;
    enum access access;
    unsigned flags; /* enum lookup_flags, or-ed */
    const char *directory; /* what a relative path is relative to; empty for absolute paths */
    size_t directory_size;
    const char *path; /* as the program gave it */
    size_t path_size;
};

/* False when there is no memory. */
bool records_open(struct records *records, int descriptor);

void records_hello(struct records *records, const struct hello *hello);
void records_phase(struct records *records, const char *name, size_t size);
/* Nothing is written for what was written in this phase before. */
void records_lookup(struct records *records, const struct lookup *lookup);
/* A thread is about to execute another program, or to end. */
void records_forget_programs(struct records *records);
void records_opened(struct records *records, pid_t process, enum access access, const char *path,
                    size_t size);
void records_listening(struct records *records, unsigned family, const unsigned char address[16],
                       uint16_t port);
/* `status` is the exit status as a shell shows it: 0 to 255. */
void records_exiting(struct records *records, int status);
void records_signals(struct records *records, uint64_t caught, uint64_t blocked, uint64_t ignored);
/* `process` 0: no gate appeared in time. */
void records_adopted(struct records *records, pid_t process, const char *text);
void records_note(struct records *records, const char *text);
/* `count` 0: nobody knows how many. */
void records_loss(struct records *records, enum source source, uint64_t count, const char *text);
/* `index` is that of the argument which decides, from 1; 0: none does. */
void records_system_call(struct records *records, uint32_t audit_architecture, uint32_t number,
                         uint32_t index, uint32_t argument);
void records_activity(struct records *records, const struct activity *activity);
/* Nothing is written after it. */
void records_trailer(struct records *records);
void records_flush(struct records *records);

#endif
