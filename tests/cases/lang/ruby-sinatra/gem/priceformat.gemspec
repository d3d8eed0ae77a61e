Gem::Specification.new do |s|
  s.name = 'priceformat'
  s.version = '0.3.1'
  s.summary = 'formats of prices'
  s.authors = ['shop']
  s.files = Dir['lib/**/*'] + Dir['exe/*']
  s.bindir = 'exe'
  s.executables = ['priceformat']
end
