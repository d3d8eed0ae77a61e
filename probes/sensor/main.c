/* The sensor: one program, three roles. See WIRE.md for what it says, and to whom. */
#include <stdio.h>
#include <string.h>

#include "gate.h"
#include "serve.h"
#include "watch.h"

int main(int count, char **arguments)
{
    const char *role = count > 1 ? arguments[1] : "";
    if (strcmp(role, "gate") == 0)
        return gate_main(arguments + 2);
    if (strcmp(role, "watch") == 0)
        return watch_main(arguments + 2);
    if (strcmp(role, "serve") == 0)
        return serve_main(arguments + 2);
    if (strcmp(role, "--version") == 0) {
        puts("slimmer sensor, trace format 2, serve protocol 1");
        return 0;
    }
    fputs("usage: sensor gate [--no-notify] [--give-up NAMES] [--lower NAMES] [--seal] [--] COMMAND [ARGUMENT…]\n"
          "       sensor watch [--pid ID] [--no-notify] [--no-fanotify] [--census]\n"
          "                    [--limited-queue] [--patience MILLISECONDS]\n"
          "       sensor serve [SOCKET]\n",
          stderr);
    return 2;
}
