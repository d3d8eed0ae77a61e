(asdf:load-system "md5")
(in-package :teahouse)
(define-plugin "digest" (text)
  (format nil "~(~{~2,'0x~}~)" (coerce (uiop:symbol-call :md5 :md5sum-sequence (flexi-streams:string-to-octets text)) 'list)))
