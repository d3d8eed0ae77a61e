import Config
config :shop, greeting: System.get_env("GREETING", "hello"), port: String.to_integer(System.get_env("PORT", "4000"))
