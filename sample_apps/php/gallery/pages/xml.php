<?php

$document = new DOMDocument();
$document->loadHTML('<?xml encoding="utf-8"?><p>Größe <b>M</b></p>');
$feed = simplexml_load_string('<feed><entry n="1"/><entry n="2"/></feed>');
echo $document->getElementsByTagName('b')->item(0)->textContent, ' ', count($feed->entry), ' ';
echo json_encode(['name' => 'Größe', 'list' => [1.5, null]], JSON_THROW_ON_ERROR), "\n";
