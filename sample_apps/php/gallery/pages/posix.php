<?php

$set = setlocale(LC_ALL, $argument);
echo $set === false ? 'no such locale' : $set, ' ', localeconv()['decimal_point'], ' ', nl_langinfo(DAY_2), "\n";
setlocale(LC_ALL, 'C');
