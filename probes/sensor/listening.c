#include "listening.h"

#include <stdio.h>
#include <string.h>

enum {
    STATE_LISTEN = 0x0A,
    MILLISECOND = 1000000,
    PERIOD_UNTOLD = 20, /* milliseconds */
    PERIOD_TOLD = 250,
    CHECKS = 8,  /* after a listen call: at 0, 1, 2, 4, … 64 ms */
};

static bool add(struct listening *listening, const struct listening_socket *socket)
{
    for (size_t index = 0; index < listening->count; index++)
        if (memcmp(&listening->known[index], socket, sizeof *socket) == 0)
            return false;
    if (listening->count == LISTENING_LIMIT)
        return false;
    listening->known[listening->count++] = *socket;
    return true;
}

/* The kernel prints addresses as 32-bit words in the machine's byte order. */
static bool parse(const char *line, unsigned family, struct listening_socket *socket)
{
    unsigned words[4] = {0, 0, 0, 0};
    unsigned port = 0;
    unsigned state = 0;
    *socket = (struct listening_socket){.family = (uint16_t)family};
    if (family == 4) {
        if (sscanf(line, " %*d: %8X:%4X %*8X:%*4X %2X", &words[0], &port, &state) != 3)
            return false;
    } else if (sscanf(line, " %*d: %8X%8X%8X%8X:%4X %*32[0-9A-Fa-f]:%*4X %2X", &words[0],
                      &words[1], &words[2], &words[3], &port, &state) != 6) {
        return false;
    }
    socket->port = (uint16_t)port;
    memcpy(socket->address, words, family == 4 ? 4 : 16);
    return state == STATE_LISTEN;
}

static void scan(struct listening *listening, pid_t target, const char *name, unsigned family,
                 struct records *records)
{
    char path[64];
    char line[512];
    struct listening_socket socket;
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)target, name);
    FILE *table = fopen(path, "re");
    if (table == NULL)
        return;
    while (fgets(line, sizeof line, table) != NULL) {
        if (parse(line, family, &socket) && add(listening, &socket) && records != NULL)
            records_listening(records, family, socket.address, socket.port);
    }
    fclose(table);
}

void listening_start(struct listening *listening, pid_t target, bool told)
{
    *listening = (struct listening){.period = told ? PERIOD_TOLD : PERIOD_UNTOLD};
    scan(listening, target, "tcp", 4, NULL);
    scan(listening, target, "tcp6", 6, NULL);
    listening->before = listening->count;
}

void listening_expect(struct listening *listening, uint64_t now)
{
    listening->checks_left = CHECKS;
    listening->next_check = now;
}

static bool is_periodic(const struct listening *listening)
{
    return listening->checks_left == 0 && listening->count == listening->before;
}

void listening_check(struct listening *listening, pid_t target, struct records *records)
{
    bool repeat = is_periodic(listening);
    uint64_t now = stream_now(&records->stream);
    if ((listening->checks_left == 0 && !repeat) || now < listening->next_check)
        return;
    size_t known = listening->count;
    scan(listening, target, "tcp", 4, records);
    scan(listening, target, "tcp6", 6, records);
    if (repeat) {
        listening->next_check = now + listening->period * (uint64_t)MILLISECOND;
        return;
    }
    unsigned done = CHECKS - listening->checks_left;
    listening->checks_left = listening->count > known ? 0 : listening->checks_left - 1;
    listening->next_check = now + (uint64_t)MILLISECOND * (1U << done);
}

int listening_wait(const struct listening *listening, uint64_t now)
{
    if (listening->checks_left == 0 && !is_periodic(listening))
        return -1;
    if (listening->next_check <= now)
        return 0;
    return (int)((listening->next_check - now) / MILLISECOND + 1);
}
