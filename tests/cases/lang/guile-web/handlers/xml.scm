(use-modules (shop util) (sxml simple) (sxml xpath) (rnrs bytevectors))
(lambda (query body settings) (text (format #f "~a" ((sxpath '(// tea *text*)) (xml->sxml (utf8->string body))))))
