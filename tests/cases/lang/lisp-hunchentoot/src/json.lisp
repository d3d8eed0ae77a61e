(defpackage :teahouse-json (:use :cl) (:export #:render))
(in-package :teahouse-json)
(defun render (text) (with-output-to-string (s) (yason:encode (let ((h (make-hash-table :test 'equal))) (setf (gethash "text" h) text (gethash "length" h) (length text)) h) s)))
