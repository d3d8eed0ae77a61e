(use-modules (srfi srfi-1) (ice-9 format) (web uri)) (format #t "guile ~a ~a~%" (fold + 0 '(1 2 3)) (uri-host (string->uri "http://h/x")))
