/* The sensor's parsers on what a hostile target can give them: calls with any arguments, whose
 * memory ends at a page's border, changes while it is read, or is not there; control lines; requests
 * to the file server; a hostile PATH. Built with AddressSanitizer and UndefinedBehaviorSanitizer.
 *
 *     fuzz SEED SECONDS FOLDER
 *
 * Writes what the watcher would have sent to FOLDER/records, and prints the number of rounds. */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long kernel(long number, ...);
/* The kernel's word on a listener comes from here. */
#define syscall kernel
#include "listener.c"
#undef syscall

#include "control.h"
#include "lookups.h"
#include "procfs.h"
#include "program_search.h"
#include "serve.h"

enum { PAGES = 4, PAGE_SIZE = 4096, ARENA = PAGES * PAGE_SIZE, REQUEST = 512 };

static unsigned char *arena; /* of the tracee; the page behind it cannot be read */
static uint64_t seed;
static volatile bool over;
static bool written;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static uint64_t below(uint64_t limit) { return any() % limit; }

static void fill(unsigned char *bytes, size_t size)
{
    static const char pieces[] = "/../..//./a\0b\nc\033\177\xff\xc0/usr/lib/\0";
    for (size_t at = 0; at < size; at++)
        bytes[at] = below(8) == 0 ? (unsigned char)any()
                                  : (unsigned char)pieces[below(sizeof pieces)];
    if (below(4) == 0)
        memset(bytes, 'x', size); /* without any end */
}

/* Another thread of the tracee, which changes what was just read. */
static void *change(void *unused)
{
    uint64_t state = 88172645463325252u;
    while (!over) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        arena[(state >> 33) % ARENA] = (unsigned char)(state >> 17);
    }
    return unused;
}

static uint64_t argument(void)
{
    static const uint64_t edges[] = {
        0, 1, 2, 3, 4, 0xfff, 0x1000, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX,
        (uint64_t)AT_FDCWD, (uint32_t)AT_FDCWD, 0xffff800000000000u, O_CREAT, O_TMPFILE, 0x1000 | 0x100,
        sizeof(struct sockaddr_un), sizeof(struct sockaddr_un) + 1,
    };
    switch (below(4)) {
    case 0:
        return any();
    case 1:
        return edges[below(sizeof edges / sizeof edges[0])];
    case 2: /* close to the border */
        return (uint64_t)(uintptr_t)arena + ARENA - below(130);
    default:
        return (uint64_t)(uintptr_t)arena + below(ARENA + PAGE_SIZE);
    }
}

static long kernel(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    (void)va_arg(arguments, int);
    unsigned long request = va_arg(arguments, unsigned long);
    void *given = va_arg(arguments, void *);
    va_end(arguments);
    if (request == SECCOMP_IOCTL_NOTIF_ID_VALID)
        return below(16) == 0 ? -1 : 0;
    if (request != SECCOMP_IOCTL_NOTIF_RECV)
        return 0;
    struct seccomp_notif *notice = given;
    enum abi abi = below(2) == 0 ? abi_native() : abi_compat();
    *notice = (struct seccomp_notif){.id = any(), .pid = (uint32_t)getpid()};
    notice->data.arch = below(64) == 0 ? (uint32_t)any() : abi_audit_architecture(abi);
    notice->data.nr = below(8) == 0 ? (int)any() : calls[below(calls_count)].number[abi];
    for (size_t index = 0; index < 6; index++)
        notice->data.args[index] = argument();
    return 0;
}

static void one_call(struct lookups *lookups, struct records *records)
{
    struct waiting_call waiting;
    fill(arena + below(ARENA - 256), 256);
    if (below(4) == 0) { /* an address of a socket, wherever it ends */
        sa_family_t family = AF_UNIX;
        memcpy(arena + below(ARENA - sizeof family), &family, sizeof family);
    }
    if (!listener_receive(-1, &waiting) || waiting.call == NULL)
        return;
    if (below(32) == 0)
        waiting.thread = (pid_t)any(); /* somebody else, or gone */
    lookups_record(lookups, records, &waiting);
    if (below(512) == 0)
        records_phase(records, (const char *)arena, below(2 * PATH_MAX));
}

