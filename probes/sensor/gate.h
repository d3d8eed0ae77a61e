/* The gate: the target's first program. It arms the trace and then becomes the user's command. */
#ifndef SENSOR_GATE_H
#define SENSOR_GATE_H

/* `arguments`: [--no-notify] [--give-up NAMES] [--seal] [--] COMMAND [ARGUMENT…],
 * NULL-terminated. Does not return when the command could be executed; else returns an exit status: 127 when the command does not
 * exist, 126 when it cannot be executed, 2 for wrong usage. */
int gate_main(char **arguments);

#endif
