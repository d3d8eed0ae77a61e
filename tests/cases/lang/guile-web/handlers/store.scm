(use-modules (shop util))
(lambda (query body settings)
  (let ((visit (module-ref (resolve-interface '(shop store)) 'visit)))
    (text (format #f "~a ~a" (arg query "name") (visit (assoc-ref settings "data") (arg query "name"))))))
