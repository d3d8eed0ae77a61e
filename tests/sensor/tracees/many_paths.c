/* Looks up as many distinct paths as its argument says, each twice. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int count, char **arguments)
{
    long paths = count > 1 ? atol(arguments[1]) : 0;
    for (long index = 0; index < 2 * paths; index++) {
        char path[64];
        struct stat status;
        snprintf(path, sizeof path, "/many/%ld", index / 2);
        (void)!stat(path, &status);
    }
    return 0;
}
