module Priceformat; Version = '0.3.1'; end
