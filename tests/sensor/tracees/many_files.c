/* Creates, and thereby opens, as many files below /many-files as its argument says. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    long files = count > 1 ? atol(arguments[1]) : 0;
    mkdir("/many-files", 0755);
    for (long index = 0; index < files; index++) {
        char path[64];
        snprintf(path, sizeof path, "/many-files/%ld", index);
        close(open(path, O_CREAT | O_WRONLY, 0644));
    }
    return 0;
}
