#include "opens.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"
#include "procfs.h"

#ifndef FAN_OPEN_EXEC
#define FAN_OPEN_EXEC 0x00001000
#endif
#ifndef FAN_MARK_FILESYSTEM
#define FAN_MARK_FILESYSTEM 0x00000100
#endif

bool opens_start(struct opens *opens, pid_t target, bool limited_queue,
                 char explanation[static EXPLANATION_SIZE])
{
    /* O_NONBLOCK: reading an event opens the file for us, and a FIFO without a writer would
     * make that wait for ever. */
    opens->descriptor =
        fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS |
                          (limited_queue ? 0U : (unsigned)FAN_UNLIMITED_QUEUE),
                      O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK);
    if (opens->descriptor < 0) {
        explain_refusal(explanation, "fanotify_init", errno, CAPABILITY_SYS_ADMIN, "5.0");
        return false;
    }
    opens->pid_namespace = procfs_pid_namespace(target);
    char root[64];
    snprintf(root, sizeof root, "/proc/%d/root", (int)target);
    if (fanotify_mark(opens->descriptor, FAN_MARK_ADD | FAN_MARK_FILESYSTEM,
                      FAN_OPEN | FAN_OPEN_EXEC | FAN_ONDIR, AT_FDCWD, root) < 0) {
        explain_refusal(explanation, "fanotify_mark", errno, CAPABILITY_SYS_ADMIN, "5.0");
        descriptor_close(&opens->descriptor);
        return false;
    }
    return true;
}

/* The path of an open file as its process sees it. A file that has been unlinked since keeps
 * the name that it had. */
static ssize_t opened_path(int file, char path[static PATH_MAX])
{
    static const char deleted[] = " (deleted)";
    char name[32];
    snprintf(name, sizeof name, "fd/%d", file);
    ssize_t length = procfs_link(getpid(), name, path);
    struct stat status;
    ssize_t suffix = (ssize_t)sizeof deleted - 1;
    if (length > suffix && strcmp(path + length - suffix, deleted) == 0 &&
        fstat(file, &status) == 0 && status.st_nlink == 0) {
        length -= suffix;
        path[length] = '\0';
    }
    return length;
}

static void report(struct opens *opens, struct records *records,
                   const struct fanotify_event_metadata *event)
{
    char path[PATH_MAX];
    ssize_t length = opened_path(event->fd, path);
    if (length <= 0) {
        records_loss(records, SOURCE_FANOTIFY, 1, "an opened file has no path");
        return;
    }
    pid_t process = procfs_is_within(event->pid, opens->pid_namespace) ? event->pid : 0;
    enum access access = (event->mask & FAN_OPEN_EXEC) != 0 ? ACCESS_EXECUTE : ACCESS_OPEN;
    records_opened(records, process, access, path, (size_t)length);
    /* The file is known in this phase; the kernel need not tell again. What was opened is not
     * yet known as executed, so only the kinds that were seen fall silent. Without the mark,
     * say for want of memory, events are folded instead. */
    (void)fanotify_mark(opens->descriptor,
                        FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY,
                        event->mask & (FAN_OPEN | FAN_OPEN_EXEC | FAN_ONDIR), event->fd, NULL);
}

/* The event was there, but opening its file for us failed, and the event is lost. */
static void report_failure(struct records *records, int error)
{
    char text[128];
    snprintf(text, sizeof text, "an opened file could not be named: %s", strerror(error));
    if (error == EMFILE || error == ENFILE || error == ENOMEM)
        records_loss(records, SOURCE_FANOTIFY, 1, text);
    else /* devices and sockets that refuse to be opened; never a regular file */
        records_note(records, text);
}

void opens_drain(struct opens *opens, struct records *records, unsigned limit)
{
    if (opens->descriptor < 0)
        return;
    if (limit == 0) {
        /* What is in the queue now and no more: the target may fill it as fast as we read. */
        int queued = 0;
        if (ioctl(opens->descriptor, FIONREAD, &queued) == 0)
            limit = (unsigned)queued / FAN_EVENT_METADATA_LEN;
    }
    for (; limit > 0; limit--) {
        /* One event at a time: where the kernel fails to open the file of a later event, it
         * returns the earlier ones and drops the failed one without a word. */
        struct fanotify_event_metadata event;
        ssize_t size = read(opens->descriptor, &event, sizeof event);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0) {
            report_failure(records, errno);
            continue;
        }
        if (size < (ssize_t)FAN_EVENT_METADATA_LEN || event.vers != FANOTIFY_METADATA_VERSION) {
            records_loss(records, SOURCE_FANOTIFY, 0, "fanotify events of an unknown format");
            descriptor_close(&opens->descriptor);
            return;
        }
        records->opens++;
        if ((event.mask & FAN_Q_OVERFLOW) != 0)
            records_loss(records, SOURCE_FANOTIFY, 0, "the fanotify queue overflowed");
        else if (event.fd >= 0 && event.pid != getpid())
            report(opens, records, &event);
        if (event.fd >= 0)
            close(event.fd);
    }
}

void opens_forget(struct opens *opens)
{
    if (opens->descriptor >= 0)
        (void)fanotify_mark(opens->descriptor, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
}

void opens_stop(struct opens *opens) { descriptor_close(&opens->descriptor); }
