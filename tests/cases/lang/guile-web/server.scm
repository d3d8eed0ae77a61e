#!/usr/bin/guile --no-auto-compile
-*- scheme -*-
!#
(use-modules (web server) (web request) (web response) (web uri) (json) (ice-9 textual-ports) (ice-9 match) (shop util))
(define settings (call-with-input-file (cadr (command-line)) json->scm))
(define (handler-of name)
  (primitive-load (string-append "/etc/shop/handlers/" name ".scm")))
(sigaction SIGHUP (lambda (s) (set! settings (call-with-input-file (cadr (command-line)) json->scm))))
(sigaction SIGTERM (lambda (s) (exit 0)))
(define (handle request body)
  (let* ((parts (split-and-decode-uri-path (uri-path (request-uri request)))) (query (query->alist (uri-query (request-uri request)))))
    (match parts
      (() (values '((content-type . (text/html))) "<h1>Shop in Scheme</h1>"))
      (("health") (values '((content-type . (text/plain))) "ok"))
      (("h" name)
       (if (member name (vector->list (assoc-ref settings "handlers")))
           (call-with-values (lambda () ((handler-of name) query body settings)) values)
           (values (build-response #:code 404) "no such handler")))
      (_ (values (build-response #:code 404) "not found")))))
(run-server handle 'http `(#:port ,(assoc-ref settings "port") #:addr ,INADDR_ANY))
