class TextReader; def call(n) StringScanner.new(n).scan(/\w+/) + Racc::Parser.name; end; end
