/* The system calls that name a path: one table for the filter, the watcher and the trace.
 *
 * A call is described once, with its number in each of the four ABIs that can run on the two
 * architectures we support, because a 64-bit container may run 32-bit programs. */
#ifndef SENSOR_CALLS_H
#define SENSOR_CALLS_H

#include <stddef.h>
#include <stdint.h>

enum abi { ABI_X86_64, ABI_I386, ABI_AARCH64, ABI_ARM, ABI_COUNT };

/* How a path is used. The values are those of the wire format. */
enum access { ACCESS_OPEN = 1, ACCESS_EXECUTE = 2, ACCESS_LOOKUP = 3, ACCESS_CREATE = 4 };

/* What the watcher does with a call before it lets it go on. */
enum call_kind {
    CALL_PATHS,      /* one or two paths among the arguments */
    CALL_ROOT,       /* as CALL_PATHS; afterwards "/" may be another directory for the caller */
    CALL_ADDRESS,    /* a socket address, which is a path when its family is AF_UNIX */
    CALL_SOCKETCALL, /* i386's bundle of the socket calls */
    CALL_LISTEN,     /* a port opens: the application gets ready */
    CALL_EXIT,       /* the calling thread ends */
    CALL_EXIT_GROUP, /* the calling process ends */
};

/* Where a call keeps the flags that decide whether a final link is followed, whether a file is
 * created and whether an empty path names the descriptor itself. */
enum call_flags {
    FLAGS_NONE,
    FLAGS_NO_FOLLOW, /* this call never follows a final link */
    FLAGS_AT,        /* AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH */
    FLAGS_AT_FOLLOW, /* linkat: does not follow but with AT_SYMLINK_FOLLOW */
    FLAGS_OPEN,      /* O_CREAT, O_TMPFILE, O_NOFOLLOW */
    FLAGS_OPEN_HOW,  /* a pointer to struct open_how */
};

struct path_argument {
    int8_t directory; /* argument with the directory's descriptor; -1: the working directory */
    int8_t path;      /* argument with the path's address; -1: this call has no such path */
};

struct call {
    const char *name;
    int16_t number[ABI_COUNT]; /* -1: the ABI has no such call */
    uint8_t kind;              /* enum call_kind */
    uint8_t access;            /* enum access; FLAGS_OPEN may turn OPEN into CREATE */
    uint8_t flags;             /* enum call_flags */
    int8_t flags_argument;
    struct path_argument paths[2];
};

extern const struct call calls[];
extern const size_t calls_count;

/* The AUDIT_ARCH_* value of an ABI, as seccomp reports it. */
uint32_t abi_audit_architecture(enum abi abi);

/* The ABI of a 64-bit program here, and the one of a 32-bit program. */
enum abi abi_native(void);
enum abi abi_compat(void);

/* The call of this name, which is in the table. */
const struct call *call_named(const char *name);

/* The call that has this number in the ABI of this AUDIT_ARCH_*, or NULL. */
const struct call *call_find(uint32_t audit_architecture, int number);

#endif
