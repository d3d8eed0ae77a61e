#!/bin/sh
# what cron would run
set -e
day=$(date +%F)
sqlite3 /opt/ledger/ledger.db .dump | gzip >/tmp/ledger-$day.sql.gz
find /tmp -name 'ledger-*.sql.gz' -mtime +7 -delete
zcat /tmp/ledger-$day.sql.gz | grep -c INSERT | sed 's/^/rows saved: /'
