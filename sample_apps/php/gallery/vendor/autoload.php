<?php

// In the layout that Composer writes, by hand and with its least: classes by prefix, files at once.
spl_autoload_register(static function (string $class): void {
    foreach (require __DIR__ . '/composer/autoload_psr4.php' as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . '/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (is_file($file)) {
                require $file;
            }
        }
    }
});
foreach (require __DIR__ . '/composer/autoload_files.php' as $file) {
    require $file;
}
