#include "listing.h"

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

struct xattr_block {
    unsigned char *bytes;
    size_t size;
    uint16_t count;
};

/* Room for `size` more elements of `width` bytes behind `used` ones, or NULL. */
static void *with_room(void *memory, size_t used, size_t *space, size_t size, size_t width)
{
    if (used + size <= *space)
        return memory;
    size_t larger = *space < 256 ? 256 : *space;
    while (larger < used + size)
        larger *= 2;
    void *moved = realloc(memory, larger * width);
    if (moved != NULL)
        *space = larger;
    return moved;
}

static void add_bytes(struct listing *listing, const void *bytes, size_t size)
{
    if (size == 0 || listing->out_of_memory)
        return; /* bytes may be NULL */
    unsigned char *room = with_room(listing->bytes, listing->size, &listing->space, size, 1);
    if (room == NULL) {
        listing->out_of_memory = true;
        return;
    }
    listing->bytes = room;
    memcpy(room + listing->size, bytes, size);
    listing->size += size;
}

static unsigned char *put(unsigned char *place, uint64_t value, size_t size)
{
    for (size_t index = 0; index < size; index++)
        *place++ = (unsigned char)(value >> (8 * index));
    return place;
}

static void add_directory(struct listing *listing, const char *path)
{
    char **room = with_room(listing->directories, listing->directory_count,
                            &listing->directory_space, 1, sizeof *room);
    if (room != NULL)
        listing->directories = room;
    char *copy = room == NULL ? NULL : strdup(path);
    if (copy == NULL)
        listing->out_of_memory = true;
    else
        room[listing->directory_count++] = copy;
}

static void append(struct xattr_block *block, const void *bytes, size_t size)
{
    memcpy(block->bytes + block->size, bytes, size);
    block->size += size;
}

/* Adds the attributes named in `names`. Returns 0 or an errno. */
static int read_values(const char *path, const char *names, size_t names_size, char *value,
                       struct xattr_block *block)
{
    for (const char *name = names; name < names + names_size; name += strlen(name) + 1) {
        ssize_t value_size = lgetxattr(path, name, value, XATTR_LIMIT);
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

/* All extended attributes of a path in the wire's form. Returns 0 or an errno. Most paths have
 * none; a thread's stack may be too small for both lists. */
static int read_xattrs(const char *path, struct xattr_block *block)
{
    *block = (struct xattr_block){.count = 0};
    ssize_t names_size = llistxattr(path, NULL, 0);
    if (names_size <= 0)
        return names_size == 0 || errno == ENOTSUP ? 0 : errno;

    char *lists = malloc((size_t)2 * XATTR_LIMIT);
    if (lists == NULL)
        return ENOMEM;
    names_size = llistxattr(path, lists, XATTR_LIMIT);
    int error = names_size < 0
                    ? errno
                    : read_values(path, lists, (size_t)names_size, lists + XATTR_LIMIT, block);
    free(lists);
    return error;
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

static void add_record(struct listing *listing, char type, unsigned mode,
                       const struct stat *status, const char *path, const char *target,
                       size_t target_size, const struct xattr_block *xattrs)
{
    unsigned char fixed[4 + ENTRY_HEADER];
    size_t path_size = strlen(path);
    unsigned char *next = put(fixed, ENTRY_HEADER + path_size + target_size + xattrs->size, 4);
    next = put(next, (unsigned char)type, 1);
    next = put(next, 0, 1);
    next = put(next, mode, 2);
    next = put(next, status->st_uid, 4);
    next = put(next, status->st_gid, 4);
    next = put(next, type == 'f' ? (uint64_t)status->st_size : 0, 8);
    next = put(next, (uint64_t)((int64_t)status->st_mtim.tv_sec * 1000000000 +
                                (int64_t)status->st_mtim.tv_nsec), 8);
    next = put(next, status->st_dev, 8);
    next = put(next, status->st_ino, 8);
    next = put(next, (uint32_t)status->st_nlink, 4);
    next = put(next, major(status->st_rdev), 4);
    next = put(next, minor(status->st_rdev), 4);
    next = put(next, path_size, 4);
    next = put(next, target_size, 4);
    next = put(next, xattrs->count, 2);
    (void)put(next, 0, 2);
    add_bytes(listing, fixed, sizeof fixed);
    add_bytes(listing, path, path_size);
    add_bytes(listing, target, target_size);
    add_bytes(listing, xattrs->bytes, xattrs->size);
    listing->entries++;
}

static void add_unreadable(struct listing *listing, const char *path, int error)
{
    const struct stat nothing = {.st_size = 0};
    const struct xattr_block none = {.count = 0};
    add_record(listing, unreadable, (unsigned)error, &nothing, path, "", 0, &none);
}

static bool is_among(const char *path, char *const *paths, size_t count)
{
    for (size_t index = 0; index < count; index++)
        if (strcmp(paths[index], path) == 0)
            return true;
    return false;
}

/* `path` is that of `name` in the open directory `holder`: the shorter way for the kernel, which
 * knows none for attributes. */
static void add_entry(struct listing *listing, int holder, const char *name, const char *path)
{
    struct stat status;
    char target[PATH_MAX];
    ssize_t target_size = 0;
    struct xattr_block xattrs = {.count = 0};

    int error = fstatat(holder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ? errno
                                                                        : read_xattrs(path, &xattrs);
    if (error == 0 && S_ISLNK(status.st_mode)) {
        target_size = readlinkat(holder, name, target, sizeof target);
        if (target_size < 0)
            error = errno;
    }
    if (error != 0) {
        add_unreadable(listing, path, error);
    } else {
        const struct path_list *closed = listing->not_entered;
        add_record(listing, type_letter(status.st_mode), status.st_mode & 07777, &status, path,
                   target, (size_t)target_size, &xattrs);
        if (S_ISDIR(status.st_mode) && !is_among(path, closed->paths, closed->count))
            add_directory(listing, path);
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

void listing_add_path(struct listing *listing, const char *path)
{
    add_entry(listing, AT_FDCWD, path, path);
}

void listing_add_children(struct listing *listing, const char *directory)
{
    char path[PATH_MAX];
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = file < 0 ? NULL : fdopendir(file);
    if (stream == NULL) {
        add_unreadable(listing, directory, errno);
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
            add_entry(listing, dirfd(stream), entry->d_name, path);
    }
    if (errno != 0)
        add_unreadable(listing, directory, errno);
    closedir(stream);
}

void listing_clear(struct listing *listing)
{
    listing->size = 0;
    listing->entries = 0;
    listing->directory_count = 0;
}

void listing_free(struct listing *listing)
{
    free(listing->bytes);
    free(listing->directories);
}
