#include "records.h"

#include <limits.h>
#include <string.h>
#include <sys/utsname.h>

#include "procfs.h"

/* LOOKUP and OPENED start with who asked (thread, call), which does not count for folding. */
enum { FOLDED_FROM = 6 };

static void text(struct records *records, const char *bytes)
{
    stream_text(&records->stream, bytes, strlen(bytes));
}

bool records_open(struct records *records, int descriptor)
{
    memset(records, 0, sizeof *records);
    records->key = siphash_random_key();
    stream_open(&records->stream, descriptor);
    return fold_open(&records->fold);
}

void records_hello(struct records *records, const struct hello *hello)
{
    struct utsname name;
    if (uname(&name) < 0)
        memset(&name, 0, sizeof name);
    stream_begin(&records->stream, RECORD_HELLO);
    stream_u32(&records->stream,
               hello->sources | (hello->as_entitled ? (unsigned)HELLO_AS_ENTITLED : 0) |
                   (hello->census ? (unsigned)SOURCE_CENSUS : 0));
    stream_u32(&records->stream, (uint32_t)hello->target);
    text(records, name.release);
    text(records, name.machine);
    text(records, hello->no_notify);
    text(records, hello->no_fanotify);
    stream_end(&records->stream);
}

void records_phase(struct records *records, const char *name, size_t size)
{
    stream_begin(&records->stream, RECORD_PHASE);
    stream_text(&records->stream, name, size);
    stream_end(&records->stream);
    fold_clear(&records->fold);
}

/* The number of an executable, announced by a PROGRAM record when it is new. */
static uint32_t intern_program(struct records *records, const char *path, size_t length)
{
    uint64_t hash = siphash(&records->key, path, length) | 1;
    if (records->programs_used >= PROGRAM_CAPACITY) {
        /* Numbers are given anew, so what was folded under the old ones counts no longer. */
        memset(records->programs, 0, sizeof records->programs);
        records->programs_used = 0;
        records_forget_programs(records);
        fold_clear(&records->fold);
    }
    uint32_t slot = (uint32_t)(hash / 2 % PROGRAM_SLOTS);
    while (records->programs[slot] != 0 && records->programs[slot] != hash)
        slot = (slot + 1) % PROGRAM_SLOTS;
    if (records->programs[slot] == 0) {
        records->programs[slot] = hash;
        records->programs_used++;
        stream_begin(&records->stream, RECORD_PROGRAM);
        stream_u32(&records->stream, slot + 1);
        stream_text(&records->stream, path, length);
        stream_end(&records->stream);
    }
    return slot + 1;
}

/* What a process runs; 0: it is gone. */
static uint32_t program_number(struct records *records, pid_t process)
{
    char path[PATH_MAX];
    ssize_t length = process > 0 ? procfs_link(process, "exe", path) : -1;
    return length > 0 ? intern_program(records, path, (size_t)length) : 0;
}

/* The same for a thread that waits in a call: /proc is asked every few milliseconds only, as that
 * is a quarter of the whole answer (4 of 16 microseconds). Not for opens: those come while an
 * execve is under way, and would keep the old program's name alive. */
static uint32_t waiting_program_number(struct records *records, pid_t thread)
{
    static const uint64_t lifetime = 10 * UINT64_C(1000000);
    uint64_t now = stream_now(&records->stream);
    struct running *running = &records->running[(unsigned)thread % THREAD_SLOTS];
    if (running->thread != thread || now >= running->until)
        *running = (struct running){
            .thread = thread,
            .program = program_number(records, thread),
            .until = now + lifetime,
        };
    return running->program;
}

void records_forget_programs(struct records *records)
{
    memset(records->running, 0, sizeof records->running);
}

/* So that a reader needs no table of system calls. */
static uint16_t call_number(struct records *records, const struct call *call)
{
    uint16_t number = (uint16_t)(call - calls);
    if (!records->calls_written[number]) {
        records->calls_written[number] = true;
        stream_begin(&records->stream, RECORD_CALL);
        stream_u16(&records->stream, number);
        text(records, call->name);
        stream_end(&records->stream);
    }
    return number;
}

/* Ends the open record, or drops it when this phase has had the same. */
static void end_folded(struct records *records, enum record_type type)
{
    size_t size;
    const void *body = stream_body(&records->stream, FOLDED_FROM, &size);
    struct siphash_key key = records->key;
    key.words[0] ^= type; /* a lookup and an open never fold into one another */
    if (fold_seen(&records->fold, siphash(&key, body, size)))
        records->folded++;
    else
        stream_end(&records->stream);
}

