admins = { "root@tea.example" }
plugin_paths = { "/usr/local/lib/prosody/modules" }
modules_enabled = {
  "disco"; "roster"; "saslauth"; "tls"; "dialback"; "posix"; "blocklist"; "bookmarks"; "carbons"; "csi"; "limits"; "pep"; "private"; "smacks"; "vcard4"; "vcard_legacy";
  "ping"; "register"; "time"; "uptime"; "version"; "mam"; "csi_simple"; "admin_adhoc"; "admin_shell"; "bosh"; "websocket"; "http_files"; "announce"; "cron"; "http_openmetrics";
  "tea"; "cloud_notify"; "filter_chatstates"; "compat_bind"; "log_auth"; "throttle_presence";
}
allow_registration = true
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "sql"
sql = { driver = "SQLite3", database = "/var/lib/prosody/prosody.sqlite" }
statistics = "internal"
statistics_interval = "manual"
openmetrics_allow_cidr = "0.0.0.0/0"
archive_expires_after = "1w"
certificates = "/etc/prosody/tls"
pidfile = "/run/prosody/prosody.pid"
http_files_dir = "/srv/www"
http_interfaces = { "*" }
log = { info = "/var/log/prosody/prosody.log"; error = "/var/log/prosody/prosody.err"; { levels = { "warn" }, to = "console" } }
Include "conf.d/*.cfg.lua"
