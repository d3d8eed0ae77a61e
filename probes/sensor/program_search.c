#include "program_search.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What engines use for an image that sets no PATH. */
static const char default_search_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static int check_executable(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EACCES;
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

int program_search(const char *command, char found[static PATH_MAX])
{
    if (*command == '\0')
        return ENOENT;
    if (strchr(command, '/') != NULL) {
        if (strlen(command) >= PATH_MAX)
            return ENAMETOOLONG;
        snprintf(found, PATH_MAX, "%s", command);
        return check_executable(found);
    }

    const char *search_path = getenv("PATH");
    if (search_path == NULL)
        search_path = default_search_path;
    int error = ENOENT;
    for (const char *element = search_path;; element++) {
        size_t length = strcspn(element, ":");
        /* An empty element means the working directory, by a very old tradition. */
        int printed = length == 0 ? snprintf(found, PATH_MAX, "./%s", command)
                                  : snprintf(found, PATH_MAX, "%.*s/%s", (int)length, element, command);
        if (printed > 0 && printed < PATH_MAX) {
            int failure = check_executable(found);
            if (failure == 0)
                return 0;
            if (failure == EACCES)
                error = EACCES;
        }
        element += length;
        if (*element == '\0')
            return error;
    }
}
