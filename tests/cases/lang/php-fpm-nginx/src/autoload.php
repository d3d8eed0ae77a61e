<?php
spl_autoload_register(function ($class) {
    if (str_starts_with($class, 'Shop\\')) { $file = __DIR__ . '/' . strtr(substr($class, 5), '\\', '/') . '.php'; if (is_file($file)) require $file; }
});
