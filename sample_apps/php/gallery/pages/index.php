<?php

echo "The gallery is open\n";
