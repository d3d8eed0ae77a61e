<?php
namespace App;
class Goods { public string $name = ''; public float $price = 0; private string $state = 'new'; public function getState(): string { return $this->state; } public function setState(string $s): void { $this->state = $s; } }
