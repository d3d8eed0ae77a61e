module Priceformat
  autoload :Version, 'priceformat/version'
  def self.format(name, price)
    require "priceformat/formats/#{name}"
    const_get(name.capitalize).call(price)
  end
end
