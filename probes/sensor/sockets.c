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

/* Of a connection on which something may arrive still. */
enum { STATE_ESTABLISHED = 1, STATE_SYN_SENT = 2, STATE_FIN_WAIT2 = 5, STATE_LISTEN = 0x0A };

enum { PORTS = 65536 };

typedef void diagnostics_visitor(const struct inet_diag_msg *found, void *context);

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

static bool request(int diagnostics, unsigned char family, unsigned states)
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
    message.body.idiag_states = states;
    return send(diagnostics, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

/* False when the kernel has no diagnostics for this family. */
static bool each_by_netlink(int diagnostics, unsigned char family, unsigned states,
                            diagnostics_visitor *visit, void *context)
{
    if (!request(diagnostics, family, states))
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
                visit(&found, context);
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

struct listeners {
    sockets_visitor *visit;
    void *context;
};

static void report(const struct inet_diag_msg *found, void *context)
{
    const struct listeners *listeners = context;
    struct listening_socket socket = {
        .port = ntohs(found->id.idiag_sport),
        .family = found->idiag_family == AF_INET ? 4 : 6,
    };
    memcpy(socket.address, found->id.idiag_src, socket.family == 4 ? 4 : 16);
    listeners->visit(&socket, listeners->context);
}

void sockets_each_listening(struct sockets *sockets, sockets_visitor *visit, void *context)
{
    struct listeners listeners = {.visit = visit, .context = context};
    unsigned states = 1U << STATE_LISTEN;
    if (sockets->diagnostics >= 0 &&
        each_by_netlink(sockets->diagnostics, AF_INET, states, report, &listeners)) {
        /* A kernel without IPv6 has no diagnostics for it, and no sockets. */
        (void)each_by_netlink(sockets->diagnostics, AF_INET6, states, report, &listeners);
        return;
    }
    descriptor_close(&sockets->diagnostics);
    each_by_table(sockets->target, "tcp", 4, visit, context);
    each_by_table(sockets->target, "tcp6", 6, visit, context);
}

struct connections {
    unsigned char listening[PORTS / 8]; /* one bit for each port */
    bool found;
};

static void remember_port(const struct listening_socket *socket, void *context)
{
    struct connections *connections = context;
    connections->listening[socket->port / 8] |= (unsigned char)(1U << socket->port % 8);
}

static bool is_loopback(const struct inet_diag_msg *found)
{
    struct in6_addr address;
    memcpy(&address, found->id.idiag_dst, sizeof address);
    if (found->idiag_family == AF_INET)
        return address.s6_addr[0] == 127;
    return IN6_IS_ADDR_LOOPBACK(&address) ||
           (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

/* Who has connected to the target waits for an answer of it, not the other way round; a connection
 * that no process has any more (without an inode) is the kernel's affair. */
static void consider(const struct inet_diag_msg *found, void *context)
{
    struct connections *connections = context;
    unsigned port = ntohs(found->id.idiag_sport);
    bool is_ours = (connections->listening[port / 8] >> port % 8 & 1) == 0;
    if (is_ours && found->idiag_inode != 0 && !is_loopback(found))
        connections->found = true;
}

bool sockets_are_connected(struct sockets *sockets)
{
    struct connections connections = {.found = false};
    unsigned states = 1U << STATE_ESTABLISHED | 1U << STATE_SYN_SENT | 1U << STATE_FIN_WAIT2;
    sockets_each_listening(sockets, remember_port, &connections);
    if (sockets->diagnostics < 0 ||
        !each_by_netlink(sockets->diagnostics, AF_INET, states, consider, &connections))
        return true;
    (void)each_by_netlink(sockets->diagnostics, AF_INET6, states, consider, &connections);
    return connections.found;
}
