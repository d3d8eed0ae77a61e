# frozen_string_literal: true

# Each route leans on one thing that Ruby finds only when it is first asked for: a library, an
# encoding, a template, a gem.

require "sinatra/base"

$LOAD_PATH.unshift File.join(__dir__, "lib")

module Library
  autoload :Catalogue, "library/catalogue"
  autoload :Loopback, "library/loopback"

  # The application.
  class App < Sinatra::Base
    set :root, __dir__
    set :show_exceptions, false
    set :host_authorization, { permitted_hosts: [] } if respond_to?(:host_authorization)

    get("/health") { "ok" }
    get("/") { erb :index, locals: { books: 3 } }
    get("/book/:title") { erb :book, layout: :layout, locals: { title: params["title"] } }
    not_found { erb :missing }
    error { "this page is torn: #{env['sinatra.error'].message}" }
    get("/broken") { raise "the binding came off" }

    get "/encoding/:name" do
      bytes = "日本 é".encode(params["name"], undef: :replace)
      "#{bytes.unpack1('H*')} #{bytes.encode('UTF-8')} of #{Encoding.list.size}"
    end

    get "/zone/*" do |name|
      require "tzinfo"
      zone = TZInfo::Timezone.get(name)
      local = zone.utc_to_local(Time.utc(2024, 7, 1, 12))
      "#{local.strftime('%F %R')} #{zone.abbreviation(Time.utc(2024, 7, 1))} #{ENV['TZ']} #{Time.at(1_719_835_200).strftime('%R')}"
    end

    get "/catalogue/:title" do
      "entries: #{Catalogue.new(params['title']).add_twice}"
    end

    get("/tls") { Loopback.over_tls }
    get("/client") { Loopback.over_http }

    get "/formats" do
      require "csv"
      require "json"
      require "date"
      require "psych"
      require "rexml/document"
      table = CSV.parse("title,year\n\"Emma, a novel\",1815\n", headers: true)
      yaml = Psych.safe_load("list: [1, 2.5, ~]\ndate: 2024-07-01\n", permitted_classes: [Date])
      xml = REXML::Document.new("<books><book year='1815'/></books>")
      "#{table[0]['title']} #{JSON.generate(yaml)} #{REXML::XPath.first(xml, '//book/@year').value}"
    end

    get "/digest/:name" do
      require "openssl"
      require "bigdecimal"
      digest = OpenSSL::Digest.new(params["name"]).hexdigest("abc")
      key = OpenSSL::PKey::EC.generate("prime256v1")
      "#{digest} #{key.verify('SHA256', key.sign('SHA256', 'x'), 'x')} #{BigDecimal('0.1') + BigDecimal('0.2')}"
    end

    get "/packed" do
      require "zlib"
      require "stringio"
      packed = StringIO.new
      Zlib::GzipWriter.wrap(packed) { |gzip| gzip.write("shelf " * 1000) }
      "#{packed.string.bytesize < 200} #{Zlib::GzipReader.new(StringIO.new(packed.string)).read.size}"
    end

    get "/files" do
      require "tempfile"
      require "tmpdir"
      require "find"
      Dir.mktmpdir do |folder|
        Tempfile.create("book", folder) { |file| file.write("text") }
        File.write(File.join(folder, "card"), Marshal.dump([1, :two]))
        "#{Find.find(folder).count} #{Marshal.load(File.binread(File.join(folder, 'card')))}"
      end
    end

    get "/gems/:name" do
      specification = Gem::Specification.find_by_name(params["name"])
      gem params["name"]
      "#{specification.name} #{specification.version} #{Gem.loaded_specs.key?(params["name"])}"
    rescue Gem::MissingSpecError => error
      halt 404, error.class.name
    end

    get "/process/:word" do
      require "open3"
      require "rbconfig"
      output, status = Open3.capture2e(RbConfig.ruby, "-rset", "-e", "puts ARGV[0].reverse", params["word"])
      "#{output.strip} #{status.exitstatus}"
    end

    get "/names" do
      require "resolv"
      require "socket"
      require "etc"
      require "ipaddr"
      "#{Addrinfo.ip('localhost').ip_address} #{Resolv::Hosts.new.getaddress('localhost')} #{Etc.getpwnam('root').dir}"
    end

    get "/text/:word" do
      require "erb"
      require "set"
      require "ripper"
      word = params["word"]
      "#{word.unicode_normalize(:nfd).length} #{word.upcase} #{word =~ /\p{Han}/ ? 'Han' : 'other'} #{Ripper.sexp('1 + 1')&.first}"
    end

    post "/upload" do
      "#{params['file'][:filename]} #{params['file'][:tempfile].read.size}"
    end
  end
end
