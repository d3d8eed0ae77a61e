/* Looks up paths in another root directory and below working directories of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    struct stat status;
    int before = open("/cell", O_RDONLY | O_DIRECTORY);
    if (before < 0 || chdir("/cell/inner") < 0)
        return 1;
    stat("relative", &status);
    stat("../sideways", &status);
    if (chroot("/cell") < 0 || chdir("/") < 0)
        return 2;
    stat("/absolute-in-the-cell", &status);
    stat("relative-in-the-cell", &status);
    fstatat(before, "below-the-descriptor", &status, 0);
    return 0;
}
