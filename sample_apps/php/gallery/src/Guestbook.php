<?php

declare(strict_types=1);

namespace Gallery;

/** What visitors wrote, in a database file. */
final class Guestbook
{
    private \PDO $database;

    public function __construct(string $file)
    {
        $this->database = new \PDO('sqlite:' . $file);
        $this->database->exec('CREATE TABLE IF NOT EXISTS entries (text TEXT)');
    }

    public function add(string $text): int
    {
        $this->database->prepare('INSERT INTO entries VALUES (?)')->execute([$text]);
        return (int) $this->database->query('SELECT count(*) FROM entries')->fetchColumn();
    }
}
