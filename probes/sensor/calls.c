#include "calls.h"

#include <linux/audit.h>
#include <stdbool.h>
#include <string.h>

/* Where the paths are: "(d)p" is a path relative to the descriptor before it. */
#define P0 {{-1, 0}, {-1, -1}}
#define P1 {{-1, 1}, {-1, -1}}
#define P0_P1 {{-1, 0}, {-1, 1}}
#define D0P1 {{0, 1}, {-1, -1}}
#define D0P1_D2P3 {{0, 1}, {2, 3}}
#define D1P2 {{1, 2}, {-1, -1}}
#define D3P4 {{3, 4}, {-1, -1}}
#define D4P5 {{4, 5}, {-1, -1}}
#define NO_PATHS {{-1, -1}, {-1, -1}}

#define CALL(name, access, flags, flags_argument, paths, x86_64, i386, aarch64, arm) \
    {name, {x86_64, i386, aarch64, arm}, CALL_PATHS, access, flags, flags_argument, paths}
#define ROOT(name, access, flags, flags_argument, paths, x86_64, i386, aarch64, arm) \
    {name, {x86_64, i386, aarch64, arm}, CALL_ROOT, access, flags, flags_argument, paths}
#define OTHER(name, kind, access, x86_64, i386, aarch64, arm) \
    {name, {x86_64, i386, aarch64, arm}, kind, access, FLAGS_NONE, -1, NO_PATHS}

