/* Two signals per millisecond hit a program that looks up path after path, as Go's scheduler does
 * to its threads. Prints how many lookups were right. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { THREADS = 4, LOOKUPS = 500 };

static volatile sig_atomic_t signals;

static void count(int number)
{
    (void)number;
    signals++;
}

static void *look_up(void *argument)
{
    long right = 0;
    for (int index = 0; index < LOOKUPS; index++) {
        char path[64];
        struct stat status;
        snprintf(path, sizeof path, "/storms/%ld/%d", (long)argument, index);
        if (stat(path, &status) < 0 && errno == ENOENT)
            right++;
    }
    return (void *)right;
}

int main(void)
{
    /* SA_RESTART as in Go: a call that waits and has not been received yet is made again. */
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART};
    struct itimerval often = {.it_interval = {0, 500}, .it_value = {0, 500}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);

    pthread_t threads[THREADS];
    long right = 0;
    for (long index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, look_up, (void *)index);
    for (int index = 0; index < THREADS; index++) {
        void *result = NULL;
        pthread_join(threads[index], &result);
        right += (long)result;
    }
    printf("%ld %s\n", right, signals > 0 ? "stormy" : "calm");
    return 0;
}
