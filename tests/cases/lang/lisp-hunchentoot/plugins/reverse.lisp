(teahouse:define-plugin "reverse" (text) (reverse text))
