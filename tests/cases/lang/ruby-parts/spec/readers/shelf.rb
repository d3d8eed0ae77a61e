class ShelfReader; def call(n) n == 'p' ? PStore.new('/data/dist/shelf/a.pstore').transaction(true) { |t| t[:k] } : Marshal.load(File.binread('/data/dist/shelf/set.marshal')).inspect; end; end
