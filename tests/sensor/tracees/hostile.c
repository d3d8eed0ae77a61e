/* Hands the kernel, and so the watcher, what no honest program would. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void look(const char *path)
{
    struct stat status;
    (void)!stat(path, &status);
}

int main(void)
{
    const long page = sysconf(_SC_PAGESIZE);

    /* Addresses that nobody can read. */
    const uintptr_t addresses[] = {1, 4095, 0x7fffffffffff, 0xffff800000000000U, UINTPTR_MAX,
                                   UINTPTR_MAX - 4095};
    for (size_t index = 0; index < sizeof addresses / sizeof addresses[0]; index++) {
        errno = 0;
        if (syscall(SYS_openat, AT_FDCWD, addresses[index], O_RDONLY) != -1 || errno != EFAULT)
            return 1;
    }

    /* A path that ends with its page, behind which nothing is mapped. */
    char *pages = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
    munmap(pages + page, (size_t)page);
    static const char at_the_border[] = "/hostile/at-the-border";
    char *end = pages + page - sizeof at_the_border;
    memcpy(end, at_the_border, sizeof at_the_border);
    look(end);

    /* One without an end: EFAULT at the border, ENAMETOOLONG where memory goes on. */
    memset(pages, 'a', (size_t)page);
    look(pages + page - 100);
    static char endless[65536];
    memset(endless, 'b', sizeof endless - 1);
    look(endless);

    /* The longest that the kernel takes. */
    char longest[4096];
    memset(longest, '/', sizeof longest);
    memcpy(longest + sizeof longest - 16, "/longest-ends-x", 16);
    look(longest);

    /* What breaks lines, terminals and decoders. */
    look("/hostile/new\nline");
    look("/hostile/escape\033[2J\007");
    look("/hostile/not\xff\xfeutf8\xc0");
    look("/hostile/record/SLIMTRC");
    look("");
    look(".");
    look("..//..///./hostile/dots/../..");

    /* Descriptors that are no directories, or nothing at all. */
    int pipes[2];
    struct stat status;
    if (pipe(pipes) == 0)
        (void)!fstatat(pipes[0], "hostile-below-a-pipe", &status, 0);
    (void)!fstatat(12345, "hostile-below-nothing", &status, 0);
    (void)!fstatat(-77, "hostile-below-a-negative-number", &status, 0);
    (void)!fstatat(pipes[0], "", &status, AT_EMPTY_PATH);

    /* Structures that are cut off or nowhere. */
    syscall(SYS_openat2, AT_FDCWD, "/hostile/openat2-nowhere", (void *)8, sizeof(struct open_how));
    syscall(SYS_openat2, AT_FDCWD, "/hostile/openat2-cut-off", end, (size_t)-1);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    memset(address.sun_path, 'c', sizeof address.sun_path); /* no NUL */
    connect(client, (struct sockaddr *)&address, sizeof address);
    connect(client, (struct sockaddr *)&address, 0);
    connect(client, (struct sockaddr *)&address, 0xffffffffU);
    connect(client, (struct sockaddr *)8, sizeof address);

    /* Calls that do not exist, of this ABI and of none. */
    for (long number = -3; number < 0; number++)
        syscall(number, 0);
    syscall(100000, 0);

    look("/hostile/the-end");
    puts("survived");
    return 0;
}
