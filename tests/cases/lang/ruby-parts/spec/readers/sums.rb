class SumsReader; def call(n) [BigDecimal('0.1') + '0.2'.to_d == '0.3'.to_d, Prime.first(4), Matrix[[1, 2], [3, 4]].det].inspect; end; end
