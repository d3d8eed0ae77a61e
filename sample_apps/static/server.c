/*
 * A file server for HTTP/1.0, one connection at a time: `server PORT FOLDER`.
 *
 * GET and HEAD of plain files below FOLDER; `/` is `/index.html`; `/health` answers without
 * touching the disk. Names are limited to letters, digits, `-`, `_`, `/` and single dots, so
 * that no name leads out of FOLDER.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static const char *folder;

static void stop(int signal_number)
{
    (void)signal_number;
    _exit(0);
}

static void answer(int client, const char *status, const char *type, long long length)
{
    dprintf(client,
            "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %lld\r\nConnection: close\r\n\r\n",
            status, type, length);
}

static void answer_text(int client, const char *status, const char *text, int with_body)
{
    answer(client, status, "text/plain", (long long)strlen(text));
    if (with_body)
        dprintf(client, "%s", text);
}

static int is_safe(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_/.", *c))
            return 0;
    return !strstr(name, "..");
}

static void send_file(int client, const char *name, int with_body)
{
    char path[4096];
    struct stat status;
    snprintf(path, sizeof path, "%s%s", folder, strcmp(name, "/") ? name : "/index.html");
    int file = is_safe(name) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0 || fstat(file, &status) || !S_ISREG(status.st_mode)) {
        answer_text(client, "404 Not Found", "no such file\n", with_body);
    } else {
        const char *dot = strrchr(path, '.');
        answer(client, "200 OK", dot && !strcmp(dot, ".html") ? "text/html" : "text/plain",
               (long long)status.st_size);
        off_t offset = 0;
        while (with_body && offset < status.st_size)
            if (sendfile(client, file, &offset, (size_t)(status.st_size - offset)) <= 0)
                break;
    }
    if (file >= 0)
        close(file);
}

static void serve(int client)
{
    char request[4096];
    size_t length = 0;
    while (length < sizeof request - 1) {
        ssize_t count = read(client, request + length, sizeof request - 1 - length);
        if (count <= 0)
            return;
        length += (size_t)count;
        request[length] = 0;
        if (strstr(request, "\r\n\r\n"))
            break;
    }
    char method[8], name[2048];
    if (sscanf(request, "%7s %2047s", method, name) != 2) {
        answer_text(client, "400 Bad Request", "not a request\n", 1);
        return;
    }
    name[strcspn(name, "?#")] = 0;
    int with_body = strcmp(method, "HEAD") != 0;
    if (with_body && strcmp(method, "GET"))
        answer_text(client, "405 Method Not Allowed", "only GET and HEAD\n", 1);
    else if (!strcmp(name, "/health"))
        answer_text(client, "200 OK", "ok\n", with_body);
    else
        send_file(client, name, with_body);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s PORT FOLDER\n", argv[0]);
        return 2;
    }
    folder = argv[2];
    /* PID 1 gets no default action for a signal: without these, `docker stop` would wait. */
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_ANY),
    };
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
        bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) {
        perror("server");
        return 1;
    }
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            continue;
        /* One slow client must not hold up the rest for ever. */
        struct timeval patience = {.tv_sec = 5};
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        serve(client);
        close(client);
    }
}
