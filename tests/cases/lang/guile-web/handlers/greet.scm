(use-modules (shop util))
(lambda (query body settings)
  (setlocale LC_ALL (arg query "locale" "C")) (bindtextdomain "shop" "/usr/local/share/locale") (bind-textdomain-codeset "shop" "UTF-8") (textdomain "shop")
  (let ((s (gettext "Good morning"))) (setlocale LC_ALL "C.UTF-8") (text s)))
