#!/bin/bash
set -euo pipefail
role=${1:-web}; shift || true
case "$role" in
  web)
    python manage.py migrate --noinput
    python manage.py loaddata demo.json
    python manage.py ensure_admin
    exec daphne -b 0.0.0.0 -p 8000 config.asgi:application ;;
  gunicorn)
    python manage.py migrate --noinput
    exec gunicorn config.wsgi:application -b 0.0.0.0:8000 -w 2 ;;
  worker)  exec celery -A config worker -l info --concurrency "${CONCURRENCY:-2}" "$@" ;;
  beat)    python manage.py migrate --noinput; exec celery -A config beat -l info --scheduler django_celery_beat.schedulers:DatabaseScheduler ;;
  migrate) exec python manage.py migrate --noinput ;;
  shell)   exec python manage.py shell "$@" ;;
  test)    exec pytest -q "$@" ;;
  manage)  exec python manage.py "$@" ;;
  *)       exec "$role" "$@" ;;
esac
