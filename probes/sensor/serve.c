#include "serve.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "descriptor.h"
#include "serve_files.h"
#include "serve_index.h"

enum {
    REQUEST_INDEX = 'I',
    REQUEST_FILES = 'F',
    REQUEST_DIGESTS = 'D',
    REQUEST_LIMIT = 1 << 22, /* paths of one request; a guard against senseless numbers */
};

static bool read_exactly(void *bytes, size_t size)
{
    return descriptor_read_all(STDIN_FILENO, bytes, size) == (ssize_t)size;
}

static bool read_u32(uint32_t *value)
{
    unsigned char bytes[4];
    if (!read_exactly(bytes, sizeof bytes))
        return false;
    *value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
             (uint32_t)bytes[3] << 24;
    return true;
}

static void free_paths(struct path_list *list)
{
    for (size_t index = 0; index < list->count; index++)
        free(list->paths[index]);
    free(list->paths);
    *list = (struct path_list){.count = 0};
}

/* The whole request is read before the answer starts, so a client may write all of it before it
 * reads. */
static bool read_paths(struct path_list *list)
{
    uint32_t count;
    *list = (struct path_list){.count = 0};
    if (!read_u32(&count) || count > REQUEST_LIMIT)
        return false;
    list->paths = calloc(count > 0 ? count : 1, sizeof *list->paths);
    if (list->paths == NULL)
        return false;
    for (; list->count < count; list->count++) {
        uint32_t length;
        if (!read_u32(&length) || length >= PATH_MAX)
            return false;
        char *path = calloc(length + 1, 1);
        if (path == NULL || !read_exactly(path, length)) {
            free(path);
            return false;
        }
        list->paths[list->count] = path;
    }
    return true;
}

static bool (*answer_to(char request))(const struct path_list *)
{
    switch (request) {
    case REQUEST_INDEX:
        return serve_index;
    case REQUEST_FILES:
        return serve_files;
    case REQUEST_DIGESTS:
        return serve_digests;
    default:
        return NULL;
    }
}

static bool answer_request(char request)
{
    bool (*serve)(const struct path_list *) = answer_to(request);
    struct path_list list;
    if (serve == NULL)
        return false;
    bool answered = read_paths(&list);
    if (answered) {
        answer_begin(request);
        answered = serve(&list) && answer_end();
    }
    free_paths(&list);
    return answered;
}

/* Speaks over the socket from here on. False where nobody listens there, or a security module or
 * another file system is in the way: stdin and stdout are what is left. */
static bool connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return false;
    strcpy(address.sun_path, path);
    owned_descriptor int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return made >= 0 && connect(made, (struct sockaddr *)&address, sizeof address) == 0 &&
           dup2(made, STDIN_FILENO) >= 0 && dup2(made, STDOUT_FILENO) >= 0;
}

int serve_main(char **arguments)
{
    static const unsigned char header[16] = {'S', 'L', 'I', 'M', 'S', 'R', 'V', 0, 2};
    if (arguments[0] != NULL && arguments[1] != NULL) {
        fputs("slimmer: serve: takes one socket at most\n", stderr);
        return SERVE_USAGE;
    }
    if (arguments[0] != NULL)
        (void)connect_to(arguments[0]);
    signal(SIGPIPE, SIG_IGN);
    answer_bytes(header, sizeof header);
    (void)answer_flush();
    for (;;) {
        char request;
        ssize_t size = descriptor_read_all(STDIN_FILENO, &request, 1);
        if (size == 0)
            return SERVE_DONE;
        if (size < 0 || !answer_request(request)) {
            fputs("slimmer: serve: a request is broken, or its reader is gone\n", stderr);
            return SERVE_BROKEN;
        }
    }
}
