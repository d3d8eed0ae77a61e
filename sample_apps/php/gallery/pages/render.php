<?php

echo (new Acme\Markup\Renderer())->render($argument), ' ', Acme\Colours\Mixer::mix('#ff0000', '#0000ff'), "\n";
