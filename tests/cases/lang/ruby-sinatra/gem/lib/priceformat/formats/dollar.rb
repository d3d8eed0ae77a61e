require 'bigdecimal'
module Priceformat; Dollar = ->(p) { '$' + (BigDecimal(p) / 8).to_s('F') }; end
