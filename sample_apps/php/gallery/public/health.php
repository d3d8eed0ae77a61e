<?php
// Does not go through the front controller.
header("Content-Type: text/plain");
echo "ok\n";