void records_lookup(struct records *records, const struct lookup *lookup)
{
    uint32_t program = waiting_program_number(records, lookup->thread);
    uint16_t call = call_number(records, lookup->call);
    stream_begin(&records->stream, RECORD_LOOKUP);
    stream_u32(&records->stream, (uint32_t)lookup->thread);
    stream_u16(&records->stream, call);
    stream_u8(&records->stream, (uint8_t)lookup->access);
    stream_u8(&records->stream, (uint8_t)lookup->flags);
    stream_u32(&records->stream, program);
    stream_text(&records->stream, lookup->directory, lookup->directory_size);
    stream_text(&records->stream, lookup->path, lookup->path_size);
    end_folded(records, RECORD_LOOKUP);
}

void records_opened(struct records *records, pid_t process, enum access access, const char *path,
                    size_t size)
{
    uint32_t program = program_number(records, process);
    stream_begin(&records->stream, RECORD_OPENED);
    stream_u32(&records->stream, (uint32_t)process);
    stream_u16(&records->stream, 0);
    stream_u8(&records->stream, (uint8_t)access);
    stream_u8(&records->stream, 0);
    stream_u32(&records->stream, program);
    stream_text(&records->stream, path, size);
    end_folded(records, RECORD_OPENED);
}

void records_listening(struct records *records, unsigned family, const unsigned char address[16],
                       uint16_t port)
{
    stream_begin(&records->stream, RECORD_LISTENING);
    stream_u16(&records->stream, (uint16_t)family);
    stream_u16(&records->stream, port);
    stream_bytes(&records->stream, address, 16);
    stream_end(&records->stream);
}

void records_exiting(struct records *records, int status)
{
    stream_begin(&records->stream, RECORD_EXITING);
    stream_u32(&records->stream, (uint32_t)status & 0xff);
    stream_end(&records->stream);
}

void records_signals(struct records *records, uint64_t caught, uint64_t blocked, uint64_t ignored)
{
    stream_begin(&records->stream, RECORD_SIGNALS);
    stream_u64(&records->stream, caught);
    stream_u64(&records->stream, blocked);
    stream_u64(&records->stream, ignored);
    stream_end(&records->stream);
}

void records_adopted(struct records *records, pid_t process, const char *explanation)
{
    stream_begin(&records->stream, RECORD_ADOPTED);
    stream_u32(&records->stream, (uint32_t)process);
    text(records, explanation);
    stream_end(&records->stream);
}

void records_note(struct records *records, const char *note)
{
    stream_begin(&records->stream, RECORD_NOTE);
    text(records, note);
    stream_end(&records->stream);
}

void records_loss(struct records *records, enum source source, uint64_t count, const char *reason)
{
    stream_begin(&records->stream, RECORD_LOSS);
    stream_u32(&records->stream, source);
    stream_u64(&records->stream, count);
    text(records, reason);
    stream_end(&records->stream);
}

void records_system_call(struct records *records, uint32_t audit_architecture, uint32_t number,
                         uint32_t index, uint32_t argument)
{
    stream_begin(&records->stream, RECORD_SYSTEM_CALL);
    stream_u32(&records->stream, audit_architecture);
    stream_u32(&records->stream, number);
    stream_u32(&records->stream, index);
    stream_u32(&records->stream, argument);
    stream_end(&records->stream);
}

void records_activity(struct records *records, const struct activity *activity)
{
    stream_begin(&records->stream, RECORD_ACTIVITY);
    stream_u32(&records->stream, activity->running);
    stream_u32(&records->stream, activity->waiting);
    stream_u32(&records->stream, activity->limited);
    stream_u32(&records->stream, activity->is_connected ? 1 : 0);
    stream_u64(&records->stream, activity->limited > 0 ? activity->left : 0);
    stream_u64(&records->stream, activity->used);
    stream_end(&records->stream);
}

void records_trailer(struct records *records)
{
    struct stream *stream = &records->stream;
    if (stream->closed)
        return;
    stream_begin(stream, RECORD_TRAILER);
    /* Checksum and counts are of everything before this record. */
    stream_u32(stream, stream->checksum);
    stream_u32(stream, STREAM_TYPES);
    for (unsigned type = 0; type < STREAM_TYPES; type++)
        stream_u64(stream, stream->counts[type]);
    stream_u64(stream, records->notifications);
    stream_u64(stream, records->opens);
    stream_u64(stream, records->folded);
    stream_end(stream);
    stream_flush(stream);
    stream->closed = true;
}

void records_flush(struct records *records) { stream_flush(&records->stream); }
