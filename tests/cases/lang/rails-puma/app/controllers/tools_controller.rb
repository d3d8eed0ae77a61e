class ToolsController < ApplicationController
  http_basic_authenticate_with name: "ann", password: "secret", only: :staff
  def health; render plain: "ok"; end
  def staff; render plain: "staff #{User.find_by(name: 'ann').authenticate('secret').name}"; end
  def date; render plain: I18n.l(Time.utc(2024, 7, 1, 12).in_time_zone(params[:zone] || "Vienna"), format: :long) + helpers.time_ago_in_words(3.hours.ago) + " " + helpers.number_to_currency(1234.5) + " " + I18n.t(:hello, name: "Ann") + " " + I18n.l(Date.new(2024, 7, 1), format: "%A"); end
  def visit; session[:n] = session[:n].to_i + 1; cookies.encrypted[:x] = "y"; render plain: "visit #{session[:n]}"; end
  def mail; ShopMailer.with(to: "b@x.example").invoice.deliver_now; render plain: Dir["/tmp/mails/*"].map { |f| File.read(f) }.join; end
  def pdf; require "prawn"; require "prawn/table"; d = Prawn::Document.new; d.font_families.update("D" => { normal: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" }); d.font(params[:font] || "Times-Roman") { d.text "Invoice" }; d.table([%w[tea 3]]); send_data d.render, type: :pdf; end
  def sheet; require "spreadsheet"; b = Spreadsheet::Workbook.new; b.create_worksheet.row(0).concat ["tea", 3]; o = StringIO.new; b.write(o); send_data o.string, filename: "a.xls"; end
  def markdown; require "redcarpet"; require "rouge"; render plain: Redcarpet::Markdown.new(Redcarpet::Render::HTML, tables: true).render("a|b\n-|-\n1|2\n") + Rouge::Formatters::HTML.new.format(Rouge::Lexer.find(params[:lexer] || "python").new.lex("x = 1")); end
  def qr; require "rqrcode"; render plain: RQRCode::QRCode.new("x").as_svg; end
  def plugins; render plain: Rails.configuration.x.plugins[:names].inject("abc") { |s, n| load Rails.root.join("lib/plugins/#{n}.rb"); Plugins.public_send(n, s) }; end
  def cache; render plain: Rails.cache.fetch("x", expires_in: 60) { "cached" }; end
  def xml; render plain: Nokogiri::XSLT("<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'><o><xsl:value-of select='count(//i)'/></o></xsl:template></xsl:stylesheet>").transform(Nokogiri::XML("<a><i/><i/></a>")).to_s; end
  def tls; require "net/http"; Net::HTTP.get(URI("https://127.0.0.1:1/")) rescue e = $!; render plain: "#{e.class} #{OpenSSL::X509::Store.new.set_default_paths.inspect} #{File.size(OpenSSL::X509::DEFAULT_CERT_FILE) rescue Dir[OpenSSL::X509::DEFAULT_CERT_DIR + '/*'].size}"; end
  def charset; render plain: "日本".encode(params[:cs]).encode("UTF-8"); end
  def haml; render inline: "%p= 1 + 1", type: :haml; end
  def crash; raise "on demand"; end
end
