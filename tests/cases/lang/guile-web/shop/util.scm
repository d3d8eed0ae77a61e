(define-module (shop util) #:use-module (web uri) #:use-module (srfi srfi-1) #:export (query->alist arg text))
(define (query->alist q) (if q (filter-map (lambda (p) (let ((i (string-index p #\=))) (and i (cons (uri-decode (substring p 0 i)) (uri-decode (substring p (+ i 1))))))) (string-split q #\&)) '()))
(define* (arg query name #:optional (default "")) (or (assoc-ref query name) default))
(define (text s) (values '((content-type . (text/plain (charset . "utf-8")))) s))
