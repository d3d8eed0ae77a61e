/* Ends in the way that its argument names. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *end_with_9(void *argument)
{
    (void)argument;
    syscall(SYS_exit_group, 9);
    return NULL;
}

static pthread_barrier_t together;

static void *end_thread(void *argument)
{
    pthread_barrier_wait(&together);
    syscall(SYS_exit, (int)(long)argument);
    return NULL;
}

static void *do_nothing(void *argument) { return argument; }

int main(int count, char **arguments)
{
    const char *how = count > 1 ? arguments[1] : "";
    pthread_t thread;
    if (strcmp(how, "return") == 0)
        return 3;
    if (strcmp(how, "exit-call") == 0)
        syscall(SYS_exit, 4); /* a single thread: this ends the process */
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "signal-all") == 0) {
        /* As a server does that ends its process group, when it is PID 1. */
        kill(-1, SIGTERM);
        kill(-1, SIGHUP);
        return 7;
    }
    if (strcmp(how, "other-thread") == 0) {
        pthread_create(&thread, NULL, end_with_9, NULL);
        pause();
    }
    if (strcmp(how, "threads-come-and-go") == 0) {
        for (int index = 0; index < 2000; index++) {
            pthread_create(&thread, NULL, do_nothing, NULL);
            pthread_join(thread, NULL);
        }
        return 5;
    }
    if (strcmp(how, "leader-first") == 0) {
        /* The first thread ends while others go on; the last of them ends the process. */
        pthread_barrier_init(&together, NULL, 4);
        for (long index = 0; index < 4; index++)
            pthread_create(&thread, NULL, end_thread, (void *)6);
        syscall(SYS_exit, 6);
    }
    return 99;
}
