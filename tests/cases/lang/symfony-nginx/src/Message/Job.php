<?php namespace App\Message; class Job { public function __construct(public string $name) {} }
