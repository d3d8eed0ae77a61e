#!/bin/bash
set -e
role=$1; shift || true
case "$role" in
  serve) exec setpriv --reuid svc --regid svc --init-groups python -m core "$@" ;;
  job) exec python -X faulthandler -c "exec(open('/srv/jobs/$1.py').read())" ;;
  tool) exec tool "$@" ;;
  beta) exec python -m acme.beta "$@" ;;
  shell) exec bash "$@" ;;
  *) echo "roles: serve job tool beta shell" >&2; exit 64 ;;
esac
