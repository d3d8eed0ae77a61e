/* The gate's fallback where no call can be made to wait in the kernel. */
#ifndef SENSOR_GATE_PARENT_H
#define SENSOR_GATE_PARENT_H

/* Waits until the watcher says go. `error` is why there is no listener, for the watcher's report.
 *
 * As PID 1 it then stays as the parent of the command, since the end of PID 1 ends the watcher
 * too: it passes signals on, reaps, tells the watcher the command's exit status, and returns
 * that status only when the watcher lets go. Returns -1 in the process that has to execute the
 * command. */
int gate_parent(int error);

#endif
