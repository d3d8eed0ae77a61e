#!/usr/bin/emacs --script
(with-temp-buffer (insert-file-contents "/srv/wiki/wiki/home.org") (text-mode) (message "%d words" (count-words (point-min) (point-max))))
