class WordsReader; def call(n) File.readlines(HERE + "/vendor/words/#{n}", chomp: true).abbrev.keys.sort.join(','); end; end
