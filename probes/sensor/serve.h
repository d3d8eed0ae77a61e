/* The file server: tells what is in the original's root file system, then the bytes of the
 * files that are asked for, or the digests of those. It runs in a container of its own in which
 * nothing else runs. */
#ifndef SENSOR_SERVE_H
#define SENSOR_SERVE_H

enum serve_status {
    SERVE_DONE = 0,
    SERVE_USAGE = 2,
    SERVE_BROKEN = 5, /* the request is not of this protocol, or there is no memory */
};

/* Answers requests until they end: of the socket that is named, if somebody listens there, else
 * of stdin, on stdout. */
int serve_main(char **arguments);

#endif
