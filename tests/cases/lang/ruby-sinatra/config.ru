require_relative 'app'
use Rack::Deflater, if: ->(env, *) { env['PATH_INFO'] != '/health' }
run Shop
