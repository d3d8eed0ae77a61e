/* Waits in the way that its argument names, or does not. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONG = 1000 }; /* seconds */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static void *pauses(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int reads(int descriptor)
{
    uint64_t number; /* as much as a counter or a clock gives */
    return (int)read(descriptor, &number, sizeof number);
}

static int waits_with_child(void)
{
    pid_t child = fork();
    if (child == 0)
        pauses(NULL);
    return child;
}

static int epoll_of(int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN};
    int events = epoll_create1(0);
    epoll_ctl(events, EPOLL_CTL_ADD, descriptor, &event);
    return events;
}

static int clock_descriptor(time_t seconds)
{
    struct itimerspec when = {.it_value.tv_sec = seconds};
    int clock = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(clock, 0, &when, NULL);
    return clock;
}

static sigset_t only(int number)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signals;
}

static int listens(const char *address, struct sockaddr_in *place)
{
    struct ifreq loopback = {.ifr_flags = IFF_UP}; /* down in a fresh network namespace */
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    strcpy(loopback.ifr_name, "lo");
    ioctl(listener, SIOCSIFFLAGS, &loopback);
    *place = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(4101)};
    inet_pton(AF_INET, address, &place->sin_addr);
    if (strncmp(address, "127", 3) != 0) {
        struct ifreq other = {.ifr_name = "lo:0"};
        memcpy(&other.ifr_addr, place, sizeof *place);
        ioctl(listener, SIOCSIFADDR, &other);
    }
    bind(listener, (struct sockaddr *)place, sizeof *place);
    listen(listener, 5);
    return listener;
}

static int connects(const char *address)
{
    struct sockaddr_in place;
    int listener = listens(address, &place);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&place, sizeof place) < 0)
        return 1;
    accept(listener, NULL, NULL);
    struct pollfd polled = {.fd = connection, .events = POLLIN};
    return poll(&polled, 1, -1);
}

static struct timespec in_a_while(clockid_t clock)
{
    struct timespec moment;
    clock_gettime(clock, &moment);
    moment.tv_sec += LONG;
    return moment;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "";
    int pair[2];
    struct sockaddr_in place;
    struct pollfd polled = {.fd = eventfd(0, 0), .events = POLLIN};
    struct epoll_event event;
    fd_set set;
    sigset_t none;
    sigemptyset(&none);
    FD_ZERO(&set);
    FD_SET(polled.fd, &set);
    pipe(pair);
#define WAY(name) else if (strcmp(way, name) == 0)
    if (strcmp(way, "pause") == 0)
        pauses(NULL);
    WAY("accept") accept(listens("127.0.0.1", &place), NULL, NULL);
    WAY("pipe") reads(pair[0]);
    WAY("eventfd") reads(polled.fd);
    WAY("inotify") reads(inotify_init1(0));
    WAY("socket")
    {
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        recv(pair[0], pair, 1, 0);
    }
    WAY("epoll") epoll_wait(epoll_of(polled.fd), &event, 1, -1);
    WAY("poll") poll(&polled, 1, -1);
    WAY("ppoll") ppoll(&polled, 1, NULL, NULL);
    WAY("select") select(polled.fd + 1, &set, NULL, NULL, NULL);
    WAY("condition")
    {
        pthread_mutex_lock(&lock);
        pthread_cond_wait(&never, &lock);
    }
    WAY("sigsuspend") sigsuspend(&none);
    WAY("sigwait")
    {
        sigset_t signals = only(SIGUSR1);
        int number;
        sigwait(&signals, &number);
    }
    WAY("children")
    {
        waits_with_child();
        wait(NULL);
    }
    WAY("threads")
    {
        pthread_t thread;
        pthread_create(&thread, NULL, pauses, NULL);
        pthread_join(thread, NULL);
    }
    WAY("stopped")
    {
        pid_t child = waits_with_child();
        kill(child, SIGSTOP);
        wait(NULL);
    }
    WAY("init") /* as tini does */
    {
        struct timespec second = {.tv_sec = 1};
        sigset_t signals = only(SIGCHLD);
        waits_with_child();
        for (;;)
            sigtimedwait(&signals, NULL, &second);
    }
    WAY("short-signal")
    {
        struct timespec second = {.tv_sec = 1};
        sigset_t signals = only(SIGUSR1);
        for (;;)
            sigtimedwait(&signals, NULL, &second);
    }
    WAY("short-sleep") for (;;) usleep(900000);
    WAY("short-poll") for (;;) poll(&polled, 1, 1000);
    WAY("short-timer") for (;;) reads(clock_descriptor(1));
    WAY("fifo")
    {
        mkfifo("/fifo", 0600);
        open("/fifo", O_RDONLY);
    }
    WAY("writing") for (;;) write(pair[1], way, 1);
    WAY("long-sleep") sleep(LONG);
    WAY("long-poll") poll(&polled, 1, LONG * 1000);
    WAY("long-select")
    {
        struct timeval time = {.tv_sec = LONG};
        select(polled.fd + 1, &set, NULL, NULL, &time);
    }
    WAY("long-moment")
    {
        struct timespec moment = in_a_while(CLOCK_MONOTONIC);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
    }
    WAY("long-condition")
    {
        struct timespec moment = in_a_while(CLOCK_REALTIME);
        pthread_mutex_lock(&lock);
        pthread_cond_timedwait(&never, &lock, &moment);
    }
    WAY("long-timer") epoll_wait(epoll_of(clock_descriptor(LONG)), &event, 1, -1);
    WAY("loopback") connects("127.0.0.1");
    WAY("elsewhere") connects("10.9.8.7");
    WAY("compute") for (volatile unsigned step = 0;; step++) ;
    WAY("look-up")
    {
        struct stat status;
        for (;;)
            stat("/proc/self", &status);
    }
    return 9;
}
