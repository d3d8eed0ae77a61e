/*
 * The shop: an HTTP/1.0 server, one connection at a time, linked dynamically to musl.
 *
 *   /health            answers at once
 *   /word/LANG/WORD    libwords, which the program finds by its RPATH
 *   /plugin/NAME/WORD  plugins/NAME.so, opened when it is asked for
 *   /zone/AREA/CITY    the hour in that time zone, of a fixed moment
 *   /host/NAME         the address of a name, by the resolver
 *   /service/NAME      the port of a service, by /etc/services
 *   /user/NAME         the number of a user, by /etc/passwd
 *   /error/NUMBER      the C library's text of an error
 *   /note              POST: keeps the body in a temporary file and tells its size
 *   /NAME              a page of /srv/shop/pages
 *
 * SIGHUP reads the name of the shop again, SIGTERM ends the server with status 0.
 */
#define _GNU_SOURCE
#include "shop.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PLUGINS "/usr/lib/shop/plugins"
#define PAGES "/srv/shop/pages"

static volatile sig_atomic_t is_stopped, is_outdated = 1;
static char shop_name[64];

static void note_signal(int number)
{
    if (number == SIGHUP)
        is_outdated = 1;
    else
        is_stopped = 1;
}

static void read_name(void)
{
    FILE *file = fopen("/etc/shop/name", "re");
    if (!file || !fgets(shop_name, sizeof shop_name, file))
        strcpy(shop_name, "nameless");
    if (file)
        fclose(file);
    shop_name[strcspn(shop_name, "\n")] = 0;
    is_outdated = 0;
    printf("this is %s\n", shop_name);
    fflush(stdout);
}

static char *by_plugin(const char *name, const char *word)
{
    char path[256];
    snprintf(path, sizeof path, PLUGINS "/%s.so", name);
    void *plugin = dlopen(path, RTLD_NOW);
    if (!plugin) {
        printf("%s\n", dlerror());
        fflush(stdout);
        return NULL;
    }
    char *(*answer)(const char *) = (char *(*)(const char *))dlsym(plugin, "plugin_answer");
    char *text = answer ? answer(word) : NULL;
    dlclose(plugin);
    return text;
}

static char *hour_in(const char *zone)
{
    char text[64];
    time_t moment = 1719835200; /* 2024-07-01 12:00 UTC */
    setenv("TZ", zone, 1);
    tzset();
    struct tm *local = localtime(&moment);
    if (!local || !strftime(text, sizeof text, "%H:%M %z %Z", local))
        return NULL;
    return strdup(text);
}

static char *address_of(const char *name)
{
    char text[INET6_ADDRSTRLEN];
    struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(name, NULL, &hints, &found))
        return NULL;
    inet_ntop(AF_INET, &((struct sockaddr_in *)found->ai_addr)->sin_addr, text, sizeof text);
    freeaddrinfo(found);
    return strdup(text);
}

static char *port_of(const char *name)
{
    struct servent *service = getservbyname(name, "tcp");
    char *text = NULL;
    return service && asprintf(&text, "%d", ntohs((uint16_t)service->s_port)) > 0 ? text : NULL;
}

static char *number_of(const char *name)
{
    struct passwd *user = getpwnam(name);
    char *text = NULL;
    return user && asprintf(&text, "%u", user->pw_uid) > 0 ? text : NULL;
}

static char *page(const char *name)
{
    char path[256], text[4096];
    snprintf(path, sizeof path, PAGES "/%s", name);
    FILE *file = strstr(name, "..") ? NULL : fopen(path, "re");
    if (!file)
        return NULL;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    return strdup(text);
}

static char *note(const char *body)
{
    char *text = NULL;
    FILE *file = tmpfile();
    if (!file)
        return NULL;
    fputs(body, file);
    if (asprintf(&text, "%ld bytes", ftell(file)) < 0)
        text = NULL;
    fclose(file);
    return text;
}

static void decode(char *text)
{
    char *to = text;
    for (char *from = text; *from; from++) {
        unsigned byte;
        if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
}

static char *answer(const char *method, char *path, const char *body)
{
    char *first = strtok(path, "/"), *text = NULL;
    if (!first)
        return page("index.html");
    char *rest = strtok(NULL, ""), *second = rest ? strchr(rest, '/') : NULL;
    if (!strcmp(first, "health") && asprintf(&text, "%s is open", shop_name) > 0)
        return text;
    if (!strcmp(first, "note") && !strcmp(method, "POST"))
        return note(body);
    if (!rest)
        return page(first);
    if (!strcmp(first, "zone"))
        return hour_in(rest);
    if (!strcmp(first, "host"))
        return address_of(rest);
    if (!strcmp(first, "service"))
        return port_of(rest);
    if (!strcmp(first, "user"))
        return number_of(rest);
    if (!strcmp(first, "error"))
        return strdup(strerror(atoi(rest)));
    if (second)
        *second++ = 0;
    if (second && !strcmp(first, "word"))
        return word_in(rest, second);
    if (second && !strcmp(first, "plugin"))
        return by_plugin(rest, second);
    return NULL;
}

static void serve(int client)
{
    char request[4096];
    char method[8], path[1024];
    size_t length = 0;
    char *body = NULL;
    while (length < sizeof request - 1 && !body) {
        ssize_t count = read(client, request + length, sizeof request - 1 - length);
        if (count <= 0)
            return;
        length += (size_t)count;
        request[length] = 0;
        body = strstr(request, "\r\n\r\n");
    }
    char *length_line = strcasestr(request, "content-length:");
    size_t promised = length_line ? strtoul(length_line + 15, NULL, 10) : 0;
    while (body && (size_t)(request + length - body - 4) < promised && length < sizeof request - 1) {
        ssize_t count = read(client, request + length, sizeof request - 1 - length);
        if (count <= 0)
            break;
        length += (size_t)count;
        request[length] = 0;
    }
    if (!body || sscanf(request, "%7s %1023s", method, path) != 2)
        return;
    decode(path);
    char *text = answer(method, path, body + 4);
    if (!text)
        text = page("missing.html");
    int is_missing = text && strstr(text, "Nothing lies here");
    dprintf(client, "HTTP/1.0 %s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n%s\n",
            is_missing ? "404 Not Found" : "200 OK", text ? text : "");
    free(text);
}

int main(void)
{
    setlocale(LC_ALL, "");
    struct sigaction action = {.sa_handler = note_signal};
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
        bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) {
        perror("shop");
        return 1;
    }
    while (!is_stopped) {
        if (is_outdated)
            read_name();
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            continue; /* a signal */
        struct timeval patience = {.tv_sec = 5};
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        serve(client);
        close(client);
    }
    return 0;
}
