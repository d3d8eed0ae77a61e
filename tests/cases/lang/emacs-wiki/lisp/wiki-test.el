(require (quote ert)) (ert-deftest a () (should (= 1 1)))
