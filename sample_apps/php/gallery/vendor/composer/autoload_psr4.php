<?php

$vendor = dirname(__DIR__);

return [
    'Acme\\Colours\\' => $vendor . '/acme/colours/src',
    'Acme\\Markup\\' => $vendor . '/acme/markup/src',
    'Gallery\\' => dirname($vendor) . '/src',
];
