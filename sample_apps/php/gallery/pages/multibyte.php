<?php

$text = mb_convert_encoding('日本', $argument, 'UTF-8');
echo bin2hex($text), ' ', mb_strtoupper('straße'), ' ', mb_detect_encoding($text, ['ASCII', $argument], true), "\n";
