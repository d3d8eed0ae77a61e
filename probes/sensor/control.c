#include "control.h"

#include <errno.h>
#include <unistd.h>

static void take(struct control *control, char byte, control_visitor *visit, void *context)
{
    if (byte != '\n') {
        if (control->used == sizeof control->line - 1)
            control->too_long = true;
        else
            control->line[control->used++] = byte;
        return;
    }
    control->line[control->used] = '\0';
    visit(control->too_long ? NULL : control->line, context);
    control->used = 0;
    control->too_long = false;
}

bool control_read(struct control *control, control_visitor *visit, void *context)
{
    char bytes[4096];
    ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    for (ssize_t index = 0; index < size; index++)
        take(control, bytes[index], visit, context);
    return size > 0;
}
