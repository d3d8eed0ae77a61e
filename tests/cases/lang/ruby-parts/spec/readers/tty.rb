class TtyReader; def call(_) PTY.spawn('cat') { |o, i, _| i.puts 'hej'; o.expect(/hej/, 3); return 'got' }; end; end
