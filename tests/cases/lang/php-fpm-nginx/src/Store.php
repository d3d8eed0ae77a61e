<?php
namespace Shop;
class Store {
    static function db() { return new \PDO('sqlite:' . __DIR__ . '/../data/shop.db', null, null, [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION, \PDO::ATTR_DEFAULT_FETCH_MODE => \PDO::FETCH_ASSOC]); }
    static function goods() { return self::db()->query('select name, price from goods order by id')->fetchAll(); }
}
