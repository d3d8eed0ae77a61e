/* Two hundred processes, each gone right after its lookup, four at a time. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    for (int index = 0; index < 200; index++) {
        if (fork() == 0) {
            char path[64];
            struct stat status;
            snprintf(path, sizeof path, "/forked/%d", index);
            stat(path, &status);
            _exit(0);
        }
        if (index % 4 == 3)
            while (wait(NULL) > 0)
                continue;
    }
    while (wait(NULL) > 0)
        continue;
    return 0;
}
