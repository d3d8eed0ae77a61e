module XX; extend Fiddle::Importer; dlload %w[libxxhash .so .0].join; extern 'unsigned int XXH32(void*, size_t, unsigned int)'; end
class HashReader; def call(s) (XX.XXH32(s, s.size, 0) & 0xffffffff).to_s(16); end; end
