#!/bin/sh
# nightly backup
set -e
out=/var/backups/tea-$(date +%F).tar.gz
tar czf $out -C /srv/tea .
sha256sum $out | cut -c1-64
