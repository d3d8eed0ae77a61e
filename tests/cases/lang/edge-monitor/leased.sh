#!/bin/sh
. /usr/share/kea/scripts/admin-utils.sh 2>/dev/null
echo "$1 $LEASE4_ADDRESS" >> /var/log/leases.log
