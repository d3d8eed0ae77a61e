class RipperReader; def call(_) Ripper.sexp("a = 1").inspect; end; end
