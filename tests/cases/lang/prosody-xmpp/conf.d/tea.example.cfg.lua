VirtualHost "tea.example"
  http_host = "localhost"
  ssl = { key = "/etc/prosody/tls/tea.example.key"; certificate = "/etc/prosody/tls/tea.example.crt" }
VirtualHost "staff.example"
  authentication = "tea_script"
  tea_script = "/usr/local/bin/check-staff"
  ssl = { key = "/etc/prosody/tls/tea.example.key"; certificate = "/etc/prosody/tls/tea.example.crt" }
Component "rooms.tea.example" "muc"
  modules_enabled = { "muc_mam", "vcard_muc", "muc_limits" }
  restrict_room_creation = false
Component "upload.tea.example" "http_file_share"
  http_host = "localhost"
  http_file_share_size_limit = 1000000
Component "pubsub.tea.example" "pubsub"
  autocreate_on_publish = true
  autocreate_on_subscribe = true
Component "proxy.tea.example" "proxy65"
  proxy65_address = "proxy.tea.example"
Component "bot.tea.example"
  component_secret = "teapot"
