/* Listens on 127.0.0.1:4101, then on [::]:4102, then waits for SIGTERM. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, NULL);

    struct sockaddr_in old = {.sin_family = AF_INET, .sin_port = htons(4101)};
    old.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int first = socket(AF_INET, SOCK_STREAM, 0);
    struct ifreq loopback = {.ifr_flags = IFF_UP}; /* down in a fresh network namespace */
    strcpy(loopback.ifr_name, "lo");
    ioctl(first, SIOCSIFFLAGS, &loopback);
    if (bind(first, (struct sockaddr *)&old, sizeof old) < 0 || listen(first, 5) < 0)
        return 1;
    struct sockaddr_in6 new = {.sin6_family = AF_INET6, .sin6_port = htons(4102)};
    int second = socket(AF_INET6, SOCK_STREAM, 0);
    if (bind(second, (struct sockaddr *)&new, sizeof new) < 0 || listen(second, 5) < 0)
        return 2;
    int number = 0;
    sigwait(&wanted, &number);
    return number;
}
