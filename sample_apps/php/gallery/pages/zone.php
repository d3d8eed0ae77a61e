<?php

$moment = new DateTimeImmutable('2024-07-01T12:00:00Z');
$zone = new DateTimeZone($argument === '' ? date_default_timezone_get() : $argument);
echo $moment->setTimezone($zone)->format('Y-m-d H:i T e'), ' of ', count(DateTimeZone::listIdentifiers()) > 300 ? 'many' : 'few', "\n";
