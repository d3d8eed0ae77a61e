#include "gate_parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptor.h"
#include "rendezvous.h"

enum { STATUS_GATE_FAILED = 125 };

struct pipes {
    int go_read;    /* here: the watcher's words */
    int go_write;   /* taken by the watcher */
    int exit_write; /* here: the command's exit status */
    int exit_read;  /* taken by the watcher; its number is that of go_write plus one */
};

static bool open_pipes(struct pipes *pipes)
{
    int go[2];
    int ended[2];
    if (pipe2(go, O_CLOEXEC) < 0 || pipe2(ended, O_CLOEXEC) < 0)
        return false;
    pipes->go_read = go[0];
    pipes->exit_write = ended[1];
    /* The watcher runs as root without CAP_DAC_OVERRIDE; on old kernels it opens them by name. */
    if (fchmod(go[1], 0666) < 0 || fchmod(ended[0], 0666) < 0)
        return false;
    pipes->go_write = rendezvous_move(go[1], RENDEZVOUS_DESCRIPTOR);
    pipes->exit_read = rendezvous_move(ended[0], pipes->go_write + 1);
    return pipes->exit_read == pipes->go_write + 1;
}

static bool wait_for_go(struct pipes *pipes)
{
    char word = 0;
    if (descriptor_read_all(pipes->go_read, &word, 1) != 1 || word != RENDEZVOUS_GO)
        return false;
    /* From here on, the watcher's end of the go pipe closes when the watcher is gone. */
    close(pipes->go_write);
    close(pipes->exit_read);
    return true;
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reaps every child that has ended. True when the command itself was among them. */
static bool reap(pid_t command, int *status)
{
    bool ended = false;
    int child_status = 0;
    for (pid_t child; (child = waitpid(-1, &child_status, WNOHANG)) > 0;) {
        if (child == command) {
            *status = exit_status(child_status);
            ended = true;
        }
    }
    return ended;
}

/* Passes signals on to the command until the command has ended and the watcher lets go. */
static int stand_by(pid_t command, const struct pipes *pipes, int signals)
{
    int status = -1;
    for (;;) {
        struct pollfd waiting[2] = {
            {.fd = signals, .events = POLLIN},
            {.fd = status < 0 ? -1 : pipes->go_read, .events = POLLIN},
        };
        if (poll(waiting, 2, -1) < 0 && errno != EINTR)
            return STATUS_GATE_FAILED;
        if (waiting[1].revents != 0)
            return status; /* a word or the watcher's end: nothing holds us any longer */
        struct signalfd_siginfo signal;
        if (waiting[0].revents == 0 || read(signals, &signal, sizeof signal) != sizeof signal)
            continue;
        if (signal.ssi_signo != SIGCHLD) {
            if (status < 0)
                kill(command, (int)signal.ssi_signo);
            continue;
        }
        if (reap(command, &status)) {
            int32_t told = status;
            if (!descriptor_write_all(pipes->exit_write, &told, sizeof told))
                return status;
        }
    }
}

int gate_parent(int error)
{
    struct pipes pipes;
    if (!open_pipes(&pipes)) {
        fprintf(stderr, "slimmer: gate: cannot open pipes: %s\n", strerror(errno));
        return STATUS_GATE_FAILED;
    }
    rendezvous_announce(RENDEZVOUS_PIPES, pipes.go_write, error);
    if (!wait_for_go(&pipes)) {
        fputs("slimmer: gate: the watcher is gone\n", stderr);
        return STATUS_GATE_FAILED;
    }
    /* Only the end of PID 1 ends the watcher; any other command may just be executed. */
    if (getpid() != 1)
        return -1;

    sigset_t all; /* SIGPIPE among them, so a watcher that is gone shows as EPIPE */
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int signals = signalfd(-1, &all, SFD_CLOEXEC);
    pid_t command = fork();
    if (signals < 0 || command < 0) {
        fprintf(stderr, "slimmer: gate: cannot start the command: %s\n", strerror(errno));
        return STATUS_GATE_FAILED;
    }
    if (command == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        return -1;
    }
    return stand_by(command, &pipes, signals);
}
