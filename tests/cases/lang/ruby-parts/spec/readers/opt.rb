class OptReader; def call(n) o = {}; OptionParser.new { |p| p.on('--at T', Time) { |v| o[:t] = v.year } }.parse(['--at', n]); o.inspect; end; end
