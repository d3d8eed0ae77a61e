#include "procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"

enum { NAME_SPACE = 64 };

ssize_t procfs_link(pid_t id, const char *name, char target[static PATH_MAX])
{
    char link[NAME_SPACE];
    snprintf(link, sizeof link, "/proc/%d/%s", (int)id, name);
    ssize_t length = readlink(link, target, PATH_MAX - 1);
    if (length < 0)
        return -1;
    target[length] = '\0';
    return length;
}

ssize_t procfs_read(pid_t id, const char *name, char *text, size_t size)
{
    char path[NAME_SPACE];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)id, name);
    owned_descriptor int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return -1;
    ssize_t length = descriptor_read_all(file, text, size - 1);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

bool procfs_stat(pid_t id, struct procfs_stat *result)
{
    char text[1024];
    if (procfs_read(id, "stat", text, sizeof text) < 0)
        return false;
    /* The second field is the name in brackets, and a name may hold brackets and blanks. */
    const char *rest = strrchr(text, ')');
    if (rest == NULL)
        return false;
    int parent = 0;
    unsigned long long start_time = 0;
    unsigned long long used[4] = {0, 0, 0, 0}; /* by its programs and by the kernel for them */
    if (sscanf(rest,
               ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu %*d %*d %*d %*d "
               "%llu",
               &result->state, &parent, &used[0], &used[1], &used[2], &used[3], &start_time) != 7)
        return false;
    result->parent = parent;
    result->start_time = start_time;
    result->used = used[0] + used[1] + used[2] + used[3];
    return true;
}

bool procfs_status_field(const char *status, const char *field, int base, uint64_t *value)
{
    size_t length = strlen(field);
    for (const char *line = status; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (strncmp(line, field, length) != 0)
            continue;
        errno = 0;
        char *end = NULL;
        unsigned long long parsed = strtoull(line + length, &end, base);
        if (end == line + length || errno != 0)
            return false;
        *value = parsed;
        return true;
    }
    return false;
}

static int open_pid_namespace(pid_t id)
{
    char path[NAME_SPACE];
    snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)id);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static uint64_t identity(int pid_namespace)
{
    struct stat status;
    return pid_namespace >= 0 && fstat(pid_namespace, &status) == 0 ? status.st_ino : 0;
}

uint64_t procfs_pid_namespace(pid_t id)
{
    owned_descriptor int pid_namespace = open_pid_namespace(id);
    return identity(pid_namespace);
}

bool procfs_is_within(pid_t id, uint64_t pid_namespace)
{
    owned_descriptor int looked_at = open_pid_namespace(id);
    while (looked_at >= 0 && identity(looked_at) != pid_namespace) {
        /* Our own has no parent that we may see. */
        int parent = ioctl(looked_at, NS_GET_PARENT);
        descriptor_close(&looked_at);
        looked_at = parent;
    }
    return looked_at >= 0;
}

void procfs_each(pid_t id, bool (*visit)(pid_t found, void *context), void *context)
{
    char path[NAME_SPACE] = "/proc";
    if (id > 0)
        snprintf(path, sizeof path, "/proc/%d/task", (int)id);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *end = NULL;
        long number = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && number > 0 && !visit((pid_t)number, context))
            break;
    }
    closedir(directory);
}
