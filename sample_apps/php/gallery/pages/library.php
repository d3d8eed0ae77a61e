<?php

// Found by the include path that the configuration sets.
require 'frames.php';
echo frame($argument), ' ', function_exists('opcache_get_status') ? 'cached' : 'uncached', "\n";
