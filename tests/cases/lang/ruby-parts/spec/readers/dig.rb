class DigReader; def call(n) Digest.const_get(n.upcase).hexdigest('abc') + ' ' + OpenSSL::Digest.new('ripemd160').name rescue Digest.const_get(n.upcase).hexdigest('abc'); end; end
