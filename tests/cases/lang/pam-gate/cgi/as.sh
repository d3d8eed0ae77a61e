#!/bin/sh
echo "Content-Type: text/plain"; echo
doas -u runner /usr/local/bin/gate who "$QUERY_STRING" 2>&1
