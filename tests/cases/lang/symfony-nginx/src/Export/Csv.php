<?php namespace App\Export; class Csv { public function write($r) { $f = fopen("php://temp", "w+"); foreach ($r as $x) fputcsv($f, $x); rewind($f); return stream_get_contents($f); } }
