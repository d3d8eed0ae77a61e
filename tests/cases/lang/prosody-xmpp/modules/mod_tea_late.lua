module:depends("http");
module:provides("http", { default_path = "/late"; route = { ["GET"] = function () return "late " .. require "util.encodings".base64.encode("tea") end } });
