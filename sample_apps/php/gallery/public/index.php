<?php

declare(strict_types=1);

// The front controller: the first segment of the path names a page, the rest is its argument.
require __DIR__ . '/../vendor/autoload.php';

$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
[$page, $argument] = explode('/', ltrim($path, '/'), 2) + [1 => ''];
$file = __DIR__ . '/../pages/' . ($page === '' ? 'index' : basename($page)) . '.php';
if (!is_file($file)) {
    http_response_code(404);
    $file = __DIR__ . '/../pages/missing.php';
}
header('Content-Type: text/plain; charset=utf-8');
require $file;
