#!/usr/bin/sbcl --script
(require :sb-posix)
(require :sb-bsd-sockets)
(format t "report ~a ~a~%" (length (directory "/srv/tea/plugins/*.lisp")) (sb-posix:getuid))
