#include "serve_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
    /* Size of an entry record's fixed part, without the size field itself. */
    ENTRY_HEADER = 68,
    XATTR_LIMIT = 65536, /* the kernel's own limit for a list and for a value */
};

static const char unreadable = '!';

/* What the engine and slimmer put into the container; no image has them. */
static const char *const never_listed[] = {"/.slim", "/.slim-requests", "/.dockerenv"};

struct walk {
    const struct path_list *not_entered;
    char **pending; /* directories whose children are still to be listed */
    size_t pending_count;
    size_t pending_space;
    uint64_t entries;
    bool out_of_memory;
};

struct xattr_block {
    unsigned char *bytes;
    size_t size;
    uint16_t count;
};

static void pend(struct walk *walk, const char *path)
{
    if (walk->pending_count == walk->pending_space) {
        size_t space = walk->pending_space == 0 ? 256 : walk->pending_space * 2;
        char **pending = realloc(walk->pending, space * sizeof *pending);
        if (pending == NULL) {
            walk->out_of_memory = true;
            return;
        }
        walk->pending = pending;
        walk->pending_space = space;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        walk->out_of_memory = true;
    else
        walk->pending[walk->pending_count++] = copy;
}

static void append(struct xattr_block *block, const void *bytes, size_t size)
{
    memcpy(block->bytes + block->size, bytes, size);
    block->size += size;
}

/* All extended attributes of a path in the wire's form. Returns 0 or an errno. */
static int read_xattrs(const char *path, struct xattr_block *block)
{
    static char names[XATTR_LIMIT];
    static char value[XATTR_LIMIT];
    ssize_t names_size = llistxattr(path, names, sizeof names);
    *block = (struct xattr_block){.count = 0};
    if (names_size <= 0)
        return names_size == 0 || errno == ENOTSUP ? 0 : errno;

    for (const char *name = names; name < names + names_size; name += strlen(name) + 1) {
        ssize_t value_size = lgetxattr(path, name, value, sizeof value);
        if (value_size < 0)
            return errno;
        size_t name_size = strlen(name);
        unsigned char *bytes =
            realloc(block->bytes, block->size + 6 + name_size + (size_t)value_size);
        if (bytes == NULL)
            return ENOMEM;
        block->bytes = bytes;
        uint16_t name_length = (uint16_t)name_size;
        uint32_t value_length = (uint32_t)value_size;
        append(block, &name_length, sizeof name_length); /* both architectures: little-endian */
        append(block, &value_length, sizeof value_length);
        append(block, name, name_size);
        append(block, value, (size_t)value_size);
        block->count++;
    }
    return 0;
}

static char type_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return 'f';
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFCHR:
        return 'c';
    case S_IFBLK:
        return 'b';
    case S_IFIFO:
        return 'p';
    default:
        return 's';
    }
}

static void answer_entry(struct walk *walk, char type, unsigned mode, const struct stat *status,
                         const char *path, const char *target, size_t target_size,
                         const struct xattr_block *xattrs)
{
    size_t path_size = strlen(path);
    answer_integer(ENTRY_HEADER + path_size + target_size + xattrs->size, 4);
    answer_integer((unsigned char)type, 1);
    answer_integer(0, 1);
    answer_integer(mode, 2);
    answer_integer(status->st_uid, 4);
    answer_integer(status->st_gid, 4);
    answer_integer(type == 'f' ? (uint64_t)status->st_size : 0, 8);
    answer_integer((uint64_t)((int64_t)status->st_mtim.tv_sec * 1000000000 +
                              (int64_t)status->st_mtim.tv_nsec), 8);
    answer_integer(status->st_dev, 8);
    answer_integer(status->st_ino, 8);
    answer_integer((uint32_t)status->st_nlink, 4);
    answer_integer(major(status->st_rdev), 4);
    answer_integer(minor(status->st_rdev), 4);
    answer_integer(path_size, 4);
    answer_integer(target_size, 4);
    answer_integer(xattrs->count, 2);
    answer_integer(0, 2);
    answer_bytes(path, path_size);
    answer_bytes(target, target_size);
    answer_bytes(xattrs->bytes, xattrs->size);
    walk->entries++;
}

static void answer_unreadable(struct walk *walk, const char *path, int error)
{
    const struct stat nothing = {.st_size = 0};
    const struct xattr_block none = {.count = 0};
    answer_entry(walk, unreadable, (unsigned)error, &nothing, path, "", 0, &none);
}

static bool is_entered(const struct walk *walk, const char *path)
{
    for (size_t index = 0; index < walk->not_entered->count; index++)
        if (strcmp(walk->not_entered->paths[index], path) == 0)
            return false;
    return true;
}

static void list_path(struct walk *walk, const char *path)
{
    struct stat status;
    char target[PATH_MAX];
    ssize_t target_size = 0;
    struct xattr_block xattrs = {.count = 0};

    int error = lstat(path, &status) < 0 ? errno : read_xattrs(path, &xattrs);
    if (error == 0 && S_ISLNK(status.st_mode)) {
        target_size = readlink(path, target, sizeof target);
        if (target_size < 0)
            error = errno;
    }
    if (error != 0) {
        answer_unreadable(walk, path, error);
    } else {
        answer_entry(walk, type_letter(status.st_mode), status.st_mode & 07777, &status, path,
                     target, (size_t)target_size, &xattrs);
        if (S_ISDIR(status.st_mode) && is_entered(walk, path))
            pend(walk, path);
    }
    free(xattrs.bytes);
}

static bool is_never_listed(const char *path)
{
    for (size_t index = 0; index < sizeof never_listed / sizeof never_listed[0]; index++)
        if (strcmp(never_listed[index], path) == 0)
            return true;
    return false;
}

static void list_children(struct walk *walk, const char *directory)
{
    char path[PATH_MAX];
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = file < 0 ? NULL : fdopendir(file);
    if (stream == NULL) {
        answer_unreadable(walk, directory, errno);
        if (file >= 0)
            close(file);
        return;
    }
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(path, sizeof path, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory,
                              entry->d_name);
        if (length >= (int)sizeof path) {
            errno = ENAMETOOLONG; /* a path that no program could name either */
            break;
        }
        if (!is_never_listed(path))
            list_path(walk, path);
    }
    if (errno != 0)
        answer_unreadable(walk, directory, errno);
    closedir(stream);
}

bool serve_index(const struct path_list *not_entered)
{
    struct walk walk = {.not_entered = not_entered};
    list_path(&walk, "/");
    while (walk.pending_count > 0 && !walk.out_of_memory) {
        char *directory = walk.pending[--walk.pending_count];
        list_children(&walk, directory);
        free(directory);
    }
    while (walk.pending_count > 0)
        free(walk.pending[--walk.pending_count]);
    free(walk.pending);
    answer_integer(0, 4);
    answer_integer(walk.entries, 8);
    return !walk.out_of_memory;
}
