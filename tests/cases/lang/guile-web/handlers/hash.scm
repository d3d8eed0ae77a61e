(use-modules (shop util) (gcrypt hash) (gcrypt base16) (rnrs bytevectors))
(lambda (query body settings) (text (bytevector->base16-string (sha256 (string->utf8 (arg query "text"))))))
