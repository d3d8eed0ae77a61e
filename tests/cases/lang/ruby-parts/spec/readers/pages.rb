class PagesReader; def call(n) ERB.new(File.read(HERE + "/public/parts/#{n}.erb"), trim_mode: '-').result_with_hash(who: '<b>'); end; end
