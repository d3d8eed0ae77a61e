threads 2, 4
port ENV.fetch("PORT", 3000)
pidfile "tmp/pids/server.pid"
plugin :tmp_restart
