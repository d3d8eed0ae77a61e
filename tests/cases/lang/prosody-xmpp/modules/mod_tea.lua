-- health page, and a list of sorts of tea that a filter picks
local json = require "util.json";
local format = require "util.datetime";
module:depends("http");
local function render(template, values) return (template:gsub("{(%w+)}", values)) end
module:provides("http", {
  default_path = "/tea";
  route = {
    ["GET /health"] = function () return "ok " .. module.host end;
    ["GET /time"] = function () return format.datetime() end;
    ["GET /deflate"] = function () return #require "zlib".deflate()(("tea"):rep(1000), "finish") .. " bytes" end;
    ["POST /order"] = function (event)
      local order = json.decode(event.request.body);
      event.response.headers.content_type = "application/json";
      return json.encode { text = render("{n} cups of {kind}", order), id = require "util.uuid".generate() };
    end;
    ["GET /plugin/*"] = function (_, name)
      local ok, plugin = pcall(dofile, "/usr/local/lib/prosody/modules/sorts/" .. name .. ".lua");
      return ok and plugin.describe() or 404;
    end;
  };
});
module:hook("message/bare", function (event)
  local body = event.stanza:get_child_text("body");
  if body and body:match("^!brew") then
    local answer = require "util.stanza".message({ to = event.stanza.attr.from, from = event.stanza.attr.to, type = "chat" }, "brewing " .. body:sub(7));
    module:send(answer);
    return true;
  end
end, 10);
module:add_item("shell-command", {});
