#!/usr/bin/php
<?php
$d = new SQLite3(':memory:'); $d->exec('create table p(n)');
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('/var/lib/dokuwiki/data/pages/tea', FilesystemIterator::SKIP_DOTS)) as $f) { $s = $d->prepare('insert into p values(:n)'); $s->bindValue(':n', (string)$f); $s->execute(); }
echo 'report ', $d->querySingle('select count(*) from p'), ' ', (new NumberFormatter('de_DE', NumberFormatter::DECIMAL))->format(1234.5), "\n";
$z = new ZipArchive; $z->open('/tmp/r.zip', ZipArchive::CREATE); $z->addFromString('a', 'b'); $z->close(); echo filesize('/tmp/r.zip') > 50 ? "zipped\n" : '';
