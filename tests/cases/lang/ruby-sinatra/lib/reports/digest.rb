require 'digest/sha2'
require 'openssl'
module Reports
  class Digest
    def initialize(goods) = @goods = goods
    def text = OpenSSL::HMAC.hexdigest('SHA256', 'key', ::Digest::SHA512.hexdigest(@goods.inspect))
  end
end
