<?php
require dirname(__DIR__) . '/autoload.php';
use Symfony\Component\HttpFoundation\Request;
$k = new App\Kernel($_SERVER['APP_ENV'] ?? 'prod', false); $q = Request::createFromGlobals(); $a = $k->handle($q); $a->send(); $k->terminate($q, $a);