/* Bytes as they come over stdin. */
static void with_input(const unsigned char *bytes, size_t size)
{
    int input = memfd_create("input", MFD_CLOEXEC);
    if (input < 0 || write(input, bytes, size) != (ssize_t)size || lseek(input, 0, SEEK_SET) != 0 ||
        dup2(input, STDIN_FILENO) < 0)
        abort();
    close(input);
}

static void take_line(const char *line, void *context)
{
    (void)context;
    written = line != NULL && strlen(line) >= CONTROL_LINE; /* reads all of it */
}

static void some_lines(struct control *control)
{
    unsigned char lines[4 * CONTROL_LINE];
    size_t size = below(sizeof lines);
    fill(lines, size);
    with_input(lines, size);
    while (control_read(control, take_line, NULL))
        continue;
}

/* Never the index of the whole machine. */
static void some_requests(void)
{
    unsigned char request[REQUEST];
    char *arguments[] = {NULL};
    size_t size = 5;
    fill(request, sizeof request);
    request[0] = below(2) == 0 ? 'F' : 'D';
    uint32_t count = below(8) == 0 ? (uint32_t)any() : (uint32_t)below(4);
    memcpy(request + 1, &count, sizeof count);
    for (uint32_t path = 0; path < count && size + 40 < sizeof request; path++) {
        uint32_t length = below(8) == 0 ? (uint32_t)any() : (uint32_t)below(32);
        memcpy(request + size, &length, sizeof length);
        size += 4 + (length < 32 ? length : 0);
    }
    for (size_t at = 5; at < sizeof request; at++)
        if (request[at] == 'I')
            request[at] = 'F';
    with_input(request, size + below(3));
    (void)serve_main(arguments);
}

static void one_search(void)
{
    char path[2 * PATH_MAX];
    char command[PATH_MAX + 8];
    char found[PATH_MAX];
    fill((unsigned char *)path, sizeof path - 1);
    fill((unsigned char *)command, sizeof command - 1);
    path[below(sizeof path)] = command[below(sizeof command)] = '\0';
    path[sizeof path - 1] = command[sizeof command - 1] = '\0';
    if (below(8) == 0)
        unsetenv("PATH");
    else
        setenv("PATH", path, 1);
    (void)program_search(command, found);
}

static void one_status(void)
{
    char status[256];
    uint64_t value;
    fill((unsigned char *)status, sizeof status - 1);
    status[sizeof status - 1] = '\0';
    memcpy(status + below(sizeof status - 8), "CapEff:", 7);
    (void)procfs_status_field(status, "CapEff:", 16, &value);
}

static struct records records;

int main(int count, char **given)
{
    char name[PATH_MAX];
    if (count != 4)
        return 2;
    seed = strtoull(given[1], NULL, 10) * 2654435769u + 1;
    time_t end = time(NULL) + atoi(given[2]);
    snprintf(name, sizeof name, "%s/records", given[3]);
    int output = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int told = dup(STDOUT_FILENO);
    arena = mmap(NULL, ARENA + PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (output < 0 || quiet < 0 || told < 0 || arena == MAP_FAILED ||
        mprotect(arena + ARENA, PAGE_SIZE, PROT_NONE) < 0 || !records_open(&records, output))
        return 2;
    /* The server's own words go nowhere, the sanitizers' to where stderr was. */
    if (dup2(quiet, STDOUT_FILENO) < 0 || freopen("/dev/null", "w", stderr) == NULL)
        return 2;
    struct hello hello = {.sources = SOURCE_NOTIFY, .target = getpid(), .no_notify = "", .no_fanotify = ""};
    records_hello(&records, &hello);
    records_phase(&records, "boot", 4);
    pthread_t other;
    if (pthread_create(&other, NULL, change, NULL) != 0)
        return 2;
    struct lookups lookups = {.roots_differ = false};
    struct control control = {.used = 0};
    uint64_t rounds = 0;
    for (; time(NULL) < end; rounds++) {
        for (int each = 0; each < 64; each++)
            one_call(&lookups, &records);
        some_lines(&control);
        some_requests();
        one_search();
        one_status();
        records_flush(&records);
    }
    over = true;
    pthread_join(other, NULL);
    records_trailer(&records);
    records_flush(&records);
    dprintf(told, "%llu\n", (unsigned long long)rounds);
    return 0;
}
