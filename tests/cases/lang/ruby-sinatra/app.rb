require 'bundler/setup'
require 'sinatra/base'

class Shop < Sinatra::Base
  set :root, __dir__
  set :show_exceptions, false
  set :raise_errors, false
  set :host_authorization, { permitted_hosts: [] }
  Dir.glob(File.join(__dir__, 'lib', '*.rb')) { |f| autoload File.basename(f, '.rb').capitalize, f }

  helpers do
    def goods = Store.goods
  end

  get('/health') { 'ok' }
  get('/') { erb :goods }
  get('/haml') { haml :goods_haml }
  get('/slim') { slim :goods_slim }
  get('/markdown') { markdown File.read(File.join(__dir__, 'views/manual.md')), layout: false }
  get('/code') do
    require 'rouge'
    Rouge::Formatters::HTML.new.format(Rouge::Lexer.find(params[:lang]).lex('def f; end'))
  end
  get('/json') { content_type :json; require 'json'; goods.map(&:to_h).to_json }
  get('/yaml') { require 'yaml'; goods.to_yaml }
  get('/csv') { require 'csv'; CSV.generate { |c| goods.each { |g| c << g.values } } }
  get('/xml') do
    require 'nokogiri'
    page = Nokogiri::HTML('<p>a<p>b')
    Nokogiri::XML::Builder.new { |x| x.goods(count: page.css('p').size) { goods.each { |g| x.good(name: g[:name]) } } }.to_xml
  end
  get('/price/:format/:price') { require 'priceformat'; Priceformat.format(params[:format], params[:price].to_i) }
  get('/hello') do
    require 'i18n'
    I18n.load_path = Dir[File.join(__dir__, 'locales', '*.yml')]
    I18n.t('hello', locale: params[:locale])
  end
  get('/time/*') do
    require 'tzinfo'
    TZInfo::Timezone.get(params[:splat].first).to_local(Time.utc(2024, 7, 1, 12)).strftime('%F %H:%M %Z')
  end
  get('/bill.pdf') do
    require 'prawn'
    content_type :pdf
    Prawn::Document.new { font 'Times-Roman'; text 'Bill' }.render
  end
  get('/pixel.png') { require 'chunky_png'; content_type :png; ChunkyPNG::Image.new(4, 4, ChunkyPNG::Color('teal')).to_blob }
  get('/mail') do
    require 'mail'
    Mail.new(from: 'a@example.com', to: 'b@example.com', subject: 'Größe', body: 'hello', charset: 'UTF-8').to_s
  end
  post('/login') { require 'bcrypt'; BCrypt::Password.create('secret') == params[:password] ? 'welcome' : halt(403) }
  get('/report/:name') do
    name = params[:name]
    file = File.join(__dir__, 'lib/reports', "#{name}.rb")
    halt 404 unless File.exist?(file)
    load file
    Reports.const_get(name.capitalize).new(goods).text
  end
  get('/encoding') { "\u65e5\u672c".encode('Shift_JIS').bytes.map { |b| b.to_s(16) }.join(' ') }
  get('/crash') { raise 'crash on demand' }
  not_found { erb :not_found }
  error { erb :error }
end