/* The numbers are compared with the kernel's own headers by tests/sensor/test_calls.py. */
const struct call calls[] = {
    /*   name            access          flags            at  paths   x86_64 i386 aarch64 arm */
    CALL("open",         ACCESS_OPEN,    FLAGS_OPEN,      1,  P0,         2,    5,   -1,    5),
    CALL("openat",       ACCESS_OPEN,    FLAGS_OPEN,      2,  D0P1,     257,  295,   56,  322),
    CALL("openat2",      ACCESS_OPEN,    FLAGS_OPEN_HOW,  2,  D0P1,     437,  437,  437,  437),
    CALL("creat",        ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        85,    8,   -1,    8),
    CALL("uselib",       ACCESS_OPEN,    FLAGS_NONE,      -1, P0,       134,   86,   -1,   86),

    CALL("execve",       ACCESS_EXECUTE, FLAGS_NONE,      -1, P0,        59,   11,  221,   11),
    CALL("execveat",     ACCESS_EXECUTE, FLAGS_AT,        4,  D0P1,     322,  358,  281,  387),

    CALL("stat",         ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,         4,  106,   -1,  106),
    CALL("lstat",        ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,         6,  107,   -1,  107),
    CALL("oldstat",      ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        -1,   18,   -1,   -1),
    CALL("oldlstat",     ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,        -1,   84,   -1,   -1),
    CALL("stat64",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        -1,  195,   -1,  195),
    CALL("lstat64",      ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,        -1,  196,   -1,  196),
    CALL("newfstatat",   ACCESS_LOOKUP,  FLAGS_AT,        3,  D0P1,     262,   -1,   79,   -1),
    CALL("fstatat64",    ACCESS_LOOKUP,  FLAGS_AT,        3,  D0P1,      -1,  300,   -1,  327),
    CALL("statx",        ACCESS_LOOKUP,  FLAGS_AT,        2,  D0P1,     332,  383,  291,  397),
    CALL("access",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        21,   33,   -1,   33),
    CALL("faccessat",    ACCESS_LOOKUP,  FLAGS_NONE,      -1, D0P1,     269,  307,   48,  334),
    CALL("faccessat2",   ACCESS_LOOKUP,  FLAGS_AT,        3,  D0P1,     439,  439,  439,  439),
    CALL("readlink",     ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,        89,   85,   -1,   85),
    CALL("readlinkat",   ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, D0P1,     267,  305,   78,  332),
    CALL("chdir",        ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        80,   12,   49,   12),
    ROOT("chroot",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       161,   61,   51,   61),
    ROOT("setns",        ACCESS_LOOKUP,  FLAGS_NONE,      -1, NO_PATHS, 308,  346,  268,  375),
    CALL("statfs",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       137,   99,   43,   99),
    CALL("statfs64",     ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        -1,  268,   -1,  266),
    CALL("getxattr",     ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       191,  229,    8,  229),
    CALL("lgetxattr",    ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,       192,  230,    9,  230),
    CALL("getxattrat",   ACCESS_LOOKUP,  FLAGS_AT,        2,  D0P1,     464,  464,  464,  464),
    CALL("listxattr",    ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       194,  232,   11,  232),
    CALL("llistxattr",   ACCESS_LOOKUP,  FLAGS_NO_FOLLOW, -1, P0,       195,  233,   12,  233),
    CALL("listxattrat",  ACCESS_LOOKUP,  FLAGS_AT,        2,  D0P1,     465,  465,  465,  465),
    CALL("file_getattr", ACCESS_LOOKUP,  FLAGS_AT,        4,  D0P1,     468,  468,  468,  468),
    CALL("inotify_add_watch",
                         ACCESS_LOOKUP,  FLAGS_NONE,      -1, P1,       254,  292,   27,  317),
    /* fanotify_mark takes a 64-bit mask, which is two arguments of a 32-bit program. */
    CALL("fanotify_mark", ACCESS_LOOKUP, FLAGS_NONE,      -1, D3P4,     301,   -1,  263,   -1),
    CALL("fanotify_mark", ACCESS_LOOKUP, FLAGS_NONE,      -1, D4P5,      -1,  339,   -1,  368),
    CALL("name_to_handle_at",
                         ACCESS_LOOKUP,  FLAGS_AT_FOLLOW, 4,  D0P1,     303,  341,  264,  370),
    CALL("open_tree",    ACCESS_LOOKUP,  FLAGS_AT,        2,  D0P1,     428,  428,  428,  428),
    CALL("open_tree_attr", ACCESS_LOOKUP, FLAGS_AT,       2,  D0P1,     467,  467,  467,  467),
    ROOT("move_mount",   ACCESS_LOOKUP,  FLAGS_NONE,      -1, D0P1_D2P3, 429, 429,  429,  429),
    CALL("fspick",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, D0P1,     433,  433,  433,  433),
    CALL("mount_setattr", ACCESS_LOOKUP, FLAGS_AT,        2,  D0P1,     442,  442,  442,  442),
    CALL("mount",        ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0_P1,    165,   21,   40,   21),
    CALL("umount",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,        -1,   22,   -1,   -1),
    CALL("umount2",      ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       166,   52,   39,   52),
    ROOT("pivot_root",   ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0_P1,    155,  217,   41,  218),
    CALL("swapon",       ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       167,   87,  224,   87),
    CALL("swapoff",      ACCESS_LOOKUP,  FLAGS_NONE,      -1, P0,       168,  115,  225,  115),
    CALL("quotactl",     ACCESS_LOOKUP,  FLAGS_NONE,      -1, P1,       179,  131,   60,  131),

    CALL("acct",         ACCESS_CREATE,  FLAGS_NONE,      -1, P0,       163,   51,   89,   51),
    CALL("mkdir",        ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,        83,   39,   -1,   39),
    CALL("mkdirat",      ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D0P1,     258,  296,   34,  323),
    CALL("mknod",        ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,       133,   14,   -1,   14),
    CALL("mknodat",      ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D0P1,     259,  297,   33,  324),
    CALL("rename",       ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0_P1,     82,   38,   -1,   38),
    CALL("renameat",     ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D0P1_D2P3, 264, 302,   38,  329),
    CALL("renameat2",    ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D0P1_D2P3, 316, 353,  276,  382),
    CALL("link",         ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0_P1,     86,    9,   -1,    9),
    CALL("linkat",       ACCESS_CREATE,  FLAGS_AT_FOLLOW, 4,  D0P1_D2P3, 265, 303,   37,  330),
    /* The target of a new link is only text; nothing is looked up there. */
    CALL("symlink",      ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P1,        88,   83,   -1,   83),
    CALL("symlinkat",    ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D1P2,     266,  304,   36,  331),
    CALL("unlink",       ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,        87,   10,   -1,   10),
    CALL("unlinkat",     ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, D0P1,     263,  301,   35,  328),
    CALL("rmdir",        ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,        84,   40,   -1,   40),
    CALL("truncate",     ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        76,   92,   45,   92),
    CALL("truncate64",   ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        -1,  193,   -1,  193),
    CALL("chmod",        ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        90,   15,   -1,   15),
    CALL("fchmodat",     ACCESS_CREATE,  FLAGS_NONE,      -1, D0P1,     268,  306,   53,  333),
    CALL("fchmodat2",    ACCESS_CREATE,  FLAGS_AT,        3,  D0P1,     452,  452,  452,  452),
    CALL("chown",        ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        92,  182,   -1,  182),
    CALL("chown32",      ACCESS_CREATE,  FLAGS_NONE,      -1, P0,        -1,  212,   -1,  212),
    CALL("lchown",       ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,        94,   16,   -1,   16),
    CALL("lchown32",     ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,        -1,  198,   -1,  198),
    CALL("fchownat",     ACCESS_CREATE,  FLAGS_AT,        4,  D0P1,     260,  298,   54,  325),
    CALL("utime",        ACCESS_CREATE,  FLAGS_NONE,      -1, P0,       132,   30,   -1,   -1),
    CALL("utimes",       ACCESS_CREATE,  FLAGS_NONE,      -1, P0,       235,  271,   -1,  269),
    CALL("futimesat",    ACCESS_CREATE,  FLAGS_NONE,      -1, D0P1,     261,  299,   -1,  326),
    CALL("utimensat",    ACCESS_CREATE,  FLAGS_AT,        3,  D0P1,     280,  320,   88,  348),
    CALL("utimensat_time64",
                         ACCESS_CREATE,  FLAGS_AT,        3,  D0P1,      -1,  412,   -1,  412),
    CALL("setxattr",     ACCESS_CREATE,  FLAGS_NONE,      -1, P0,       188,  226,    5,  226),
    CALL("lsetxattr",    ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,       189,  227,    6,  227),
    CALL("setxattrat",   ACCESS_CREATE,  FLAGS_AT,        2,  D0P1,     463,  463,  463,  463),
    CALL("removexattr",  ACCESS_CREATE,  FLAGS_NONE,      -1, P0,       197,  235,   14,  235),
    CALL("lremovexattr", ACCESS_CREATE,  FLAGS_NO_FOLLOW, -1, P0,       198,  236,   15,  236),
    CALL("removexattrat", ACCESS_CREATE, FLAGS_AT,        2,  D0P1,     466,  466,  466,  466),
    CALL("file_setattr", ACCESS_CREATE,  FLAGS_AT,        4,  D0P1,     469,  469,  469,  469),

    OTHER("bind",        CALL_ADDRESS,    ACCESS_CREATE,                 49,  361,  200,  282),
    OTHER("connect",     CALL_ADDRESS,    ACCESS_LOOKUP,                 42,  362,  203,  283),
    OTHER("socketcall",  CALL_SOCKETCALL, ACCESS_LOOKUP,                 -1,  102,   -1,   -1),
    OTHER("listen",      CALL_LISTEN,     ACCESS_LOOKUP,                 50,  363,  201,  284),
    OTHER("exit",        CALL_EXIT,       ACCESS_LOOKUP,                 60,    1,   93,    1),
    OTHER("exit_group",  CALL_EXIT_GROUP, ACCESS_LOOKUP,                231,  252,   94,  248),
};

