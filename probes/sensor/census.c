#include "census.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "census_program.h"
#include "procfs.h"

enum { MOST_THREADS = 32768, MOST_CALLS = 8192 };

static const char *const tracepoints[] = {
    "sys_enter",
    "sched_process_exec",
    "sched_process_fork",
    "sched_process_exit",
};
static void (*const writers[])(struct census_program *, const struct census_target *) = {
    census_program_enter,
    census_program_exec,
    census_program_fork,
    census_program_exit,
};
enum { LINKS = sizeof tracepoints / sizeof tracepoints[0] };

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int create_map(enum bpf_map_type type, uint32_t key, uint32_t entries)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = type;
    attributes.key_size = key;
    attributes.value_size = sizeof(uint64_t);
    attributes.max_entries = entries;
    return bpf(BPF_MAP_CREATE, &attributes);
}

static int on_map(enum bpf_cmd command, int map, const void *key, void *value)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_fd = (uint32_t)map;
    attributes.key = (uintptr_t)key;
    attributes.value = (uintptr_t)value; /* for BPF_MAP_GET_NEXT_KEY the same field is the key */
    return bpf(command, &attributes);
}

/* The kernel gives the helpers that we need to programs whose licence it knows: these few
 * instructions may be used under the MIT licence or the GPL as well. */
static int load_program(const struct census_program *program)
{
    union bpf_attr attributes;
    if (program->length > CENSUS_CAPACITY) {
        errno = E2BIG;
        return -1;
    }
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
    attributes.insns = (uintptr_t)program->instructions;
    attributes.insn_cnt = program->length;
    attributes.license = (uintptr_t) "Dual MIT/GPL";
    return bpf(BPF_PROG_LOAD, &attributes);
}

static int attach(int program, const char *tracepoint)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.raw_tracepoint.name = (uintptr_t)tracepoint;
    attributes.raw_tracepoint.prog_fd = (uint32_t)program;
    return bpf(BPF_RAW_TRACEPOINT_OPEN, &attributes);
}

static bool find_target(pid_t id, struct census_target *target)
{
    char path[64];
    char status[8192];
    struct stat namespace;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)id);
    if (stat(path, &namespace) < 0 || procfs_read(id, "status", status, sizeof status) < 0)
        return false;
    const char *ids = strstr(status, "\nNSpid:");
    const char *end = ids == NULL ? NULL : strchr(ids + 1, '\n');
    int innermost = (int)id; /* the last of the line: one id for each namespace, outermost first */
    for (const char *at = ids; at != NULL && end != NULL && at < end; at = strpbrk(at + 1, "\t\n"))
        if (*at == '\t')
            (void)sscanf(at, "%d", &innermost);
    target->device = namespace.st_dev;
    target->inode = namespace.st_ino;
    target->first = (pid_t)innermost;
    return true;
}

/* The gate has begun its execve before anybody counted. */
static void count_execve(struct census *census)
{
    struct census_key key = {.number = (uint32_t)call_named("execve")->number[abi_native()]};
    uint64_t value = 1;
    (void)on_map(BPF_MAP_UPDATE_ELEM, census->seen, &key, &value);
}

bool census_start(struct census *census, pid_t id, char explanation[static EXPLANATION_SIZE])
{
    static struct census_program program;
    struct census_target target = {.first = 0};
    *census = (struct census)CENSUS_NONE;
    if (!find_target(id, &target)) {
        snprintf(explanation, EXPLANATION_SIZE, "the PID namespace of process %d: %s", (int)id,
                 strerror(errno));
        return false;
    }
    census->members = target.members = create_map(BPF_MAP_TYPE_HASH, sizeof(uint64_t), MOST_THREADS);
    census->seen = target.seen = create_map(BPF_MAP_TYPE_HASH, sizeof(struct census_key), MOST_CALLS);
    census->failures = target.failures = create_map(BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), 1);
    bool started = target.members >= 0 && target.seen >= 0 && target.failures >= 0;
    if (started)
        count_execve(census);
    for (size_t index = 0; started && index < LINKS; index++) {
        writers[index](&program, &target);
        int loaded = load_program(&program);
        census->links[index] = loaded < 0 ? -1 : attach(loaded, tracepoints[index]);
        started = census->links[index] >= 0;
        int error = errno;
        if (loaded >= 0)
            close(loaded);
        errno = error;
    }
    if (!started) {
        explain_refusal(explanation, "bpf", errno, CAPABILITY_SYS_ADMIN, "5.11");
        census_stop(census);
    }
    return started;
}

void census_write(struct census *census, struct records *records)
{
    static struct census_key found[MOST_CALLS];
    size_t count = 0;
    uint64_t failures = 0;
    uint32_t only = 0;
    if (census->seen < 0)
        return;
    /* First all keys, then they go: the next of a key that is gone is the first again. */
    struct census_key *previous = NULL;
    while (count < MOST_CALLS &&
           on_map(BPF_MAP_GET_NEXT_KEY, census->seen, previous, &found[count]) == 0)
        previous = &found[count++];
    for (size_t index = 0; index < count; index++) {
        if (on_map(BPF_MAP_DELETE_ELEM, census->seen, &found[index], NULL) != 0)
            continue; /* the walk began anew, and met it twice */
        records_system_call(records, abi_audit_architecture(found[index].compat != 0
                                                                ? abi_compat() : abi_native()),
                            found[index].number, found[index].index, found[index].argument);
    }
    if (on_map(BPF_MAP_LOOKUP_ELEM, census->failures, &only, &failures) == 0 && failures != 0)
        records_loss(records, SOURCE_CENSUS, failures, "more threads or different calls at once "
                     "than the count of system calls has room for");
}

void census_stop(struct census *census)
{
    int *descriptors[] = {&census->members, &census->seen, &census->failures};
    for (size_t index = 0; index < LINKS; index++)
        if (census->links[index] >= 0)
            close(census->links[index]);
    for (size_t index = 0; index < sizeof descriptors / sizeof descriptors[0]; index++) {
        if (*descriptors[index] >= 0)
            close(*descriptors[index]);
        *descriptors[index] = -1;
    }
    memset(census->links, 0xff, sizeof census->links);
}
