<?php

$money = new NumberFormatter($argument, NumberFormatter::CURRENCY);
$date = new IntlDateFormatter($argument, IntlDateFormatter::FULL, IntlDateFormatter::NONE, 'UTC');
$words = ['zebra', 'ärta', 'apa'];
collator_create($argument)->sort($words);
echo $date->format(1719835200), '; ', $money->formatCurrency(1234567.891, 'EUR'), '; ', implode(',', $words), "\n";
echo Transliterator::create('Any-Latin; Latin-ASCII')->transliterate('Ελλάδα'), "\n";
