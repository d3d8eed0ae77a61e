#!/bin/bash
set -e
rm -f /run/apache2/apache2.pid
cron
exec apache2ctl -D FOREGROUND
