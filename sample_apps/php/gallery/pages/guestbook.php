<?php

$book = new Gallery\Guestbook('/var/lib/gallery/guests.sqlite');
echo 'entries: ', $book->add($argument), ' with SQLite ', SQLite3::version()['versionString'], "\n";
