(use-modules (shop util) (language ecmascript parse) (system base compile))
(lambda (query body settings) (text (format #f "~a" (compile (call-with-input-string (arg query "e") read) #:env (current-module)))))
