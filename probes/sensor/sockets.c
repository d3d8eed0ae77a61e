#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "descriptor.h"

enum { STATE_LISTEN = 0x0A };

/* A netlink socket belongs to the namespace in which it was made, so we go there for a moment. */
void sockets_open(struct sockets *sockets, pid_t target)
{
    char path[64];
    *sockets = (struct sockets){.target = target, .diagnostics = -1};
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)target);
    owned_descriptor int theirs = open(path, O_RDONLY | O_CLOEXEC);
    owned_descriptor int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (theirs < 0 || ours < 0 || setns(theirs, CLONE_NEWNET) < 0)
        return;
    sockets->diagnostics = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    /* The kernel answers at once; a time limit all the same, as nothing else waits for us. */
    struct timeval limit = {.tv_sec = 1};
    (void)setsockopt(sockets->diagnostics, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setns(ours, CLONE_NEWNET);
}

static bool request(int diagnostics, unsigned char family)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 body;
    } message;
    memset(&message, 0, sizeof message);
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.body.sdiag_family = family;
    message.body.sdiag_protocol = IPPROTO_TCP;
    message.body.idiag_states = 1U << STATE_LISTEN;
    return send(diagnostics, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

static void report(const struct inet_diag_msg *found, sockets_visitor *visit, void *context)
{
    struct listening_socket socket = {
        .port = ntohs(found->id.idiag_sport),
        .family = found->idiag_family == AF_INET ? 4 : 6,
    };
    memcpy(socket.address, found->id.idiag_src, socket.family == 4 ? 4 : 16);
    visit(&socket, context);
}

/* False when the kernel has no diagnostics for this family. */
static bool each_by_netlink(int diagnostics, unsigned char family, sockets_visitor *visit,
                            void *context)
{
    if (!request(diagnostics, family))
        return false;
    for (;;) {
        union {
            struct nlmsghdr header;
            unsigned char bytes[16384];
        } answer;
        ssize_t size = recv(diagnostics, &answer, sizeof answer, 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return false;
        size_t offset = 0;
        while (offset + sizeof(struct nlmsghdr) <= (size_t)size) {
            struct nlmsghdr header;
            struct inet_diag_msg found;
            memcpy(&header, answer.bytes + offset, sizeof header);
            if (header.nlmsg_type == NLMSG_DONE)
                return true;
            if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_len < sizeof header ||
                offset + header.nlmsg_len > (size_t)size)
                return false;
            if (header.nlmsg_len >= NLMSG_HDRLEN + sizeof found) {
                memcpy(&found, answer.bytes + offset + NLMSG_HDRLEN, sizeof found);
                report(&found, visit, context);
            }
            offset += (header.nlmsg_len + 3U) & ~(size_t)3;
        }
    }
}

/* A line of /proc/ID/net/tcp or tcp6. Addresses are 32-bit words in the machine's byte order. */
static bool parse(const char *line, uint16_t family, struct listening_socket *socket)
{
    unsigned words[4] = {0, 0, 0, 0};
    unsigned port = 0;
    unsigned state = 0;
    *socket = (struct listening_socket){.family = family};
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

static void each_by_table(pid_t target, const char *name, uint16_t family, sockets_visitor *visit,
                          void *context)
{
    char path[64];
    char line[512];
    struct listening_socket socket;
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)target, name);
    FILE *table = fopen(path, "re");
    if (table == NULL)
        return;
    while (fgets(line, sizeof line, table) != NULL)
        if (parse(line, family, &socket))
            visit(&socket, context);
    fclose(table);
}

void sockets_each_listening(struct sockets *sockets, sockets_visitor *visit, void *context)
{
    if (sockets->diagnostics >= 0 &&
        each_by_netlink(sockets->diagnostics, AF_INET, visit, context)) {
        /* A kernel without IPv6 has no diagnostics for it, and no sockets. */
        (void)each_by_netlink(sockets->diagnostics, AF_INET6, visit, context);
        return;
    }
    descriptor_close(&sockets->diagnostics);
    each_by_table(sockets->target, "tcp", 4, visit, context);
    each_by_table(sockets->target, "tcp6", 6, visit, context);
}
