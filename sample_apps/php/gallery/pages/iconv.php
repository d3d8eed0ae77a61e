<?php

echo bin2hex(iconv('UTF-8', $argument, 'Привет')), ' ', iconv('UTF-8', 'ASCII//TRANSLIT', 'é'), "\n";
