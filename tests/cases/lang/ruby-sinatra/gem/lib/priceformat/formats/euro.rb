module Priceformat; Euro = ->(p) { "#{p},00 €" }; end
