#!/bin/sh
# Gives up root's privileges, takes the profile that the environment names, and becomes the server.
set -e

# Options alone are options of the server.
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
    set -- redis-server "$@"
fi

if [ "$1" = redis-server ]; then
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis '{}' +
        exec setpriv --reuid redis --regid redis --clear-groups -- "$0" "$@"
    fi
    # Files that the server makes are nobody else's.
    if [ "$(umask)" = 0022 ]; then
        umask 0077
    fi
    if [ -n "$REDIS_PROFILE" ]; then
        set -- "$@" --include "/etc/redis/profiles/$REDIS_PROFILE.conf"
    fi
fi

exec "$@"
