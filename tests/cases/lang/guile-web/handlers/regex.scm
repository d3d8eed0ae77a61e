(use-modules (shop util) (ice-9 regex) (ice-9 peg) (string transform))
(define-peg-pattern word all (+ (range #\a #\z)))
(lambda (query body settings) (text (format #f "~a ~a" (regexp-substitute/global #f "[0-9]+" (arg query "text") 'pre "#" 'post) (peg:tree (match-pattern word "abc1")))))
