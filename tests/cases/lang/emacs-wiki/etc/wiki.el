((formats . ("latex" "odt" "md" "texinfo" "ical" "beamer"))
 (languages . ("dot" "python" "shell" "sqlite" "emacs-lisp" "calc" "awk")))
