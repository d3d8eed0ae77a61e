(use-modules (shop util) (ice-9 popen) (ice-9 binary-ports))
(lambda (query body settings)
  (let* ((p (open-pipe* OPEN_READ "qrencode" "-t" "SVG" "-o" "-" (arg query "text"))) (s (get-bytevector-all p)))
    (close-pipe p) (values '((content-type . (image/svg+xml))) s)))
