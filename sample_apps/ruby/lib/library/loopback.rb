# frozen_string_literal: true

require "net/http"
require "openssl"
require "socket"

module Library
  # A server for one request on the loopback interface, and a client of it.
  module Loopback
    ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nvault"

    module_function

    # The client verifies with the system's store of authorities.
    def over_tls
      context = OpenSSL::SSL::SSLContext.new
      root = File.expand_path("../..", __dir__)
      context.cert = OpenSSL::X509::Certificate.new(File.read(File.join(root, "own.crt")))
      context.key = OpenSSL::PKey.read(File.read(File.join(root, "own.key")))
      listener = TCPServer.new("127.0.0.1", 0)
      answer_once(OpenSSL::SSL::SSLServer.new(listener, context))
      client = Net::HTTP.new("localhost", listener.addr[1])
      client.use_ssl = true
      client.start { |http| "#{http.get('/').body} from #{http.peer_cert.subject}" }
    end

    def over_http
      listener = TCPServer.new("127.0.0.1", 0)
      answer_once(listener)
      Net::HTTP.get(URI("http://localhost:#{listener.addr[1]}/"))
    end

    def answer_once(server)
      Thread.new do
        connection = server.accept
        connection.readpartial(4096)
        connection.write(ANSWER)
        connection.close
      end
    end
  end
end
