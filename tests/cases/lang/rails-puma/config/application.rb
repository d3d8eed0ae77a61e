require_relative "boot"
require "rails/all"
Bundler.require(*Rails.groups)
module Shop
  class Application < Rails::Application
    config.load_defaults 6.1
    config.time_zone = "Vienna"
    config.i18n.available_locales = [:en, :de, :ja]; config.i18n.default_locale = :en
    config.active_job.queue_adapter = :async
    config.x.plugins = config_for(:plugins)
    config.exceptions_app = ->(env) { ErrorsController.action(:show).call(env) }
  end
end
