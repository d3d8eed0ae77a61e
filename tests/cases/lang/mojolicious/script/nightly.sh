#!/bin/sh
set -e
sqlite3 var/library.db ".backup /tmp/library.db"
sqlite3 -csv -header /tmp/library.db 'select title from books' | perl -MText::CSV_XS=csv -e 'print scalar @{csv(in => *STDIN)}, " lines\n"'
