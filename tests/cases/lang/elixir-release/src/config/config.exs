import Config
config :shop, plugins: ["Upper"], formatter: "Shop.Plugins.Html"
config :logger, level: :info
