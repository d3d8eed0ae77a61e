#!/usr/bin/env bash
# Makes a cluster with a user and a database on the first start, then becomes the server. Whatever
# the first start is given (an encoding, scripts, a password in a file) comes from the environment.
set -Eeuo pipefail

if [[ $(id -u) == 0 ]]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    chmod 3777 /var/run/postgresql
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres {} +
    exec gosu postgres "$0" "$@"
fi

first_start() {
    if [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
        POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    local user=${POSTGRES_USER:-app} database=${POSTGRES_DB:-app}
    # shellcheck disable=SC2086  # several arguments
    initdb --auth-local=trust --auth-host=scram-sha-256 --username=postgres \
        --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?is not set}") ${POSTGRES_INITDB_ARGS:-}
    printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"

    # Nobody from outside reaches the server before it is made.
    pg_ctl start --wait --options='-c listen_addresses=""' --log="$PGDATA/first-start.log"
    psql -v ON_ERROR_STOP=1 -v user="$user" -v password="$POSTGRES_PASSWORD" \
        -v database="$database" --username=postgres --no-psqlrc <<'SQL'
CREATE ROLE :"user" LOGIN SUPERUSER PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"user";
SQL
    local script
    for script in ${POSTGRES_INIT_SCRIPTS:-}; do
        case $script in
            *.sql) psql -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "/initdb.d/$script" ;;
            *.sql.gz) gunzip -c "/initdb.d/$script" | psql -v ON_ERROR_STOP=1 -U "$user" -d "$database" ;;
        esac
    done
    pg_ctl stop --wait --mode=fast
}

if [[ ${1:-} == postgres ]]; then
    if [[ ! -s $PGDATA/PG_VERSION ]]; then
        first_start
    else
        echo "entrypoint: the cluster of version $(cut -c 1-2 "$PGDATA/PG_VERSION") is kept"
    fi
    if [[ -n ${POSTGRES_TLS:-} ]]; then
        # The key is readable for a group that this user is in; the server wants it to be so.
        set -- "$@" -c ssl=on \
            -c ssl_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem \
            -c ssl_key_file=/etc/ssl/private/ssl-cert-snakeoil.key
    fi
fi
exec "$@"
