Rails.application.configure do
  config.cache_classes = true; config.eager_load = ENV["EAGER"] == "1"; config.consider_all_requests_local = false
  config.action_controller.perform_caching = true; config.cache_store = :file_store, "tmp/cache"
  config.public_file_server.enabled = true; config.assets.compile = false; config.assets.css_compressor = :sass
  config.active_storage.service = :local; config.active_storage.variant_processor = :mini_magick
  config.action_cable.disable_request_forgery_protection = true
  config.action_mailer.delivery_method = :file; config.action_mailer.file_settings = { location: "/tmp/mails" }; config.action_mailer.default_url_options = { host: "shop.example" }
  config.log_level = :info; config.logger = ActiveSupport::TaggedLogging.new(ActiveSupport::Logger.new(STDOUT)); config.i18n.fallbacks = true
  config.action_dispatch.default_headers = { "X-Shop" => "yes" }
end