const size_t calls_count = sizeof calls / sizeof calls[0];

uint32_t abi_audit_architecture(enum abi abi)
{
    switch (abi) {
    case ABI_X86_64:
        return AUDIT_ARCH_X86_64;
    case ABI_I386:
        return AUDIT_ARCH_I386;
    case ABI_AARCH64:
        return AUDIT_ARCH_AARCH64;
    case ABI_ARM:
        return AUDIT_ARCH_ARM;
    case ABI_COUNT:
        break;
    }
    return 0;
}

#if defined(__x86_64__)
enum abi abi_native(void) { return ABI_X86_64; }
enum abi abi_compat(void) { return ABI_I386; }
#elif defined(__aarch64__)
enum abi abi_native(void) { return ABI_AARCH64; }
enum abi abi_compat(void) { return ABI_ARM; }
#else
#error "the sensor knows x86_64 and aarch64"
#endif

const struct call *call_named(const char *name)
{
    const struct call *call = calls;
    while (strcmp(call->name, name) != 0)
        call++;
    return call;
}

enum { HIGHEST_NUMBER = 511 };

const struct call *call_find(uint32_t audit_architecture, int number)
{
    static const struct call *by_number[2][HIGHEST_NUMBER + 1]; /* native, compat */
    static bool filled;

    if (!filled) {
        for (size_t index = 0; index < calls_count; index++) {
            int native = calls[index].number[abi_native()];
            int compat = calls[index].number[abi_compat()];
            if (native >= 0)
                by_number[0][native] = &calls[index];
            if (compat >= 0)
                by_number[1][compat] = &calls[index];
        }
        filled = true;
    }
    if (number < 0 || number > HIGHEST_NUMBER)
        return NULL;
    if (audit_architecture == abi_audit_architecture(abi_native()))
        return by_number[0][number];
    if (audit_architecture == abi_audit_architecture(abi_compat()))
        return by_number[1][number];
    return NULL;
}
