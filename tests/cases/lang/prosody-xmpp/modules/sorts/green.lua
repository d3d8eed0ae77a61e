local hashes = require "util.hashes"
return { describe = function () return "green " .. hashes.sha256("green", true):sub(1, 8) end }
