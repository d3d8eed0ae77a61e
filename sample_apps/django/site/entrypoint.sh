#!/bin/sh
# Brings the database up to date, then becomes the command.
set -eu

if [ "${MIGRATE:-yes}" = yes ]; then
    python manage.py migrate --no-input --verbosity 0
    echo "entrypoint: the database is up to date"
fi
if [ -n "${DJANGO_SUPERUSER_USERNAME:-}" ]; then
    python manage.py createsuperuser --no-input || echo "entrypoint: this user is there already"
fi
if [ -n "${NOTES_BACKUP:-}" ]; then
    name=$(date -u +%Y).json
    python manage.py dumpdata notes | tee "$NOTES_BACKUP/$name" | wc -c
fi

exec "$@"
