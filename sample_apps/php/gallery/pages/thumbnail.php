<?php

$image = imagecreatetruecolor(40, 20);
imagefilledellipse($image, 20, 10, 30, 15, imagecolorallocate($image, 200, 30, 30));
imagestring($image, 3, 2, 2, 'slim', imagecolorallocate($image, 255, 255, 255));
$file = tempnam(sys_get_temp_dir(), 'thumb');
('image' . $argument)(imagescale($image, 20), $file);
[$width, $height] = getimagesize($file);
echo finfo_file(finfo_open(FILEINFO_MIME_TYPE), $file), " {$width}x{$height}\n";
unlink($file);
