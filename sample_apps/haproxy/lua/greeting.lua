-- A service that answers with a greeting; its languages are a module that is loaded at a request.
core.register_service("greeting", "http", function(applet)
    local languages = require("languages")
    local word = languages[applet.path:match("^/greeting/(%w+)")] or os.getenv("GREETING")
    local body = word .. "\n"
    applet:set_status(200)
    applet:add_header("content-length", tostring(#body))
    applet:start_response()
    applet:send(body)
end)
