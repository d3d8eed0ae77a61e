class ZipReader; def call(n) Zlib.gunzip(Zlib.gzip(n)) + Zlib.crc32(n).to_s; end; end
