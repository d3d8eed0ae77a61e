(use-modules (shop util)) (display "shop\n")
