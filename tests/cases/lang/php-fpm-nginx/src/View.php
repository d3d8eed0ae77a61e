<?php
namespace Shop;
class View {
    static function show($name, $vars = []) {
        require_once 'Twig/autoload.php';
        $twig = new \Twig\Environment(new \Twig\Loader\FilesystemLoader(__DIR__ . '/../templates'), ['cache' => __DIR__ . '/../cache', 'strict_variables' => true]);
        return $twig->render($name, $vars);
    }
}
