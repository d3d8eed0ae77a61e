(require :sb-md5)
(teahouse:define-plugin "chart" (text)
  (format nil "~{~a~^ ~}" (loop for c across text collect (make-string (1+ (or (digit-char-p c) 0)) :initial-element #\#))))
