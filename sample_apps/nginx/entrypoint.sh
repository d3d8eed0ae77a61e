#!/bin/sh
# Writes the configuration from its templates, then becomes the command.
set -eu

# A place for members, where somebody set a password.
if [ -n "${SITE_PASSWORD:-}" ]; then
    mkdir -p /etc/nginx/members
    printf 'member:%s\n' "$(printf '%s' "$SITE_PASSWORD" | openssl passwd -apr1 -stdin)" \
        >/etc/nginx/members/passwords
fi

for template in /etc/nginx/templates/*.template; do
    name=$(basename "$template" .template)
    if [ "$name" = members.conf ] && [ -z "${SITE_PASSWORD:-}" ]; then
        continue
    fi
    # Only these names: nginx has variables of its own, written alike.
    # shellcheck disable=SC2016
    envsubst '${SITE_NAME} ${SITE_PORT}' <"$template" >"/etc/nginx/conf.d/$name"
    echo "entrypoint: wrote /etc/nginx/conf.d/$name"
done

exec "$@"
