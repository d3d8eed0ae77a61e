#!/bin/sh
# Writes the configuration from its templates, then becomes the command.
set -eu

for template in /etc/nginx/templates/*.template; do
    name=$(basename "$template" .template)
    # Only these names: nginx has variables of its own, written alike.
    # shellcheck disable=SC2016
    envsubst '${SITE_NAME} ${SITE_PORT}' <"$template" >"/etc/nginx/conf.d/$name"
    echo "entrypoint: wrote /etc/nginx/conf.d/$name"
done

exec "$@"
