<?php

return [dirname(__DIR__) . '/acme/markup/src/functions.php'];
