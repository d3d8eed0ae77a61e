#include "privileges.h"

#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} lendable[] = {{"SETPCAP", CAP_SETPCAP}, {"SYS_ADMIN", CAP_SYS_ADMIN}};

struct sets {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct words[2]; /* the lower 32 capabilities, the upper ones */
};

static bool read_sets(struct sets *sets)
{
    *sets = (struct sets){.header = {.version = _LINUX_CAPABILITY_VERSION_3}};
    return syscall(SYS_capget, &sets->header, sets->words) == 0;
}

bool privileges_parse(const char *names, uint64_t *set)
{
    *set = 0;
    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        size_t index = 0;
        while (index < sizeof lendable / sizeof lendable[0] &&
               (strlen(lendable[index].name) != length ||
                strncmp(lendable[index].name, names, length) != 0))
            index++;
        if (index == sizeof lendable / sizeof lendable[0])
            return false;
        *set |= UINT64_C(1) << lendable[index].number;
        names += length;
        names += *names == ',';
    }
    return true;
}

void privileges_use(void)
{
    struct sets sets;
    if (!read_sets(&sets))
        return;
    for (size_t word = 0; word < 2; word++)
        sets.words[word].effective = sets.words[word].permitted;
    (void)syscall(SYS_capset, &sets.header, sets.words);
}

bool privileges_give_up(uint64_t set, uint64_t lower)
{
    struct sets sets;
    if ((set | lower) == 0)
        return true;
    if (!read_sets(&sets))
        return false;
    /* Where a user's file could not carry them nothing is to be had under no_new_privs. */
    bool have_none = geteuid() != 0 && sets.words[0].permitted == 0;
    bool dropped = true;
    for (size_t index = 0; index < sizeof lendable / sizeof lendable[0]; index++)
        if ((set >> lendable[index].number & 1) != 0 &&
            prctl(PR_CAPBSET_DROP, lendable[index].number, 0, 0, 0) != 0)
            dropped = false;
    for (size_t word = 0; word < 2; word++) {
        uint32_t kept = ~(uint32_t)((set | lower) >> (32 * word));
        sets.words[word].effective &= kept;
        sets.words[word].permitted &= kept;
        sets.words[word].inheritable &= kept;
    }
    bool lowered = syscall(SYS_capset, &sets.header, sets.words) == 0;
    return (dropped && lowered) || have_none;
}

bool privileges_bounded(unsigned capability)
{
    return prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
}
