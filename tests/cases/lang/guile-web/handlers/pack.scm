(use-modules (shop util) (zlib) (rnrs bytevectors))
(lambda (query body settings)
  (let ((z (compress (string->utf8 (arg query "text"))))) (text (format #f "~a ~a" (bytevector-length z) (utf8->string (uncompress z))))))
