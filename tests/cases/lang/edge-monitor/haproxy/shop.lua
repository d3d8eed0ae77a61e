package.path = package.path .. ";/etc/haproxy/?.lua"
local names = require "names"
core.register_service("shop", "http", function(applet)
  applet:set_status(200); applet:add_header("content-type", "text/plain"); applet:start_response(); applet:send("ok\n")
end)
core.register_service("teas", "http", function(applet)
  local json = require "cjson"
  local lpeg = require "lpeg"
  local found = lpeg.match(lpeg.P("/teas/") * lpeg.C(lpeg.R("az") ^ 1), applet.path)
  local handle = io.popen("nproc"); local n = handle:read("*n"); handle:close()
  applet:set_status(200); applet:start_response()
  applet:send(json.encode({ tea = names[found] or "none", processors = n }))
end)
core.register_converters("shout", function(text) return string.upper(text or "") end)
